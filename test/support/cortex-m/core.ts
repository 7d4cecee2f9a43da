// SPDX-License-Identifier: MIT
// Compiles small C programs for the emulated core, once per content, and puts them on a chip.

import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs"
import { join } from "node:path"
import { readBoard } from "../../../boards/board-file.ts"
import { EmulatedChip, type EmulatedChipOptions } from "./emulated-chip.ts"
import { cacheFolder, projectRoot } from "../../../toolchain/paths.ts"

const FOLDER = join(projectRoot, "test", "sim", "cortex-m", "programs")

const FLAGS = [
    "-mcpu=cortex-m4",
    "-mthumb",
    "-mfloat-abi=hard",
    "-mfpu=fpv4-sp-d16",
    "-std=gnu11",
    "-O2",
    "-ffreestanding",
    "-fno-tree-loop-distribute-patterns",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-nostdlib",
    "-Wl,--build-id=none",
]

/**
 * Compile `programs/<name>.c` with the start-up code.
 * @param debug with debug information
 * @returns the ELF file
 * @throws Error with the compiler's text
 */
export function compileProgram(name: string, debug = false): Uint8Array {
    const flags = debug ? [...FLAGS, "-g"] : FLAGS
    const common = ["startup.c", "mcu.h", "program.ld"]
    const content = [`${name}.c`, ...common].map(file =>
        readFileSync(join(FOLDER, file), "utf8")
    )
    const key = createHash("sha256")
        .update(JSON.stringify([flags, content]))
        .digest("hex")
    const elf = join(cacheFolder, `test-mcu-${name}-${key}.elf`)
    if (existsSync(elf)) return readFileSync(elf)
    mkdirSync(cacheFolder, { recursive: true })
    const temporary = `${elf}.${process.pid}`
    const result = spawnSync(
        "arm-none-eabi-gcc",
        [
            ...flags,
            `-T${join(FOLDER, "program.ld")}`,
            join(FOLDER, "startup.c"),
            join(FOLDER, `${name}.c`),
            "-lgcc",
            "-o",
            temporary,
        ],
        { encoding: "utf8" }
    )
    if (result.status !== 0)
        throw new Error(
            `${name}.c does not compile: ${result.error?.message ?? result.stderr}`
        )
    renameSync(temporary, elf)
    return readFileSync(elf)
}

const open: EmulatedChip[] = []

/** A chip of board nucleo-f446re (180 MHz) with a test program, at its reset vector. */
export function boot(
    name: string,
    options: Partial<EmulatedChipOptions> = {}
): EmulatedChip {
    const emulated = new EmulatedChip({
        board: readBoard("nucleo-f446re"),
        elf: compileProgram(name),
        name: `${name}.c`,
        cpi: 1,
        // The programs do not set up clocks: 180 MHz from the start.
        chip: { clocks: "board" },
        ...options,
    })
    open.push(emulated)
    return emulated
}

/** Close what `boot` made; for afterEach. */
export function closeAll(): void {
    for (const emulated of open.splice(0)) emulated.close()
}
