// SPDX-License-Identifier: MIT
// Runs a kernel, and its C version of test/bench/kernels, on the emulated core, and counts.

import { execFileSync } from "node:child_process"
import {
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { readBoard } from "../../../boards/board-file.ts"
import type { Picture } from "../../../sim/kernel/kernel-test.ts"
import type { CompiledKernel } from "../../../toolchain/kernel/compile-kernel.ts"
import {
    kernelObject,
    type OptionSet,
} from "../../../toolchain/kernel/kernel-object.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { MACHINE_FLAGS } from "../../../toolchain/vm/vm-object.ts"
import { ACR_ACCELERATED, coreStart } from "../cortex-m/assembly.ts"
import { EmulatedChip } from "../cortex-m/emulated-chip.ts"

const REFERENCES = join(projectRoot, "test", "bench", "kernels")

/** Of the C versions. The same as kernels have, but for what only they need. */
const C_FLAGS = [
    ...MACHINE_FLAGS,
    ..."-std=gnu11 -O2 -ffreestanding -ffp-contract=off -Wall -Wextra".split(
        " "
    ),
]

// 128 KB of SRAM: what is called and with what, the kernel's own memory, that of C, records, result, stack, pictures.
const CALL = 0x20000000
const OWN_MEMORY = 0x20000100
const C_MEMORY = 0x20003000
const RECORDS = 0x20006000
const RESULT = 0x20006100
const RESULT_BYTES = 0x1000
const STACK_END = 0x20008000
const PICTURES = 0x20008000

/** 180 MHz: 5 wait states, prefetch and both caches. FPU on. Then the function of CALL, with its four arguments. */
const START = `
    .section .start, "ax"
${coreStart(STACK_END, ACR_ACCELERATED)}    ldr r4, =${CALL}
    ldm r4, {r4, r5, r6, r7, r8}
    mov r0, r5
    mov r1, r6
    mov r2, r7
    mov r3, r8
    .thumb_func
begin:
    blx r4
    ldr r4, =${CALL}
    str r0, [r4, #20]
    vstr s0, [r4, #24]
    .thumb_func
end: b end
    .ltorg
`

const LAYOUT = `
PHDRS { code PT_LOAD; ram PT_LOAD; }
SECTIONS {
    .text 0x08000000 : { *(.start) *(.text*) *(.rodata*) } :code
    .bss ${C_MEMORY} (NOLOAD) : { *(.bss*) } :ram
    /DISCARD/ : { *(.comment) *(.ARM.*) }
    kernel_data = ${OWN_MEMORY};
}`

/** What one call left and took. */
export interface CoreRun {
    /** Bytes of RESULT. */
    readonly result: Uint8Array
    /** The number that it returned, 4 bytes, where it returns one. */
    readonly returned: Uint8Array
    /** As they are in the end. */
    readonly pictures: readonly Uint8Array[]
    readonly instructions: number
    readonly cycles: number
}

/** A kernel and its C version, linked for the core. */
export class KernelOnCore {
    private readonly elf: Uint8Array

    constructor(kernel: CompiledKernel, options?: OptionSet) {
        const folder = mkdtempSync(join(tmpdir(), "camscript-core-"))
        const name = basename(kernel.file, ".kernel.ts")
        try {
            writeFileSync(join(folder, "start.s"), START)
            writeFileSync(join(folder, "core.ld"), LAYOUT)
            writeFileSync(
                join(folder, "kernel.o"),
                kernelObject(kernel, options)
            )
            const source = readdirSync(REFERENCES).includes(`${name}.c`)
                ? [join(REFERENCES, `${name}.c`)]
                : []
            execFileSync(
                "arm-none-eabi-gcc",
                [
                    ...C_FLAGS,
                    "-nostdlib",
                    "-Wl,--build-id=none",
                    // No gap in the file before .bss.
                    "-Wl,-z,max-page-size=4",
                    "-Tcore.ld",
                    "start.s",
                    "kernel.o",
                    ...source,
                    "-lgcc",
                    "-o",
                    "core.elf",
                ],
                { cwd: folder, stdio: "pipe" }
            )
            this.elf = readFileSync(join(folder, "core.elf"))
        } finally {
            rmSync(folder, { recursive: true, force: true })
        }
    }

    /**
     * Call a function.
     *
     * @param symbol "kernel_..." or, of the C version, "c_..."
     * @param returns type of what it returns
     * @param capacity of a list in the result
     */
    run(
        symbol: string,
        pictures: readonly Picture[],
        numbers: readonly number[],
        returns: string,
        capacity: number
    ): CoreRun {
        const emulated = new EmulatedChip({
            board: readBoard("nucleo-f446re"),
            elf: this.elf,
            name: "core.elf",
            chip: { clocks: "board" },
        })
        try {
            return runOn(emulated, symbol, pictures, numbers, returns, capacity)
        } finally {
            emulated.close()
        }
    }
}

function runOn(
    emulated: EmulatedChip,
    symbol: string,
    pictures: readonly Picture[],
    numbers: readonly number[],
    returns: string,
    capacity: number
): CoreRun {
    const { mcu, elf, memory } = emulated
    const words = new DataView(memory.buffer)
    const places = place(pictures, memory, words)
    words.setUint32(RESULT + 4, capacity, true)
    const records = places.map((_, index) => RECORDS + 32 * index)
    const call = [
        elf.symbols.address(symbol) | 1,
        ...[...records, ...numbers, RESULT].slice(0, 4),
    ]
    call.forEach((word, index) => words.setInt32(CALL + 4 * index, word, true))
    const seen: { instructions: number; cycles: number }[] = []
    for (const label of ["begin", "end"])
        mcu.onAddress(elf.symbols.address(label), () => {
            const { total, cycles } = mcu.instructions
            seen.push({ instructions: total, cycles })
            if (label === "end") mcu.stop()
        })
    mcu.run(5e9)
    const [before, after] = seen
    if (before === undefined || after === undefined)
        throw new Error(`${symbol} did not come back`)
    return {
        result: memory.slice(RESULT, RESULT + RESULT_BYTES),
        pictures: places.map(({ address, bytes }) =>
            memory.slice(address, address + bytes)
        ),
        returned: returnedBy(returns, memory),
        instructions: after.instructions - before.instructions,
        cycles: after.cycles - before.cycles,
    }
}

/** Where START puts r0 and s0. */
function returnedBy(returns: string, memory: Uint8Array): Uint8Array {
    if (returns === "void") return new Uint8Array()
    const at = CALL + (returns === "f32" ? 24 : 20)
    return memory.slice(at, at + 4)
}

function place(
    pictures: readonly Picture[],
    memory: Uint8Array,
    words: DataView
): { address: number; bytes: number }[] {
    let address = PICTURES
    return pictures.map((picture, index) => {
        const { pixels, width, height, format = 1 } = picture
        const stride = picture.stride ?? width * (format === 1 ? 1 : 2)
        const at = address
        memory.set(pixels, at)
        ;[at, width, height, stride, format].forEach((word, i) =>
            words.setInt32(RECORDS + 32 * index + 4 * i, word, true)
        )
        address += (pixels.length + 3) & ~3
        return { address: at, bytes: pixels.length }
    })
}
