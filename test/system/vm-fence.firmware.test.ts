// SPDX-License-Identifier: MIT
// A VM that writes where it may not, at every kind of place, on the emulated board: it is stopped before the store, named, and
// the next capture is as good as the one before.

import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
    emulatedRig,
    runUntil,
    type EmulatedRig,
} from "../support/system/emulated-rig.ts"
import { ramAreas } from "../../toolchain/firmware/board-constants.ts"
import { readBoard } from "../../boards/board-file.ts"
import type { TakenFault } from "../../sim/cortex-m/exception-unit.ts"

/** A start of the program and its frames. */
const PATIENCE_S = 2
const FRAMES = 3

const areas = ramAreas(readBoard("nucleo-f446re"))

/** @param bytes from the area's start; negative: from its end */
function inArea(owner: string, bytes: number): number {
    const area = areas.find(candidate => candidate.owner === owner)!
    return area.address + (bytes < 0 ? area.bytes + bytes : bytes)
}

/** Where, and how the board calls it. Addresses are RM0390's and PM0214's. */
const PLACES: readonly (readonly [number, string])[] = [
    [0x50050000, "DCMI_CR"],
    [0x50050028, "DCMI_DR"],
    [0x40026410, "DMA2_S0CR"],
    [0x40026428, "DMA2_S1CR"],
    [0x40026434, "DMA2_S1M0AR"],
    [0x40026008, "DMA1_LIFCR"],
    [0x40005800, "I2C2_CR1"],
    [0x40004404, "USART2_DR"],
    [0x40023830, "RCC_AHB1ENR"],
    [0x40023808, "RCC_CFGR"],
    [0x40023c04, "FLASH_KEYR"],
    [0x40023c10, "FLASH_CR"],
    [0x40003000, "IWDG_KR"],
    [0x40007000, "PWR_CR"],
    [0x40013c00, "EXTI_IMR"],
    [0x40013800, "SYSCFG_MEMRMP"],
    [0x40020018, "GPIOA_BSRR"],
    [0x40020400, "GPIOB_MODER"],
    [0x40000024, "TIM2_CNT"],
    [0x50000000, "OTG_FS"],
    [0xe000ed08, "SCB_VTOR"],
    [0xe000ed0c, "SCB_AIRCR"],
    [0xe000ed94, "MPU_CTRL"],
    [0xe000ed9c, "MPU_RBAR"],
    [0xe000e100, "NVIC"],
    [0xe000e010, "SYST_CSR"],
    [0x08000000, "flash"],
    [0x00000400, "flash"],
    [0x08040000, "slot A"],
    [0x08060000, "slot B"],
    [inArea("nativeStack", 0), "native stack"],
    [inArea("nativeStack", -4), "native stack"],
    [inArea("nativeData", 0), "native data"],
    [inArea("nativeData", -4), "native data"],
    [inArea("frames", 0), "frame memory"],
    [inArea("frames", 48_396), "frame memory"],
    [inArea("frames", -4), "frame memory"],
    [0x20020000, "nothing of this board"],
    [0x10000000, "nothing of this board"],
    [0x60000000, "nothing of this board"],
    [0x22000000, "a bit-band alias"],
    [0x42000000, "a bit-band alias"],
]

/** ldr r0, [pc, #4]; str r0, [r0]; bx lr; nop; and the address. */
function storeTo(address: number): Uint8Array {
    const code = new Uint8Array(12)
    code.set([0x01, 0x48, 0x00, 0x60, 0x70, 0x47, 0x00, 0xbf])
    new DataView(code.buffer).setUint32(8, address, true)
    return code
}

describe("a VM that writes to what is not its own", () => {
    let rig: EmulatedRig
    beforeAll(async () => {
        rig = await emulatedRig({})
        runFrames()
    }, 180_000)
    afterAll(() => rig.emulated.close())

    function runFrames(): void {
        const wanted = rig.frames.length + FRAMES
        runUntil(rig, () => rig.frames.length >= wanted, PATIENCE_S)
        expect(rig.frames.length).toBeGreaterThanOrEqual(wanted)
    }

    /** The VM is booted again 5 s after it was stopped: as if most of that were over. */
    function cutTheWaitShort(): void {
        const at = rig.emulated.symbol("vm_stopped_us")
        const word = rig.emulated.writeCode(at, new Uint8Array(4))
        const view = new DataView(word.buffer, word.byteOffset, 4)
        view.setUint32(0, view.getUint32(0, true) - 4.95e6, true)
        rig.emulated.writeCode(at, word)
    }

    it("is tried at 40 places and more", () => {
        expect(new Set(PLACES.map(([address]) => address)).size).toBe(42)
    })

    it.each(PLACES)(
        "%i, %s: stopped at the first write and named",
        (address, name) => {
            const { emulated } = rig
            const restarts = emulated.record.counters().restarts
            const faults: TakenFault[] = []
            emulated.mcu.onFault = fault => faults.push(fault)
            const at = emulated.symbol("vm_process") & ~1
            const before = emulated.writeCode(at, storeTo(address))
            const from = rig.text.length - 1
            const said = (): string[] => rig.text.slice(from)
            runUntil(
                rig,
                () => said().some(line => /^the program ended/.test(line)),
                1
            )
            emulated.writeCode(at, before)

            expect(faults).toHaveLength(1)
            expect(faults[0]!.address).toBe(address)
            expect(faults[0]!.pc).toBe(at + 2)
            const hex = (value: number): string =>
                `0x${value.toString(16).padStart(8, "0")}`
            expect(said().join("\n")).toContain(
                `the program wrote ${hex(address)} (${name}), machine code at ${hex(at + 2)}`
            )
            expect(said().join("\n")).toMatch(
                /^the program ended: memory-fault; it starts again/m
            )

            cutTheWaitShort()
            runFrames()
            const counters = emulated.record.counters()
            expect(counters.restarts).toBe(restarts + 1)
            expect(counters.pixelErrors).toBe(0)
            expect(counters.torn).toBe(0)
            expect(faults).toHaveLength(1)
        },
        120_000
    )
})
