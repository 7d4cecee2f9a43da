// SPDX-License-Identifier: MIT
// The ELF on an emulator that models none of our clocks, I2C or DCMI: it says so, goes on, and survives what it should.

import { readFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { symbolValue } from "../../toolchain/elf/elf.ts"
import {
    builtFirmware,
    patchedElf,
    type BuiltFirmware,
} from "../support/firmware/build-rig.ts"
import { runInQemu } from "../support/firmware/qemu.ts"

let firmware: BuiltFirmware

beforeAll(async () => {
    firmware = await builtFirmware({ board: "stm32f407ve", vmRam: "sram" })
})

/** How often a text occurs. */
function count(text: string, part: string): number {
    return text.split(part).length - 1
}

/** Thumb: the same crash at each call of the I2C call, which is the program's first act. */
const UDF = [0x00, 0xde]
/** cpsid i, as an interrupt would push past the guard; push {r0-r7, lr}; b to that push. */
const PUSH_FOR_EVER = [0x72, 0xb6, 0xff, 0xb5, 0xfd, 0xe7]

describe("boot under qemu", () => {
    it("reports fall-back and missing sensor, and keeps running", async () => {
        const text = await runInQemu(
            readFileSync(firmware.elf),
            said => count(said, "I2C status") >= 2
        )
        const lines = text.split("\r\n")
        expect(lines[0]).toMatch(/^camscript \d+\.\d+\.\d+ on stm32f407ve, /)
        expect(text).toContain(
            "clocks: HCLK 16000 kHz (HSI), sensor 26660 kHz; FALLEN BACK: HSE does not start, the PLL does not lock"
        )
        // 16 MHz / 17
        expect(text).toContain("console: 941176 baud instead of 921600")
        expect(text).toContain("slot A: valid, sequence 1,")
        expect(text).toContain("slot B: empty")
        expect(text).toContain("starting src/main.ts in slot A")
        expect(text).toContain(
            "MT9V034: asking for CHIP_VERSION (0x00): I2C status -3"
        )
        // The program ended, the VM goes on and starts it again 5 s later; the firmware never stopped.
        expect(text).toContain(
            "the program ended: exception (panic 60005), maybe by its sensor; it starts again"
        )
        expect(text).not.toContain("CRASH")
        expect(count(text, "camscript 0")).toBe(1)
    })
})

describe("a crash", () => {
    it("is reported after the reset with its registers and its program", async () => {
        const text = await runInQemu(
            patchedElf(firmware, "cam_vm_i2c", UDF),
            said => said.includes("ms\r\nslot A")
        )
        const address = (
            symbolValue(firmware.parsed, "cam_vm_i2c") & ~1
        ).toString(16)
        expect(text).toContain(
            "CRASH before this reset: hard-fault, UsageFault 6, in the VM's turn"
        )
        expect(text).toContain(`pc 0x${address.padStart(8, "0")}`)
        // CFSR, bit 16: UNDEFINSTR.
        expect(text).toContain("cfsr 0x00010000")
        expect(text).toContain("program at 0x08040000, sequence 1, after ")
    })

    it("by a full stack is caught at its guard, before another variable is hurt", async () => {
        const text = await runInQemu(
            patchedElf(firmware, "cam_vm_i2c", PUSH_FOR_EVER),
            said => said.includes("ms\r\nslot A")
        )
        // What the core pushes for MemManage may reach past the guard, to where there is no memory: then it is a HardFault.
        expect(text).toMatch(
            /CRASH before this reset: stack-overflow, (?:MemManage 4|HardFault 3), in the VM's turn/
        )
        const address = Number(/mmfar (0x[0-9a-f]{8})/.exec(text)![1])
        const guard = symbolValue(firmware.parsed, "cam_native_stack")
        expect(address).toBeGreaterThanOrEqual(guard)
        expect(address).toBeLessThan(guard + 32)
    })

    it("three times right after the start leaves the only program in place, but gives a client time", async () => {
        const text = await runInQemu(
            patchedElf(firmware, "cam_vm_i2c", UDF),
            said => said.includes("failed 4 times")
        )
        expect(text).toContain(
            "slot A: its program failed 3 times in its first second; there is no other: it is tried again in 5 s"
        )
        // More may have been said by the time that we look.
        const upToFourth = text.slice(0, text.indexOf("failed 4 times"))
        expect(count(upToFourth, "CRASH before this reset")).toBe(4)
    })
})
