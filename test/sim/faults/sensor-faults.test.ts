// SPDX-License-Identifier: MIT
// Faults of the sensor itself, on both models: what answers, what is on the pins, which registers are left.

import { describe, expect, it } from "vitest"
import { readBoard } from "../../../boards/board-file.ts"
import { Board } from "../../../sim/board.ts"
import { flatScene } from "../../../sim/scene/flat.ts"
import { SENSOR_MODULES } from "../../../sim/sensors/modules.ts"
import type { SensorName } from "../../../protocol/names.ts"
import { parseFaults } from "../../../sim/faults/fault-file.ts"
import { runTo } from "../../support/faults/fault-rig.ts"

const S = 1e9

/** A board without a CPU whose faults are at 1 s. */
class Bench {
    readonly board: Board

    constructor(
        private readonly name: SensorName,
        fault: object
    ) {
        this.board = new Board({
            board: readBoard("nucleo-f446re", name),
            scene: flatScene(SENSOR_MODULES[name].field),
        })
        this.board.faults.start(
            { injectors: {}, refusals: {} },
            parseFaults([{ at: 1, ...fault }], "test")
        )
    }

    to(seconds: number): void {
        runTo(this.board.clock, seconds * S)
    }

    get answers(): boolean {
        const { sensor } = this.board
        const answers = sensor.start(false)
        sensor.stop()
        return answers
    }

    /** A register of 16 bits, or for the OV2640 two of 8 that follow each other. */
    read(register: number): number {
        const { sensor } = this.board
        const byte = (address: number): number => {
            sensor.start(false)
            sensor.write(address)
            sensor.start(true)
            const value = sensor.read()
            sensor.stop()
            return value
        }
        if (this.name === "ov2640")
            return (byte(register) << 8) | byte(register + 1)
        sensor.start(false)
        sensor.write(register)
        sensor.start(true)
        const value = (sensor.read() << 8) | sensor.read()
        sensor.stop()
        return value
    }

    write(register: number, ...bytes: number[]): void {
        const { sensor } = this.board
        sensor.start(false)
        for (const byte of [register, ...bytes]) sensor.write(byte)
        sensor.stop()
    }

    /** Edges of VSYNC at the chip between two moments, s. */
    framesUntil(seconds: number): number {
        let frames = 0
        let before = this.board.faults.levels.vsync
        const { clock } = this.board
        while (clock.step(seconds * S)) {
            const { vsync } = this.board.faults.levels
            if (vsync > before) frames++
            before = vsync
        }
        return frames
    }
}

/** A register that the test writes, with its reset value and what it becomes. */
const REGISTER = {
    mt9v034: { address: 0x0b, reset: 480, bytes: [0, 100], value: 100 },
    // HREFST and HREFEND of the sensor bank.
    ov2640: { address: 0x17, reset: 0x1175, bytes: [0x12], value: 0x1275 },
} as const
const ID = {
    mt9v034: { address: 0x00, own: 0x1324, other: 0x1313 },
    ov2640: { address: 0x0a, own: 0x2642, other: 0x7721 },
} as const

