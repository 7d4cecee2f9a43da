// SPDX-License-Identifier: MIT
// A kernel's machine code, linked for the address of its own memory, once per content. The code itself runs anywhere: in either slot.

import { createHash } from "node:crypto"
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runArmTool } from "../arm-tool.ts"
import { announceBuild } from "../build-notes.ts"
import { parseElf, symbolValue } from "../elf/elf.ts"
import { cacheFolder, projectRoot } from "../paths.ts"
import type { CompiledKernel } from "./compile-kernel.ts"
import { KERNEL_SYMBOL, kernelC } from "./kernel-c.ts"
import { kernelObject, type OptionSet } from "./kernel-object.ts"
import { callShape } from "./kernel-signature.ts"

/** The better one for every function of vision/ (docs/kernels). */
const OPTIONS: OptionSet = "unrolled"

const MADE_BY = [
    "firmware/kernel/kernel_wasm.h",
    "toolchain/kernel/kernel-c.ts",
    "toolchain/kernel/kernel-object.ts",
    "toolchain/kernel/kernel-code.ts",
]

/** Changes when what is made of the same kernel does. */
const CACHE_FORMAT = 1

export interface KernelCode {
    /** What its own memory begins with. */
    readonly initial: Uint8Array
    readonly bytes: Uint8Array
    /** By the function's index: its offset, with bit 0 set as of Thumb code. A row's function has none. */
    readonly entries: Readonly<Record<number, number>>
}

/**
 * Compile and link a kernel.
 * @param ownAddress where its own memory will be
 * @param compiler first line of the compiler's --version
 * @throws CamscriptError as kernelObject()
 */
export function kernelCode(
    kernel: CompiledKernel,
    ownAddress: number,
    compiler: string
): KernelCode {
    const file = cacheFile(kernel, ownAddress, compiler)
    if (existsSync(file)) {
        const { bytes, initial, entries } = JSON.parse(
            readFileSync(file, "utf8")
        ) as {
            bytes: string
            initial: string
            entries: KernelCode["entries"]
        }
        return { bytes: fromText(bytes), initial: fromText(initial), entries }
    }
    announceBuild(`compiling ${kernel.file} for the board`)
    const code = link(kernel, ownAddress)
    mkdirSync(join(cacheFolder, "kernel-code"), { recursive: true })
    // Others see no file or the whole one.
    writeFileSync(
        `${file}.${process.pid}`,
        JSON.stringify({
            bytes: toText(code.bytes),
            initial: toText(code.initial),
            entries: code.entries,
        })
    )
    renameSync(`${file}.${process.pid}`, file)
    return code
}

function toText(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString("base64")
}

function fromText(text: string): Uint8Array {
    return new Uint8Array(Buffer.from(text, "base64"))
}

function link(kernel: CompiledKernel, ownAddress: number): KernelCode {
    const called = kernel.functions.flatMap((fn, index) =>
        callShape(fn).isRowKernel ? [] : [index]
    )
    const symbolOf = (index: number): string => `${KERNEL_SYMBOL}entry_${index}`
    const folder = mkdtempSync(join(tmpdir(), "camscript-kernel-"))
    try {
        writeFileSync(join(folder, "kernel.o"), kernelObject(kernel, OPTIONS))
        writeFileSync(join(folder, "kernel.ld"), layout(ownAddress))
        runArmTool(
            "arm-none-eabi-gcc",
            [
                "-nostdlib",
                "-Wl,--build-id=none,--gc-sections,--fatal-warnings,--no-warn-rwx-segments",
                ...called.map(index => `-Wl,-u,${symbolOf(index)}`),
                "-Tkernel.ld",
                "kernel.o",
                "-o",
                "kernel.elf",
            ],
            folder,
            `kernel ${kernel.file}`
        )
        const elf = parseElf(
            readFileSync(join(folder, "kernel.elf")),
            "kernel.elf"
        )
        const text = elf.sections.find(({ name }) => name === ".text")
        return {
            initial: kernelC(kernel).initial,
            bytes: text?.content.slice() ?? new Uint8Array(),
            entries: Object.fromEntries(
                called.map(index => [
                    index,
                    symbolValue(elf, symbolOf(index)) | 1,
                ])
            ),
        }
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}

function layout(ownAddress: number): string {
    return `SECTIONS {
    .text 0 : { *(.text .text.* .rodata .rodata.*) . = ALIGN(8); }
    /DISCARD/ : { *(.comment) *(.ARM.*) *(.data .data.* .bss .bss.*) }
    kernel_data = ${ownAddress};
}
`
}

function cacheFile(
    { file, wasm, functions }: CompiledKernel,
    ownAddress: number,
    compiler: string
): string {
    const hash = createHash("sha256")
    hash.update(
        JSON.stringify([CACHE_FORMAT, compiler, ownAddress, file, functions])
    )
    hash.update(wasm)
    // A package has only the first, and one version of the others.
    for (const source of MADE_BY.map(name => join(projectRoot, name)))
        if (existsSync(source)) hash.update(readFileSync(source))
    return join(
        cacheFolder,
        "kernel-code",
        `${hash.digest("hex").slice(0, 32)}.json`
    )
}
