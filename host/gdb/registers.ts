// SPDX-License-Identifier: MIT
// The core's registers in the bytes of the packets g, G, p and P: little-endian, by the target description.

import type { Mcu } from "../../sim/cortex-m/mcu.ts"
import { REGISTERS } from "./target-description.ts"

/** Of CONTROL: the process stack is the thread's. */
const SPSEL = 1 << 1
/** Of fpRegisters(): behind s31. */
const FPSCR = 32

/** @returns undefined when there is no register of that number */
export function readRegister(mcu: Mcu, number: number): Uint8Array | undefined {
    const register = REGISTERS[number]
    if (register === undefined) return undefined
    const { name, bits } = register
    const bytes = new Uint8Array(8)
    const view = new DataView(bytes.buffer)
    const double = doubleOf(name)
    if (double !== undefined) {
        const words = mcu.fpRegisters()
        view.setUint32(0, words[2 * double]!, true)
        view.setUint32(4, words[2 * double + 1]!, true)
    } else if (name === "fpscr")
        view.setUint32(0, mcu.fpRegisters()[FPSCR]!, true)
    else
        view.setUint32(
            0,
            mcu.register(name === "sp" ? stackPointer(mcu) : name),
            true
        )
    return bytes.subarray(0, bits / 8)
}

/** @returns whether there is such a register, and the bytes are its */
export function writeRegister(
    mcu: Mcu,
    number: number,
    bytes: Uint8Array
): boolean {
    const register = REGISTERS[number]
    if (register === undefined || bytes.length !== register.bits / 8)
        return false
    const padded = new Uint8Array(8)
    padded.set(bytes)
    const view = new DataView(padded.buffer)
    const low = view.getUint32(0, true)
    const { name } = register
    const double = doubleOf(name)
    if (double === undefined && name !== "fpscr") {
        writeCore(mcu, name, low)
        return true
    }
    const words = mcu.fpRegisters()
    if (double === undefined) words[FPSCR] = low
    else words.set([low, view.getUint32(4, true)], 2 * double)
    mcu.setFpRegisters(words)
    return true
}

function writeCore(mcu: Mcu, name: string, value: number): void {
    if (name === "pc") return mcu.setRegister("pc", (value & ~1) >>> 0)
    mcu.setRegister(name === "sp" ? stackPointer(mcu) : name, value)
}

/** Which of the two SP is now (PM0214 §2.1.3): what it reads follows when the core goes on. */
function stackPointer(mcu: Mcu): "msp" | "psp" {
    const thread = (mcu.register("xpsr") & 0x1ff) === 0
    return thread && (mcu.register("control") & SPSEL) !== 0 ? "psp" : "msp"
}

function doubleOf(name: string): number | undefined {
    const match = /^d(\d+)$/.exec(name)
    return match ? Number(match[1]) : undefined
}
