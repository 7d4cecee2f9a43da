// SPDX-License-Identifier: MIT
// The DeviceScript VM as an object file for Cortex-M4F: vm.o, made once per content.

import { createHash } from "node:crypto"
import {
    existsSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runArmTool } from "../arm-tool.ts"
import { withBuildLock } from "../build-lock.ts"
import { announceBuild } from "../build-notes.ts"
import { cacheFolder, projectRoot } from "../paths.ts"
import { stockVm, withArchId } from "./vm-image.ts"
import { WasmBinary } from "./wasm-binary.ts"
import { boardC } from "./board-c.ts"
import { GeneratedC } from "./generated-c.ts"
import { PATCHES } from "./patches/all.ts"
import { wasm2c, WABT_VERSION } from "./wasm2c.ts"

/** Cortex-M4 with the single-precision FPU. */
export const MACHINE_FLAGS = [
    "-mcpu=cortex-m4",
    "-mthumb",
    "-mfloat-abi=hard",
    "-mfpu=fpv4-sp-d16",
] as const

const FLAGS = [
    ...MACHINE_FLAGS,
    "-std=c11",
    "-Os",
    "-ffunction-sections",
    "-fdata-sections",
    // As in WebAssembly: each operation rounds, also two that the FPU could fuse.
    "-ffp-contract=off",
    "-fno-strict-aliasing",
    // Address 0 is flash, and what lies there may be read.
    "-fno-delete-null-pointer-checks",
    "--param=min-pagesize=0",
]

const OWN_WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Werror"]

/** The C beside the VM's own: its machine (wasm.h), its port, and what is written anew. */
const cFolder = join(projectRoot, "firmware", "vm")

/**
 * The VM's object file; API in vm.h.
 *
 * @param chip what the program's archId ends with, as "stm32f446"; its last four letters or digits are used, as in the
 *     simulator
 * @returns path of vm.o in the cache
 * @throws CamscriptError when the compiler is missing, or the VM is another one than the patches were made for
 */
export async function vmObject(chip: string): Promise<string> {
    const archId = chip.slice(-4)
    const file = join(cacheFolder, `vm-${archId}-${cacheKey()}.o`)
    if (!existsSync(file))
        await withBuildLock(`${file}.lock`, async () => {
            if (existsSync(file)) return
            announceBuild(
                `compiling the VM for the STM32${archId.toUpperCase()}`
            )
            make(archId, file)
        })
    return file
}

function make(archId: string, file: string): void {
    const build = mkdtempSync(join(tmpdir(), "camscript-vm-"))
    try {
        writeFileSync(join(build, "generated.c"), vmSource(archId))
        compile(build, "generated.c", ["-w", "-I", cFolder])
        const objects = ["generated.o"]
        for (const name of ["vm", "strtod"]) {
            compile(build, join(cFolder, `${name}.c`), OWN_WARNINGS)
            objects.push(`${name}.o`)
        }
        gcc(build, ["-nostdlib", "-r", "-o", "whole.o", ...objects])
        const whole = `${file}.${process.pid}`
        writeFileSync(whole, readFileSync(join(build, "whole.o")))
        renameSync(whole, file)
    } finally {
        rmSync(build, { recursive: true, force: true })
    }
}

/** The patched VM as C. */
export function vmSource(archId: string): string {
    const binary = withArchId(new WasmBinary(stockVm()), archId)
    const code = new GeneratedC(wasm2c(binary.bytes))
    for (const patch of PATCHES) patch.apply(code)
    return boardC(code)
}

function compile(
    build: string,
    source: string,
    flags: readonly string[]
): void {
    gcc(build, [...FLAGS, ...flags, "-c", source])
}

/** @returns what it prints */
function gcc(build: string, flags: readonly string[]): string {
    return runArmTool(
        "arm-none-eabi-gcc",
        [...MACHINE_FLAGS, ...flags],
        build,
        "the DeviceScript VM"
    )
}

/** All that vm.o follows from: the files of this folder and of the C's, the VM, wasm2c and the compiler. */
function cacheKey(): string {
    const hash = createHash("sha256")
    hash.update(stockVm())
    hash.update(`${WABT_VERSION} ${compilerVersion()} ${FLAGS.join(" ")}\n`)
    for (const folder of [import.meta.dirname, cFolder])
        for (const name of readdirSync(folder, { recursive: true }).sort())
            if (/\.(?:[ch]|ts)$/.test(String(name)))
                hash.update(`${String(name)}\n`).update(
                    readFileSync(join(folder, String(name)))
                )
    return hash.digest("hex").slice(0, 32)
}

function compilerVersion(): string {
    return gcc(cFolder, ["--version"]).split("\n")[0]!
}
