// SPDX-License-Identifier: MIT
// Each example on the emulated board, whose CPU needs time: it keeps up with its frames, and they are as they were sent.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { buildFirmware } from "../../../toolchain/firmware/build-firmware.ts"
import { readBoard } from "../../../boards/board-file.ts"
import { EmulatedBoard } from "../../../sim/emulated-board.ts"
import { chipPlaces } from "../../../sim/cortex-m/chip-mcu.ts"
import { readElf } from "../../../sim/cortex-m/elf.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import type { SensorName } from "../../../protocol/names.ts"

interface Example {
    readonly name: string
    readonly board?: string
    readonly sensor?: SensorName
    readonly scene: string
    readonly frames: number
}

const EXAMPLES: readonly Example[] = [
    { name: "follow-the-bright", scene: "target", frames: 60 },
    { name: "motion", scene: "visitor", frames: 60 },
    { name: "time-lapse", sensor: "ov2640", scene: "day", frames: 1 },
    {
        name: "ov2640-to-lcd",
        board: "nucleo-f429zi",
        sensor: "ov2640",
        scene: "bars",
        frames: 4,
    },
    {
        name: "line-to-display",
        board: "nucleo-f429zi",
        scene: "chart",
        frames: 4,
    },
    { name: "triggered", scene: "photo", frames: 4 },
]

it.each(EXAMPLES)(
    "$name drops nothing and has no wrong pixel",
    async ({ name, board = "nucleo-f446re", sensor, scene, frames }) => {
        const app = join(projectRoot, "src", "examples", `${name}.ts`)
        const { elf } = await buildFirmware({ board, app, sensor })
        const boardFile = readBoard(board, sensor)
        const { field } = SENSOR_CATALOGUE[boardFile.sensor.name]
        const emulated = new EmulatedBoard({
            board: boardFile,
            scene: await loadScene(scene, field, 1),
            elf: readElf(readFileSync(elf), elf, chipPlaces(boardFile)),
            program: await buildProgram(app),
        })
        try {
            emulated.run({ frames })

            const counters = emulated.record.counters()
            expect(counters).toMatchObject({
                dropped: 0,
                skipped: 0,
                torn: 0,
                pixelErrors: 0,
            })
            expect(counters.delivered).toBeGreaterThanOrEqual(frames)
        } finally {
            emulated.close()
        }
    }
)
