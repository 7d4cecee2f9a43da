// SPDX-License-Identifier: MIT
// Programs to make mutants of: short ones, which together use most of the language and of its library.

import type { Program } from "../../../toolchain/devicescript/program.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { buildPrograms } from "../../conformance/programs.ts"
import { runInHost } from "./host-run.ts"
import {
    mutantBase,
    mutantOf,
    type Mutant,
    type MutantBase,
} from "./mutator.ts"

/** Of test/conformance/programs. */
const NAMES = [
    "async",
    "buffer-formats",
    "classes",
    "closures",
    "exceptions",
    "i2c",
    "json-parse",
    "template-strings",
] as const

/** The default program: what runs of it without a camera is its modules' set-up, and how it fails. */
const DEFAULT_PROGRAM = "src/main.ts"

export interface Base {
    readonly program: Program
    readonly base: MutantBase
}

/** What is executed in the simulator's VM is worth most. */
export function baseOf(program: Program): Base {
    const { executed } = runInHost(program, true)
    return { program, base: mutantBase(program.bytecode, executed) }
}

/** Build the short ones; from the cache when nothing has changed. */
export async function shortBases(): Promise<Base[]> {
    const programs = await buildPrograms(NAMES, "mutants")
    return NAMES.map(name => baseOf(programs.get(name)!))
}

export interface MutantProgram extends Mutant {
    readonly program: Program
}

/** Number `seed` of all mutants: the bases take turns. */
export function mutantProgram(
    bases: readonly Base[],
    seed: number
): MutantProgram {
    const { program, base } = bases[seed % bases.length]!
    const mutant = mutantOf(base, seed)
    return {
        ...mutant,
        program: {
            name: `mutant ${seed} of ${program.name} (${mutant.way})`,
            bytecode: mutant.bytecode,
            debug: program.debug,
        },
    }
}

export async function defaultBase(): Promise<Base> {
    return baseOf(await buildProgram(DEFAULT_PROGRAM))
}

/** Three frames of the camera, then its last line. */
export async function cameraBase(): Promise<Base> {
    const program = await buildProgram("test/system/programs/three-frames.ts")
    return { program, base: mutantBase(program.bytecode) }
}
