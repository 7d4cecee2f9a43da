// SPDX-License-Identifier: MIT
// The window moves at every frame while the camera streams: no frame is lost, mixed, or says another place than its own.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { readBoard } from "../../boards/board-file.ts"
import { loadScene } from "../../sim/scene/load-scene.ts"
import type { Counters } from "../../sim/observe/capture.ts"
import { Simulation } from "../../sim/simulation.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import { strategyNamed, type StrategyName } from "../../protocol/names.ts"
import type { Rectangle } from "../../protocol/capture.ts"

const ANYWHERE = "test/system/programs/random-moves.ts"
const WANDERING = "test/system/programs/wandering.ts"
const SIDEWAYS = "test/system/programs/sideways-moves.ts"

interface Setup {
    readonly app: string
    readonly board: string
    readonly strategy: StrategyName
    readonly frames: number
}

/** Where each frame says that it was taken, and what the sensor read for it; the pixels are not kept. */
interface Run {
    readonly counters: Counters
    readonly fps: number
    readonly windows: readonly Rectangle[]
    readonly sent: readonly Rectangle[]
    readonly log: Simulation["log"]
    /** When the first frame was whole, ns. */
    readonly streamingNs: number
}

/** 220 rows as fast as possible, with a fixed exposure. */
async function run({ app, board, strategy, frames }: Setup): Promise<Run> {
    const windows: Rectangle[] = []
    const sent: Rectangle[] = []
    let streamingNs = 0
    const simulation = await Simulation.create({
        board: readBoard(board),
        scene: await loadScene("chart", { width: 752, height: 480 }, 1),
        program: await buildProgram(app),
        request: {
            // As many rows, so that the sensor is as fast, and two buffers fit into the smaller board: one would have to be
            // back within 4 rows.
            window: {
                width: board === "nucleo-f446re" ? 110 : 220,
                height: 220,
            },
            buffers: 2,
            strategy: strategyNamed(strategy),
            fps: 400,
            exposureUs: 2000,
        },
        keepLog: true,
        onFrame: frame => {
            windows.push(frame.window)
            sent.push(frame.sent.window)
            streamingNs ||= simulation.clock.nowNs
        },
    })
    simulation.run({ frames })
    return {
        counters: simulation.record.counters(),
        fps: simulation.record.measuredFps()!,
        windows,
        sent,
        log: simulation.log,
        streamingNs,
    }
}

/** Each frame whole, and the scene's pixels at the place that it says. */
function expectRight({ counters }: Run, delivered: number): void {
    expect(counters).toMatchObject({
        torn: 0,
        pixelErrors: 0,
        overruns: 0,
        shortFrames: 0,
        dmaErrors: 0,
        skipped: 0,
    })
    expect(counters.delivered).toBeGreaterThanOrEqual(delivered)
}

/** The first frame after the start means nothing, whatever moves. */
const SETTLING_AT_START = 1

/** Frames of the sensor that did not reach the program; those kept back because their place was in doubt count too. */
function lost({ counters }: Run): number {
    const { sensorFrames, delivered } = counters
    return sensorFrames - SETTLING_AT_START - delivered
}

function places({ windows }: Run): number {
    return new Set(windows.map(({ x, y }) => `${x} ${y}`)).size
}

/** Registers of the sensor that were written after the first frame. */
function written({ log, streamingNs }: Run): Set<string> {
    return new Set(
        log.entries
            .filter(
                ({ block, timeNs }) =>
                    block === "MT9V034" && timeNs > streamingNs
            )
            .map(({ register }) => register)
    )
}

/** Of the sensor's window, whose every place is looked at: `npm run test:long` has as many as the other way. */
const MOVES = process.env["CAMSCRIPT_LONG_TESTS"] === "1" ? 10_000 : 3_000

describe("random moves at full rate", () => {
    it(`of the sensor's window lose at most one frame in 1,000, and each is where it says (${MOVES})`, async () => {
        const result = await run({
            app: ANYWHERE,
            board: "nucleo-f429zi",
            strategy: "sensor-window",
            frames: MOVES,
        })

        expectRight(result, MOVES * 0.999)
        expect(lost(result)).toBeLessThanOrEqual(MOVES / 1000)
        // MT9V034 DS: row 704, vertical blanking 4: 26.66e6 / ((220 + 4) * 704 + 4)
        expect(result.fps).toBeCloseTo(169.05, 1)
        expect(result.windows).toEqual(result.sent)
        expect(places(result)).toBeGreaterThan(MOVES * 0.9)
        expect([...written(result)].sort()).toEqual([
            "CHIP_CONTROL",
            "COLUMN_START",
            "COLUMN_START_B",
            "ROW_START",
            "ROW_START_B",
        ])
    })

    it("of the DCMI's columns in the sensor's rows do not touch the sensor (10,000)", async () => {
        const result = await run({
            app: SIDEWAYS,
            board: "nucleo-f429zi",
            strategy: "rows+crop",
            frames: 10_000,
        })

        expectRight(result, 9_990)
        expect(lost(result)).toBeLessThanOrEqual(10)
        // Rows of 752 + 61 clocks: 26.66e6 / ((220 + 4) * 813 + 4)
        expect(result.fps).toBeCloseTo(146.39, 1)
        expect(places(result)).toBe(533)
        expect([...written(result)]).toEqual([])
    })
})

describe.each([
    { strategy: "sensor-window", board: "nucleo-f446re" },
    { strategy: "rows+crop", board: "nucleo-f446re" },
    { strategy: "rows+crop", board: "nucleo-f429zi" },
    { strategy: "dcmi-crop", board: "nucleo-f446re" },
] as const)("moves by $strategy on $board", ({ strategy, board }) => {
    it("go anywhere, at every frame, and lose none", async () => {
        const result = await run({
            app: ANYWHERE,
            board,
            strategy,
            frames: 300,
        })

        expectRight(result, 300)
        expect(lost(result)).toBeLessThanOrEqual(2)
        expect(places(result)).toBeGreaterThan(290)
    })
})

describe.each(["sensor-window", "rows+crop", "dcmi-crop"] as const)(
    "moves by %s at any time",
    strategy => {
        it("label each frame with its own place, also several in one frame", async () => {
            const result = await run({
                app: WANDERING,
                board:
                    strategy === "dcmi-crop"
                        ? "nucleo-f446re"
                        : "nucleo-f429zi",
                strategy,
                frames: 400,
            })

            expectRight(result, 400)
            expect(places(result)).toBeGreaterThan(100)
        })
    }
)
