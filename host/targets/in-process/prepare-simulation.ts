// SPDX-License-Identifier: MIT
// The simulation that a command's options describe.

import type { BoardFile } from "../../../boards/board-file.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { Simulation, type SimulationOptions } from "../../../sim/simulation.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import type { GdbRun } from "../../gdb/gdb-run.ts"
import type { InsideRun } from "../../inside/inside-run.ts"
import type { TargetOptions } from "../../target-options.ts"

/** Who is told what of a simulation, or of an emulated board. */
export type MachineHooks = Pick<
    SimulationOptions,
    "onConsole" | "onFrame" | "trace" | "vcd"
> & {
    readonly inside?: InsideRun | undefined
    readonly debug?: GdbRun | undefined
}

/** Build the program and wire the board; nothing runs yet. */
export async function prepareSimulation(
    options: Pick<
        TargetOptions,
        "app" | "request" | "scene" | "seed" | "faults" | "pins" | "parts"
    >,
    board: BoardFile,
    hooks: MachineHooks
): Promise<Simulation> {
    // The scene first: a wrong file name is found before anything is compiled.
    const scene = await loadScene(
        options.scene,
        SENSOR_CATALOGUE[board.sensor.name].field,
        options.seed
    )
    const program = await buildProgram(options.app)
    const { request, seed, faults, pins, parts } = options
    const { inside } = hooks
    const simulation = await Simulation.create({
        byPlace: inside?.counts,
        board,
        scene,
        program,
        request,
        seed,
        faults,
        pins,
        parts,
        ...hooks,
    })
    inside?.simulation(simulation, board, program)
    return simulation
}
