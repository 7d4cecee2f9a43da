// SPDX-License-Identifier: MIT
// The emulated board that a command's options describe: the firmware with the program and the request in a slot.

import { readFileSync } from "node:fs"
import type { BoardFile } from "../../../boards/board-file.ts"
import {
    EmulatedBoard,
    type EmulatedBoardOptions,
} from "../../../sim/emulated-board.ts"
import { readElf } from "../../../sim/cortex-m/elf.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { buildFirmware } from "../../../toolchain/firmware/build-firmware.ts"
import type { TargetOptions } from "../../target-options.ts"
import type { MachineHooks } from "./prepare-simulation.ts"

/**
 * Build the firmware and wire the board; nothing runs yet.
 * @throws CamscriptError when a tool is missing, or the firmware does not fit the board
 */
export async function prepareEmulation(
    options: TargetOptions,
    board: BoardFile,
    hooks: MachineHooks
): Promise<EmulatedBoard> {
    // The scene first: a wrong file name is found before anything is compiled.
    const scene = await loadScene(
        options.scene,
        SENSOR_CATALOGUE[board.sensor.name].field,
        options.seed
    )
    const { app, request, cpi, seed, faults, pins, parts } = options
    const { elf } = await buildFirmware({
        board: board.name,
        sensor: board.sensor.name,
        app,
        request,
    })
    const program = await buildProgram(app)
    const { inside, debug, ...given } = hooks
    const machine: EmulatedBoardOptions = {
        board,
        scene,
        elf: readElf(readFileSync(elf), elf, [
            { name: "flash", address: 0x08000000, bytes: board.flashBytes },
            ...board.memories,
        ]),
        program,
        cpi,
        seed,
        faults,
        pins,
        parts,
    }
    const emulated = new EmulatedBoard({
        ...machine,
        ...given,
        tally: inside?.counts,
    })
    inside?.emulated(emulated, board, program)
    await debug?.emulated(emulated, () => new EmulatedBoard(machine))
    return emulated
}
