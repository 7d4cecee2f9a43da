// SPDX-License-Identifier: MIT
// Reset, power-down and clock of a sensor at pins that the firmware moves.

import { beforeEach, describe, expect, it } from "vitest"
import { PinnedSensor } from "../../../sim/foreign/sensor-pins.ts"
import { flatScene } from "../../../sim/scene/flat.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import type {
    SensorFrame,
    SensorModel,
} from "../../../sim/sensors/sensor-model.ts"
import { makeChip, pass, type TestChip } from "../../support/stm32/chip.ts"

const MS = 1e6
const RCC = 0x40023800
const AHB1ENR = RCC + 0x30
const APB1ENR = RCC + 0x40
const CFGR = RCC + 0x08
const GPIOA = 0x40020000
const GPIOC = 0x40020800
const TIM3 = 0x40000400

const NOWHERE = { vsync: () => {}, hsync: () => {}, line: () => {} }

let c: TestChip
let sensor: SensorModel
let pinned: PinnedSensor
let frames: SensorFrame[]

function attach(
    name: "mt9v034" | "ov2640",
    pins: ConstructorParameters<typeof PinnedSensor>[3],
    field: { width: number; height: number }
): void {
    const { chip, clock, rules, log } = c
    sensor = SENSOR_CATALOGUE[name].create({
        ...{ clock, rules, log, sink: NOWHERE },
        scene: flatScene(field),
        xclkHz: 24e6,
        i2cAddress: SENSOR_CATALOGUE[name].address,
    })
    frames = []
    sensor.onFrame = frame => frames.push(frame)
    pinned = new PinnedSensor(chip, sensor, clock, pins)
}

/** MODER and AFR of a pin as an alternate function. */
function alternate(port: number, pin: number, af: number): void {
    const afr = port + 0x20 + (pin >> 3) * 4
    c.write(afr, c.read(afr) | (af << ((pin & 7) * 4)))
    const moder = c.read(port) & ~(3 << (pin * 2))
    c.write(port, (moder | (2 << (pin * 2))) >>> 0)
}

function output(port: number, pin: number, level: 0 | 1): void {
    c.write(port + 0x18, 1 << (level === 1 ? pin : pin + 16))
    const moder = c.read(port) & ~(3 << (pin * 2))
    c.write(port, (moder | (1 << (pin * 2))) >>> 0)
}

beforeEach(() => {
    // Clocks of the registers, as foreign firmware has them: 16 MHz.
    c = makeChip("nucleo-f446re", false, "rcc")
    c.write(AHB1ENR, (1 << 0) | (1 << 2))
    c.write(APB1ENR, 1 << 1)
})

const WVGA = { width: 752, height: 480 }
const UXGA = { width: 1600, height: 1200 }

describe("a sensor whose clock the chip makes", () => {
    it.each([
        ["mt9v034", WVGA],
        ["ov2640", UXGA],
    ] as const)(
        "%s answers nothing and sends nothing before",
        (name, field) => {
            attach(name, { xclk: "PA8" }, field)
            pass(c.clock, 200 * MS)

            expect(pinned.start(false)).toBe(false)
            expect([frames.length, sensor.pixclkNs]).toEqual([0, 0])
        }
    )

    it.each([
        ["mt9v034", WVGA],
        ["ov2640", UXGA],
    ] as const)(
        "%s answers at once with MCO1, and has its frequency",
        (name, field) => {
            attach(name, { xclk: "PA8" }, field)
            alternate(GPIOA, 8, 0) // MCO1: HSI, 16 MHz

            expect(pinned.start(false)).toBe(true)
            pass(c.clock, 1000 * MS)
            const [first, second] = frames.slice(-2)
            const periodNs = second!.startNs - first!.startNs
            const clocks = name === "mt9v034" ? 846 * 525 + 4 : 2398656
            expect(periodNs).toBeCloseTo((clocks * 1e9) / 16e6, -1)
        }
    )

    it("follows a timer's PWM, and keeps its registers while there is none", () => {
        attach("ov2640", { xclk: "PC8" }, UXGA)
        c.write(TIM3 + 0x1c, 6 << 4) // CH3: PWM 1
        c.write(TIM3 + 0x20, 1 << 8)
        c.write(TIM3 + 0x2c, 1)
        c.write(TIM3 + 0x3c, 1)
        c.write(TIM3 + 0x14, 1)
        c.write(TIM3, 1) // CEN: 16 MHz / 2
        alternate(GPIOC, 8, 2)
        expect(pinned.start(false)).toBe(true)
        expect(c.chip.clockOutputHz("PC8")).toBe(8e6)
        pinned.write(0x46) // FLL
        pinned.write(5)
        c.write(TIM3, 0)
        expect(pinned.start(false)).toBe(false)
        c.write(TIM3, 1)
        pinned.start(false)
        pinned.write(0x46)
        pinned.start(true)

        expect(pinned.read()).toBe(5)
    })

    it("is refused a frequency that it cannot use", () => {
        attach("mt9v034", { xclk: "PA8" }, WVGA)
        c.write(CFGR, 4 << 24) // MCO1PRE: HSI / 2
        alternate(GPIOA, 8, 0)

        expect(() => pinned.start(false)).toThrow("13 to 27 MHz, not 8 MHz")
    })
})

describe("a sensor's reset and power-down at pins of the chip", () => {
    it("low at reset: the sensor does not answer, and has its reset values", () => {
        attach("mt9v034", { reset: "PC4" }, WVGA)
        pass(c.clock, 1 * MS)
        expect(pinned.start(false)).toBe(true)
        output(GPIOC, 4, 0)
        pass(c.clock, 100 * MS)
        expect(pinned.start(false)).toBe(false)
        expect(frames.filter(({ endNs }) => endNs > 50 * MS)).toEqual([])
        output(GPIOC, 4, 1)
        pass(c.clock, 1 * MS)

        expect(pinned.start(false)).toBe(true)
    })

    it("high at power-down: the OV2640 sends nothing, and goes on when it falls", () => {
        attach("ov2640", { powerDown: "PC5" }, UXGA)
        output(GPIOC, 5, 1)
        pass(c.clock, 300 * MS)
        expect(frames).toEqual([])
        expect(pinned.start(false)).toBe(false)
        output(GPIOC, 5, 0)
        pass(c.clock, 300 * MS)

        expect(pinned.start(false)).toBe(true)
        expect(frames.length).toBeGreaterThan(0)
    })
})

describe("what its pins keep a sensor from answering by", () => {
    it("is named with the pin, and nothing is when it may answer", () => {
        const pins = { reset: "PC4", powerDown: "PC5", xclk: "PA8" }
        attach("ov2640", pins, UXGA)
        output(GPIOC, 4, 0)
        output(GPIOC, 5, 1)
        expect(pinned.silentBecause).toBe(
            "its reset at PC4 is low, its power-down at PC5 is high, no clock comes from PA8"
        )
        output(GPIOC, 4, 1)
        expect(pinned.silentBecause).toBe(
            "its power-down at PC5 is high, no clock comes from PA8"
        )
        output(GPIOC, 5, 0)
        alternate(GPIOA, 8, 0)
        expect(pinned.silentBecause).toBeUndefined()
    })
})

describe("a sensor without pins at the chip", () => {
    it("runs on its own clock", () => {
        attach("mt9v034", {}, WVGA)
        pass(c.clock, 100 * MS)

        expect(frames.length).toBeGreaterThan(3)
        expect(pinned.silentBecause).toBeUndefined()
    })
})