describe.each(["mt9v034", "ov2640"] as const)("%s", name => {
    const { address, reset, bytes, value } = REGISTER[name]

    function written(fault: object): Bench {
        const bench = new Bench(name, fault)
        bench.to(0.5)
        if (name === "ov2640") bench.write(0xff, 1)
        bench.write(address, ...bytes)
        expect(bench.read(address)).toBe(value)
        return bench
    }

    it("unplugged answers nothing and drives nothing; back again it has its power-on registers", () => {
        const bench = written({ fault: "sensor-unplug", for: 1 })
        bench.to(1.01)
        expect(bench.answers).toBe(false)
        expect(bench.board.faults.levels).toEqual({ vsync: 0, hsync: 0 })
        expect(bench.framesUntil(1.99)).toBe(0)
        const pixclk = new Set<number>()
        for (let i = 0; i < 50; i++) {
            bench.to(1.99 + i * 1e-8)
            pixclk.add(bench.board.faults.pixclk)
        }
        expect([...pixclk]).toEqual([0])

        bench.to(2.01)
        expect(bench.answers).toBe(true)
        if (name === "ov2640") bench.write(0xff, 1)
        expect(bench.read(address)).toBe(reset)
        expect(bench.framesUntil(3)).toBeGreaterThan(5)
    })

    it("reset by a pulse does not answer during it, and has its power-on registers", () => {
        const bench = written({ fault: "sensor-reset", us: 1000 })
        bench.to(1.0005)
        expect(bench.answers).toBe(false)
        bench.to(1.01)
        expect(bench.answers).toBe(true)
        if (name === "ov2640") bench.write(0xff, 1)
        expect(bench.read(address)).toBe(reset)
    })

    it("browned out answers all the time, and has its power-on registers", () => {
        const bench = written({ fault: "sensor-brown-out" })
        bench.to(1)
        expect(bench.answers).toBe(true)
        bench.to(1.01)
        if (name === "ov2640") bench.write(0xff, 1)
        expect(bench.read(address)).toBe(reset)
        expect(bench.framesUntil(2)).toBeGreaterThan(5)
    })

    it("in another's place reads another identification, and the right one when it is back", () => {
        const { address: id, own, other } = ID[name]
        const bench = written({ fault: "sensor-wrong-chip", for: 1 })
        expect(bench.read(id)).toBe(own)
        bench.to(1.01)
        if (name === "ov2640") bench.write(0xff, 1)
        expect(bench.read(id)).toBe(other)
        expect(bench.read(address)).toBe(reset)
        bench.to(2.01)
        if (name === "ov2640") bench.write(0xff, 1)
        expect(bench.read(id)).toBe(own)
    })
})

describe("the DCMI's pins", () => {
    const MASK = { PIXCLK: 1 << 6, HSYNC: 1 << 4, VSYNC: 1 << 7 }
    const GPIOA_IDR = 0x40020010
    const GPIOB_IDR = 0x40020410
    const RCC_AHB1ENR = 0x40023830

    function levelsSeen(
        bench: Bench,
        seconds: number
    ): Record<string, Set<number>> {
        const { bus } = bench.board.chip
        bus.write32(RCC_AHB1ENR, 3)
        const seen = {
            PIXCLK: new Set<number>(),
            HSYNC: new Set<number>(),
            VSYNC: new Set<number>(),
        }
        const startNs = bench.board.clock.nowNs
        // More than a frame, at moments that no clock of the sensor divides.
        for (let ns = 0; ns < seconds * S; ns += 1013) {
            runTo(bench.board.clock, startNs + ns)
            const a = bus.read32(GPIOA_IDR)
            seen.PIXCLK.add(a & MASK.PIXCLK ? 1 : 0)
            seen.HSYNC.add(a & MASK.HSYNC ? 1 : 0)
            seen.VSYNC.add(bus.read32(GPIOB_IDR) & MASK.VSYNC ? 1 : 0)
        }
        return seen
    }

    it.each([
        [{ fault: "sensor-unplug" }, { PIXCLK: 1, HSYNC: 1, VSYNC: 1 }],
        [{ fault: "pixclk-stopped" }, { PIXCLK: 1, HSYNC: 2, VSYNC: 2 }],
        [
            { fault: "hsync-lost", for: 10 },
            { PIXCLK: 2, HSYNC: 1, VSYNC: 2 },
        ],
        [{ fault: "vsync-stuck" }, { PIXCLK: 2, HSYNC: 2, VSYNC: 1 }],
        [{ fault: "data-stuck" }, { PIXCLK: 2, HSYNC: 2, VSYNC: 2 }],
    ])("with %o show so many levels each: %o", (fault, levels) => {
        const bench = new Bench("mt9v034", fault)
        // Two frames of 752x480 at 60 fps: where rows are lost, they are from the next frame on.
        bench.to(1.02)
        const seen = levelsSeen(bench, 0.035)
        expect(
            Object.fromEntries(
                Object.entries(seen).map(([pin, { size }]) => [pin, size])
            )
        ).toEqual(levels)
    })
})
