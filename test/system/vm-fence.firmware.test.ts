// SPDX-License-Identifier: MIT
// A VM that writes, reads or runs what it may not, at every kind of place, on the emulated board: it is stopped before the access,
// named, and the next capture is as good as the one before.

import { afterAll, beforeEach, describe, expect, it } from "vitest"
import {
    emulatedRig,
    runUntil,
    type EmulatedRig,
} from "../support/system/emulated-rig.ts"
import { ramAreas } from "../../toolchain/firmware/board-constants.ts"
import { readBoard } from "../../boards/board-file.ts"
import type { TakenFault } from "../../sim/cortex-m/exception-unit.ts"

/** A program that fails so often in its first minute is not started again at once (decision 0024). */
const FAILURES_IN_A_MINUTE = 8
const STOPS_OF_A_TEST = 4

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

/** Set by `npm run test:long`. Without it a third of the places is read and executed; all are written. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"
const everyThird = <T>(all: readonly T[]): readonly T[] =>
    all.filter((_, i) => LONG || i % 3 === 0)

/** Flash is the VM's to read and to execute, with its image and constants. */
const UNREADABLE = PLACES.filter(([address]) => address >= 0x10000000)

/** Nor does code of the VM lie in memory that it may write. */
const UNEXECUTABLE: readonly (readonly [number, string])[] = [
    ...UNREADABLE,
    ...["vmNativeStack", "vmStack", "vmData", "vmHeap", "gcHeap"].map(
        owner => [inArea(owner, 64), "the VM's memory"] as const
    ),
]

/** Instructions of `ldr r0, [pc, #4]; <use>; bx lr; nop` with the address that it loads. */
function accessTo(address: number, use: number): Uint8Array {
    const code = new DataView(new ArrayBuffer(12))
    ;[0x4801, use, 0x4770, 0xbf00].forEach((instruction, index) =>
        code.setUint16(2 * index, instruction, true)
    )
    code.setUint32(8, address, true)
    return new Uint8Array(code.buffer)
}

const STR_R0_AT_R0 = 0x6000
const LDR_R0_AT_R0 = 0x6800
const BX_R0 = 0x4700

function hex(value: number): string {
    return `0x${value.toString(16).padStart(8, "0")}`
}

describe("a VM that writes to what is not its own", () => {
    let rig: EmulatedRig
    /** Of this board; before the first one enough for another. */
    let stops = FAILURES_IN_A_MINUTE
    let booted = false
    beforeEach(async () => {
        if (stops + STOPS_OF_A_TEST < FAILURES_IN_A_MINUTE) return
        if (booted) rig.emulated.close()
        rig = await emulatedRig({})
        booted = true
        stops = 0
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

    /** Runs such code in place of a turn. @returns what the board said until the program ended, and the faults. */
    function run(code: Uint8Array): { said: string; faults: TakenFault[] } {
        const { emulated } = rig
        const faults: TakenFault[] = []
        emulated.mcu.onFault = fault => faults.push(fault)
        leave(code)
        const before = emulated.writeCode(turn(), code)
        const from = rig.text.length - 1
        const said = (): string[] => rig.text.slice(from)
        runUntil(
            rig,
            () => said().some(line => /^the program ended.*\w$/.test(line)),
            1
        )
        emulated.writeCode(turn(), before)
        return { said: said().join("\n"), faults }
    }

    /** Until neither the core nor what an interrupt returns to is in such code at the place of a turn. */
    function leave(code: Uint8Array): void {
        const { emulated } = rig
        const inside = (): boolean =>
            (emulated.mcu.register("xpsr") & 0x1ff) !== 0 ||
            (emulated.mcu.register("pc") >= turn() &&
                emulated.mcu.register("pc") < turn() + code.length)
        while (inside()) emulated.run({ seconds: emulated.seconds + 1e-6 })
    }

    function turn(): number {
        return rig.emulated.symbol("vm_process") & ~1
    }

    /** Stopped by one fault, named, and frames come again as good as before. */
    function expectStopped(
        code: Uint8Array,
        line: string,
        cause: string
    ): TakenFault {
        const { emulated } = rig
        stops++
        const restarts = emulated.record.counters().restarts
        const { said, faults } = run(code)
        expect(said).toContain(`the program ${line}`)
        expect(said).toContain(`the program ended: ${cause}; it starts again`)

        cutTheWaitShort()
        runFrames()
        const counters = emulated.record.counters()
        expect(counters.restarts).toBe(restarts + 1)
        expect(counters.pixelErrors).toBe(0)
        expect(counters.torn).toBe(0)
        expect(faults).toHaveLength(1)
        return faults[0]!
    }

    it.each(PLACES)(
        "%i, %s: stopped at the first write and named",
        (address, name) => {
            const at = turn() + 2
            const fault = expectStopped(
                accessTo(address, STR_R0_AT_R0),
                `wrote ${hex(address)} (${name}), machine code at ${hex(at)}`,
                "memory-fault"
            )
            expect(fault).toMatchObject({ address, pc: at })
        },
        120_000
    )

    it.each(everyThird(UNREADABLE))(
        "%i, %s: stopped at the first read and named",
        (address, name) => {
            const at = turn() + 2
            const fault = expectStopped(
                accessTo(address, LDR_R0_AT_R0),
                `read ${hex(address)} (${name}), machine code at ${hex(at)}`,
                "memory-fault"
            )
            expect(fault).toMatchObject({ address, pc: at })
        },
        120_000
    )

    it.each(everyThird(UNEXECUTABLE))(
        "%i, %s: stopped before the first instruction and named",
        (address, name) => {
            const fault = expectStopped(
                accessTo(address | 1, BX_R0),
                `ran ${hex(address)} (${name})`,
                "memory-fault"
            )
            expect(fault.pc).toBe(address)
        },
        120_000
    )

    it("the guard below the VM's own stack: an access is an overflow", () => {
        const guard = rig.emulated.symbol("cam_vm_stack_guard")
        for (const use of [STR_R0_AT_R0, LDR_R0_AT_R0])
            for (const address of [guard, guard + 28])
                expectStopped(
                    accessTo(address, use),
                    `overran its stack, machine code at ${hex(turn() + 2)}`,
                    "stack-overflow"
                )
    }, 240_000)

    it("may read flash, and goes on", () => {
        // No program runs while its turns only read; then it is as if nothing had been.
        const { emulated } = rig
        for (const address of [
            0x08000000, 0x00000400, 0x08040000, 0x08060000,
        ]) {
            const faults: TakenFault[] = []
            emulated.mcu.onFault = fault => faults.push(fault)
            const code = accessTo(address, LDR_R0_AT_R0)
            leave(code)
            const before = emulated.writeCode(turn(), code)
            emulated.run({ seconds: emulated.seconds + 0.01 })
            leave(code)
            emulated.writeCode(turn(), before)
            runFrames()
            expect(faults).toEqual([])
        }
    }, 120_000)
})
