// SPDX-License-Identifier: MIT
// What --profile and its kin want of one run: which counts are kept, and the files that are made of them.

import { writeFileSync } from "node:fs"
import type { BoardFile } from "../../boards/board-file.ts"
import { UsageError } from "../../protocol/errors.ts"
import { coreProfiles, type CoreNames } from "../../sim/inside/core-profile.ts"
import { speedscopeFile, type Profile } from "../../sim/inside/speedscope.ts"
import { vmProfiles } from "../../sim/inside/vm-profile.ts"
import type { CoreTally } from "../../sim/cortex-m/tally/core-tally.ts"
import type { Simulation } from "../../sim/simulation.ts"
import { programPlaces } from "../../toolchain/devicescript/bytecode.ts"
import type { Program } from "../../toolchain/devicescript/program.ts"
import type { InsideOptions } from "./inside-options.ts"

/** One run that is looked into. Whoever makes the machine tells it; `write` comes at the end. */
export class InsideRun {
    /** Of what is counted: its name, and its profiles as of now. */
    private counted:
        | { readonly name: string; readonly profiles: () => Profile[] }
        | undefined

    constructor(private readonly options: InsideOptions) {}

    /** Counts of what is executed are wanted. */
    get counts(): boolean {
        return this.options.profile !== undefined
    }

    /** A simulation was made, with `byPlace` as `counts` says. */
    simulation(
        simulation: Simulation,
        board: BoardFile,
        program: Program
    ): void {
        const places = programPlaces(program)
        if (!this.counts || places === undefined) return
        this.counted = {
            name: program.name,
            profiles: () =>
                vmProfiles({
                    bytecode: program.bytecode,
                    program: places,
                    byPlace: simulation.vmWorkByPlace,
                    work: simulation.vmWork,
                    cycles: board.vmCycles,
                }),
        }
    }

    /** An emulated core was made, with a tally as `counts` says. */
    core(tally: CoreTally | undefined, name: string, names: CoreNames): void {
        if (tally === undefined) return
        this.counted = { name, profiles: () => coreProfiles(tally, names) }
    }

    /** Write what was asked for; before the machine is closed. @throws UsageError when a file cannot be written */
    write(): void {
        const { counted } = this
        const { profile } = this.options
        if (profile !== undefined && counted)
            writeTo(
                "--profile",
                profile,
                speedscopeFile(counted.name, counted.profiles())
            )
    }
}

function writeTo(option: string, file: string, content: string): void {
    try {
        writeFileSync(file, content)
    } catch (error) {
        throw new UsageError(
            `${option} ${file} cannot be written: ${(error as Error).message}`
        )
    }
}
