// SPDX-License-Identifier: MIT
// The default program on the emulated board, with a random fault each second: the firmware brings everything back by itself, the
// program too.

import { afterEach, describe, expect, it } from "vitest"
import { BOARD_CASES, FAULT_CASES } from "../support/faults/fault-cases.ts"
import { FaultyBoard } from "../support/faults/faulty-board.ts"
import { applies } from "../support/faults/fault-table-text.ts"
import { soak } from "../support/faults/soak.ts"
import { FAULTY_CAPTURES, WINDOW_ROWS } from "../support/faults/strategies.ts"

const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"
const CAPTURE = FAULTY_CAPTURES.find(({ name }) => name === "sensor-window")!
const FPS = 120
/** Frames, and from one fault to the next, s: a sensor's or a program's has its time. */
const SOAKS: readonly (readonly [string, number, number])[] = LONG
    ? [
          ["20,000 frames", 20_000, 100 / FPS],
          ["10 minutes, a fault each second", 600 * FPS, 1],
      ]
    : [["2,000 frames", 2000, 100 / FPS]]
/** A program that ends comes up again in its own time: program-failures.firmware.test.ts. */
const CASES = [...FAULT_CASES, ...BOARD_CASES].filter(
    fault =>
        applies(fault, CAPTURE) &&
        !/^(program-|power-cut|flash-error)/.test(fault.name)
)

let board: FaultyBoard | undefined

afterEach(() => {
    board?.close()
    board = undefined
})

describe("the default program on the emulated board", () => {
    it.each(SOAKS)("%s", async (_, frames, everyS) => {
        board = await FaultyBoard.create({
            app: "src/main.ts",
            request: { ...CAPTURE.request, fps: FPS },
            sensor: CAPTURE.sensor,
            scene: CAPTURE.scene,
            rows: WINDOW_ROWS,
        })
        const result = soak({
            machine: board,
            truth: board.truth,
            capture: CAPTURE.name,
            cases: CASES,
            seed: 1,
            frames,
            everyS,
        })

        expect(result.problems).toEqual([])
        expect(result.faults).toBeGreaterThan((0.8 * frames) / FPS / everyS)
    })
})
