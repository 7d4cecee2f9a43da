// SPDX-License-Identifier: MIT
// The operations of a program in the simulator, line by line.

import { readBoard } from "../../../boards/board-file.ts"
import type { Profile } from "../../../sim/inside/speedscope.ts"
import { vmProfiles } from "../../../sim/inside/vm-profile.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { Simulation } from "../../../sim/simulation.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { programPlaces } from "../../../toolchain/devicescript/bytecode.ts"

export async function simulateOperations(
    app: string,
    seconds: number
): Promise<Profile> {
    const board = readBoard("nucleo-f446re")
    const program = await buildProgram(app)
    const simulation = await Simulation.create({
        board,
        scene: await loadScene("flat", { width: 752, height: 480 }, 1),
        program,
        byPlace: true,
    })
    simulation.run({ seconds })
    const [operations] = vmProfiles({
        bytecode: program.bytecode,
        program: programPlaces(program)!,
        byPlace: simulation.vmWorkByPlace,
        work: simulation.vmWork,
        cycles: board.vmCycles,
    })
    return operations!
}
