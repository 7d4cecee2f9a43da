// SPDX-License-Identifier: MIT
// Compiles the foreign firmware with the board's compiler, once per content.

import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    renameSync,
} from "node:fs"
import { join } from "node:path"
import { cacheFolder } from "../../toolchain/paths.ts"
import type { ChipKind } from "../../sim/stm32/chip-kind.ts"

const FLAGS = [
    ..."-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16".split(" "),
    ..."-std=c11 -Os -g -ffreestanding -nostdlib".split(" "),
    ..."-Wall -Wextra -Wconversion -Werror".split(" "),
]

/**
 * Build one of the programs.
 * @param program name of its C file in this folder
 * @param defines more macros, as NAME or NAME=VALUE
 * @returns path of the ELF
 */
export function buildForeign(
    program: "vendor" | "tasks",
    chip: ChipKind,
    defines: readonly string[] = []
): string {
    const folder = import.meta.dirname
    const flags = [
        ...FLAGS,
        ...[chip.toUpperCase(), ...defines].map(name => `-D${name}`),
    ]
    const hash = createHash("sha256").update(JSON.stringify([program, flags]))
    for (const name of readdirSync(folder).sort())
        if (/\.(c|h|ld)$/.test(name))
            hash.update(name).update(readFileSync(join(folder, name)))
    const elf = join(
        cacheFolder,
        `foreign-${program}-${hash.digest("hex")}.elf`
    )
    if (existsSync(elf)) return elf
    mkdirSync(cacheFolder, { recursive: true })
    const temporary = `${elf}.${process.pid}`
    const sources = ["startup.c", `${program}.c`].map(name =>
        join(folder, name)
    )
    const { status, stderr, error } = spawnSync(
        "arm-none-eabi-gcc",
        [
            ...flags,
            ...sources,
            ...["-T", join(folder, "foreign.ld"), "-lgcc", "-o", temporary],
        ],
        { encoding: "utf8" }
    )
    if (status !== 0)
        throw new Error(`arm-none-eabi-gcc: ${error?.message ?? stderr}`)
    renameSync(temporary, elf)
    return elf
}
