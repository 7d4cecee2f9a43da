// SPDX-License-Identifier: MIT
// `run --target emulator`: builds the firmware with the program and the request in a slot, and boots it on the emulated board.

import { readFileSync } from "node:fs"
import type { BoardFile } from "../../boards/board-file.ts"
import { EmulatedBoard } from "../../sim/emulated-board.ts"
import { readElf } from "../../sim/cortex-m/elf.ts"
import { loadScene } from "../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../sim/sensors/catalogue.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"
import type { RunOptions } from "../commands/run/run-options.ts"
import type { RunHooks } from "../commands/run/run.ts"

/**
 * Build and wire what the options describe.
 * @throws CamscriptError when a tool is missing, or the firmware does not fit the board
 */
export async function prepareEmulation(
    options: RunOptions,
    board: BoardFile,
    hooks: RunHooks
): Promise<EmulatedBoard> {
    // The scene first: a wrong file name is found before anything is compiled.
    const scene = await loadScene(
        options.scene,
        SENSOR_CATALOGUE[board.sensor.name].field,
        options.seed
    )
    const { app, request, cpi } = options
    const { elf } = await buildFirmware({
        board: board.name,
        sensor: board.sensor.name,
        app,
        request,
    })
    return new EmulatedBoard({
        board,
        scene,
        elf: readElf(readFileSync(elf), elf, [
            { name: "flash", address: 0x08000000, bytes: board.flashBytes },
            ...board.memories,
        ]),
        program: await buildProgram(app),
        cpi,
        ...hooks,
    })
}
