// SPDX-License-Identifier: MIT
// Frame statistics as the Cortex-M4's SIMD instructions count them, in the firmware that is flashed, against a naive reference.

import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import { chipPlaces } from "../../sim/cortex-m/chip-mcu.ts"
import { readElf } from "../../sim/cortex-m/elf.ts"
import { EmulatedBoard } from "../../sim/emulated-board.ts"
import { loadScene } from "../../sim/scene/load-scene.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"
import { frameStats } from "../support/native/frame-stats.ts"

const BOARD = "nucleo-f446re"
/** cam_image_t, cam_stats_t: words. */
const IMAGE_WORDS = 3
const STATS_WORDS = 7

describe("statistics on the emulated core", () => {
    let emulated: EmulatedBoard
    let at: number

    beforeAll(async () => {
        const board = readBoard(BOARD)
        const { elf } = await buildFirmware({ board: BOARD })
        emulated = new EmulatedBoard({
            board,
            scene: await loadScene("chart", { width: 752, height: 480 }, 1),
            elf: readElf(readFileSync(elf), elf, chipPlaces(board)),
            program: await buildProgram("src/main.ts"),
        })
        emulated.run({ seconds: 0.001 })
        at = board.frameMemory.address
    })

    afterAll(() => emulated.close())

    function measure(
        pixels: Uint8Array,
        columns: number,
        threshold: number,
        rowStep: number
    ) {
        const image = at
        const stats = image + 4 * IMAGE_WORDS
        const data = stats + 4 * STATS_WORDS
        emulated.writeCode(data, pixels)
        emulated.writeCode(
            image,
            new Uint8Array(
                Uint32Array.of(data, columns, pixels.length / columns).buffer
            )
        )
        emulated.mcu.call(
            emulated.symbol("cam_stats_measure"),
            image,
            threshold,
            rowStep,
            stats
        )
        const [meanX256, min, max, count, centroidX, centroidY, sumDiff] =
            Array.from({ length: STATS_WORDS }, (_, i) =>
                emulated.readWord(stats + 4 * i)
            )
        return { meanX256, min, max, count, centroidX, centroidY, sumDiff }
    }

    /** Any bytes, the same ones each time. */
    function noise(length: number, seed: number): Uint8Array {
        let state = seed
        return Uint8Array.from({ length }, () => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0
            return state >>> 24
        })
    }

    it.each([
        [4, 3],
        [8, 2],
        [12, 5],
        [36, 4],
        [40, 4],
        [44, 3],
        [220, 20],
        [1016, 2],
        [1020, 2],
        [1024, 2],
        [1600, 2],
    ])("are exact for %i columns and %i rows", (columns, rows) => {
        for (const [seed, threshold] of [
            [1, 0],
            [2, 100],
            [3, 255],
        ] as const) {
            const pixels = noise(columns * rows, seed)
            for (const rowStep of [1, 2])
                expect(measure(pixels, columns, threshold, rowStep)).toEqual(
                    frameStats(pixels, threshold, columns, rowStep)
                )
        }
    })
})
