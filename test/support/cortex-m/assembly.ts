// SPDX-License-Identifier: MIT
// Runs a few lines of assembly on the emulated core and counts their cycles.

import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
    existsSync,
    mkdirSync,
    readFileSync,
    renameSync,
    writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { readBoard } from "../../../boards/board-file.ts"
import { cacheFolder } from "../../../toolchain/paths.ts"
import { EmulatedChip, type EmulatedChipOptions } from "./emulated-chip.ts"

/** FLASH_ACR: 5 wait states with prefetch and both caches, as at 180 MHz. */
export const ACR_ACCELERATED = 0x705
/** 5 wait states and nothing else. */
export const ACR_SLOW = 0x005

const FLAGS = [
    ..."-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16".split(" "),
    ..."-nostdlib -Wl,--build-id=none -Wl,-Ttext=0x08000000".split(" "),
]

/** Vectors, then FLASH_ACR and the FPU: what follows is run. @param stackEnd address */
export function coreStart(stackEnd: number, acr: number): string {
    return `
    .syntax unified
    .thumb
    .global _start, begin, end
    .word ${stackEnd}, _start + 1
    .rept 14
    .word trap + 1
    .endr
    .thumb_func
trap: b trap
    .thumb_func
_start:
    ldr r0, =0x40023c00
    ldr r1, =${acr}
    str r1, [r0]
    ldr r0, =0xe000ed88
    ldr r1, =0xf00000
    str r1, [r0]
    dsb
    isb
`
}

/** coreStart(); then the code between `begin` and `end`, which starts in a line of the flash. */
function program(code: string, acr: number, setup: string): string {
    return `${coreStart(0x20010000, acr)}    ldr r0, =0x20001000
    mov r1, r0
    mov r2, r0
    movs r3, #0
    movs r4, #0
${setup}
    b lead
    .ltorg
    .balign 16
lead: // the queue is full when the code begins
    .rept 8
    nop
    .endr
    .thumb_func
begin:
${code}
    .thumb_func
end: b end
    .ltorg
`
}

/** Assemble and link, once per content. @throws Error with the assembler's text */
function assemble(text: string): Uint8Array {
    const key = createHash("sha256")
        .update(JSON.stringify([FLAGS, text]))
        .digest("hex")
    const elf = join(cacheFolder, `test-assembly-${key}.elf`)
    if (existsSync(elf)) return readFileSync(elf)
    mkdirSync(cacheFolder, { recursive: true })
    const source = `${elf}.${process.pid}.s`
    const temporary = `${elf}.${process.pid}`
    writeFileSync(source, text)
    const result = spawnSync(
        "arm-none-eabi-gcc",
        [...FLAGS, source, "-o", temporary],
        { encoding: "utf8" }
    )
    if (result.status !== 0)
        throw new Error(
            `does not assemble: ${result.error?.message ?? result.stderr}\n${text}`
        )
    renameSync(temporary, elf)
    return readFileSync(elf)
}

export interface AssemblyOptions {
    /** FLASH_ACR; default 0, no wait states. */
    readonly acr?: number
    /** Before the code. r0 to r2 are 0x20001000 in SRAM, r3 and r4 are 0. */
    readonly setup?: string
    readonly chip?: Partial<EmulatedChipOptions>
}

/** A chip with the code at `begin`, not started. */
export function assembled(
    code: string,
    { acr = 0, setup = "", chip = {} }: AssemblyOptions = {}
): EmulatedChip {
    return new EmulatedChip({
        board: readBoard("nucleo-f446re"),
        elf: assemble(program(code, acr, setup)),
        name: "assembly.s",
        chip: { clocks: "board" },
        ...chip,
    })
}

/** HCLK cycles from the first execution of `begin` to that of `end`. */
export function cyclesOf(code: string, options?: AssemblyOptions): number {
    const emulated = assembled(code, options)
    try {
        const { mcu, elf } = emulated
        const at = { begin: NaN, end: NaN }
        for (const label of ["begin", "end"] as const)
            mcu.onAddress(elf.symbols.address(label), () => {
                if (Number.isNaN(at[label])) at[label] = mcu.instructions.cycles
                if (label === "end") mcu.stop()
            })
        mcu.run(100e6)
        return at.end - at.begin
    } finally {
        emulated.close()
    }
}

/** The same lines, many times. */
export function repeated(code: string, times: number): string {
    return `    .rept ${times}\n    ${code}\n    .endr\n`
}
