// SPDX-License-Identifier: MIT
// What the firmware takes on the emulated board, against the project's aims: counts first, then virtual times.

import { Strategy, type CaptureRequest } from "../../../protocol/capture.ts"
import {
    aimed,
    median,
    roundedTo,
    type Figure,
    type FigureKind,
    type Growth,
    type GrowthPoint,
} from "../../figures.ts"
import { emulatedCounts, type EmulatedCounts } from "./emulated-run.ts"

const NUCLEO = "nucleo-f446re"
const DEFAULT_PROGRAM = "src/main.ts"
const CALLBACK = "src/bench/callback.ts"
const STATISTICS = "src/bench/statistics.ts"
const BATCHES = "src/bench/batches.ts"

/** More than any sensor gives: its limit is taken. */
const SENSOR_LIMIT_FPS = 1000
/** Rows of the MT9V034's field. */
const FIELD_ROWS = 480
/** Cycles per instruction at which 120 fps must hold as well: a margin over the cycle model. */
const SLOW_CPI = 2.3

const WINDOW = { window: { width: 220, height: 220 } }
const HALF = { window: { width: 220, height: 110 } }
const AT_120 = { ...WINDOW, fps: 120 }

/** All that is measured on the emulated board. */
export interface BoardFigures {
    readonly figures: readonly Figure[]
    readonly growth: readonly Growth[]
    /** The default program at 120 fps, which the baseline is compared with. */
    readonly ours: EmulatedCounts
}

/**
 * Measure.
 * @param say which capture runs now
 */
export async function boardFigures(
    say: (what: string) => void
): Promise<BoardFigures> {
    const capture = (
        app: string,
        request: CaptureRequest,
        more: { board?: string; cpi?: number; seconds?: number } = {}
    ): Promise<EmulatedCounts> => {
        const { board = NUCLEO } = more
        const { width, height } = request.window!
        say(`${app} on ${board}, ${width}x${height}`)
        return emulatedCounts({ ...more, board, app, request })
    }
    const ours = await capture(DEFAULT_PROGRAM, AT_120)
    const rates = await rateGrowth(capture)
    const counts: Figure[] = [
        atMost(
            "count",
            "instructions per frame, default program at 120 fps",
            Math.round(ours.instructions),
            "instructions",
            115_000,
            "220x220, nucleo-f446re, one buffer; all that the CPU executes, per frame of the sensor"
        ),
        ...interruptFigures(
            ours,
            await capture(CALLBACK, {
                window: { width: 160, height: 120 },
                fps: 120,
                buffers: 2,
            })
        ),
        ...(await rowFigures(capture)),
        await statisticsFigure(capture),
    ]
    return {
        ours,
        figures: [
            ...counts,
            await twoBufferFigure(capture),
            deliveredFigure(rates),
            await marginFigure(capture),
            await largeFigure(capture),
            ...timeFigures(ours, await capture(CALLBACK, AT_120)),
        ],
        growth: [
            await windowGrowth(capture),
            rates,
            await lengthGrowth(capture),
            await batchGrowth(capture),
        ],
    }
}

type Capture = (
    app: string,
    request: CaptureRequest,
    more?: { board?: string; cpi?: number; seconds?: number }
) => Promise<EmulatedCounts>

function interruptFigures(one: EmulatedCounts, two: EmulatedCounts): Figure[] {
    const note = "handlers of DCMI and DMA, all that they call included"
    return [
        ["one buffer, 220x220", one] as const,
        ["two buffers, 160x120", two] as const,
    ].map(([what, { captureIrqInstructions }]) =>
        atMost(
            "count",
            `instructions in capture interrupts per frame, ${what}`,
            roundedTo(captureIrqInstructions, 1),
            "instructions",
            45,
            note
        )
    )
}

/** Two windows with as many rows on the bus: what they differ in is what rows cost. */
async function rowFigures(capture: Capture): Promise<Figure[]> {
    const perRow = async (
        x: number
    ): Promise<{ wanted: number; other: number }> => {
        const [all, half] = await Promise.all(
            [WINDOW, HALF].map(({ window }) =>
                capture(CALLBACK, {
                    window: { ...window, x, y: 100 },
                    strategy: Strategy.LINE,
                    fps: 30,
                })
            )
        )
        const rows = WINDOW.window.height - HALF.window.height
        const more =
            (all!.captureIrqInstructions - half!.captureIrqInstructions) / rows
        const other =
            (half!.captureIrqInstructions - HALF.window.height * more) /
            FIELD_ROWS
        return {
            wanted: roundedTo(more + other, 1),
            other: roundedTo(other, 1),
        }
    }
    const aligned = await perRow(264)
    const any = await perRow(265)
    const name = "instructions per wanted row in line mode, copy of 220 bytes"
    const note =
        "captures of 220 and of 110 rows compared; the window starts at column"
    return [
        atMost(
            "count",
            `${name}, column a multiple of 4`,
            aligned.wanted,
            "instructions",
            45,
            `${note} 264`
        ),
        atMost(
            "count",
            `${name}, any column`,
            any.wanted,
            "instructions",
            45,
            `${note} 265`
        ),
        atMost(
            "count",
            "instructions per row that is not wanted",
            aligned.other,
            "instructions",
            12,
            "of the same captures, what a frame takes once included"
        ),
    ]
}

/** Two windows of the same columns: what they differ in is the pixels. */
async function statisticsFigure(capture: Capture): Promise<Figure> {
    const [all, half] = await Promise.all(
        [WINDOW, HALF].map(window =>
            capture(STATISTICS, { ...window, fps: 60 })
        )
    )
    const { width, height } = WINDOW.window
    const pixels = width * (height - HALF.window.height)
    return atMost(
        "count",
        "statistics, instructions per pixel",
        roundedTo((all!.instructions - half!.instructions) / pixels, 2),
        "instructions",
        2.9,
        "mean, min, max, count, centroid and focus together; frames of 220 and of 110 rows compared"
    )
}

async function twoBufferFigure(capture: Capture): Promise<Figure> {
    const { buffers, deliveredFps, dropped } = await capture(CALLBACK, {
        ...WINDOW,
        fps: SENSOR_LIMIT_FPS,
        buffers: 2,
    })
    return atLeast(
        "220x220 at the sensor's limit, nucleo-f446re, a callback, two buffers",
        roundedTo(deliveredFps, 1),
        "fps",
        169,
        `delivered; ${dropped} dropped` +
            (buffers < 2 ? "; two buffers do not fit, one was used" : "")
    )
}

/** Of the rates that were tried, the highest at which nothing was lost. */
function deliveredFigure({ points }: Growth): Figure {
    const whole = points.filter(({ dropped }) => dropped === 0)
    return atLeast(
        "the default program there, one buffer",
        Math.max(0, ...whole.map(({ deliveredFps }) => deliveredFps)),
        "fps",
        135,
        "the highest rate below at which no frame was dropped"
    )
}

async function marginFigure(capture: Capture): Promise<Figure> {
    const { dropped, sensorFrames } = await capture(DEFAULT_PROGRAM, AT_120, {
        cpi: SLOW_CPI,
    })
    return atMost(
        "virtual time",
        `frames dropped at 120 fps and ${SLOW_CPI} cycles per instruction`,
        dropped,
        "frames",
        0,
        `default program, 220x220, of ${sensorFrames} frames`
    )
}

async function largeFigure(capture: Capture): Promise<Figure> {
    const { deliveredFps, sensorFps } = await capture(
        CALLBACK,
        { window: { width: 360, height: 360 }, fps: SENSOR_LIMIT_FPS },
        { board: "nucleo-f429zi" }
    )
    return atLeast(
        "360x360 at the sensor's limit, nucleo-f429zi, a callback, one buffer",
        roundedTo(deliveredFps, 1),
        "fps",
        80,
        `delivered; the sensor sends ${roundedTo(sensorFps, 1)}`
    )
}

function timeFigures(ours: EmulatedCounts, callback: EmulatedCounts): Figure[] {
    const { latenciesMs } = callback
    const last = "last pixel to TypeScript callback"
    const note = `220x220 at 120 fps, ${latenciesMs.length} frames; until the handler's first call reaches native code`
    return [
        atLeast(
            "idle share, default program at 120 fps",
            roundedTo(100 * ours.idle, 1),
            "%",
            85,
            `at ${roundedTo(ours.cpi, 2)} cycles per instruction, by the cycle model`
        ),
        atMost(
            "virtual time",
            `${last}, median`,
            roundedTo(median(latenciesMs), 2),
            "ms",
            0.75,
            note
        ),
        atMost(
            "virtual time",
            `${last}, worst`,
            roundedTo(Math.max(...latenciesMs), 2),
            "ms",
            1.1,
            note
        ),
        atMost(
            "virtual time",
            "power-up to first frame",
            Math.round(ours.firstFrameMs),
            "ms",
            100,
            "default program; until the program has it"
        ),
    ]
}

async function windowGrowth(capture: Capture): Promise<Growth> {
    const points: GrowthPoint[] = []
    for (const [width, height] of [
        [64, 48],
        [96, 96],
        [160, 120],
        [220, 220],
    ] as const)
        points.push(
            point(
                `${width}x${height}`,
                await capture(CALLBACK, {
                    window: { width, height },
                    fps: 120,
                    buffers: 1,
                })
            )
        )
    return {
        by: "window",
        unit: "pixels",
        note: "a callback at 120 fps, one buffer",
        points,
    }
}

async function rateGrowth(capture: Capture): Promise<Growth> {
    const points: GrowthPoint[] = []
    for (const fps of [
        30,
        60,
        90,
        120,
        125,
        130,
        135,
        140,
        150,
        SENSOR_LIMIT_FPS,
    ]) {
        const counts = await capture(DEFAULT_PROGRAM, { ...WINDOW, fps })
        points.push(point(roundedTo(counts.sensorFps, 1), counts))
    }
    return {
        by: "rate",
        unit: "fps of the sensor",
        note: "default program, 220x220, nucleo-f446re, one buffer",
        points,
    }
}

async function lengthGrowth(capture: Capture): Promise<Growth> {
    const points: GrowthPoint[] = []
    for (const seconds of [0.5, 1, 2])
        points.push(
            point(seconds, await capture(DEFAULT_PROGRAM, AT_120, { seconds }))
        )
    return {
        by: "run length",
        unit: "s",
        note: "default program, 220x220 at 120 fps",
        points,
    }
}

async function batchGrowth(capture: Capture): Promise<Growth> {
    const points: GrowthPoint[] = []
    for (const rows of [220, 110, 55, 44])
        points.push(
            point(
                rows,
                await capture(BATCHES, {
                    ...WINDOW,
                    strategy: Strategy.LINE,
                    fps: 30,
                    buffers: 4,
                    // What batches.ts takes for the rows of a batch.
                    quality: rows,
                })
            )
        )
    return {
        by: "batches",
        unit: "rows each",
        note: "strategy line, 220x220 at 30 fps, as many of 4 buffers as fit; all 480 rows of the field raise an interrupt",
        points,
    }
}

function point(at: number | string, counts: EmulatedCounts): GrowthPoint {
    return {
        at,
        deliveredFps: roundedTo(counts.deliveredFps, 1),
        dropped: counts.dropped,
        instructionsPerFrame: Math.round(counts.instructions),
        captureIrqInstructionsPerFrame: roundedTo(
            counts.captureIrqInstructions,
            1
        ),
        idleShare: roundedTo(counts.idle, 3),
    }
}

function atMost(
    kind: FigureKind,
    name: string,
    value: number,
    unit: string,
    target: number,
    note: string
): Figure {
    return aimed({ kind, name, value, unit, note }, "at most", target)
}

function atLeast(
    name: string,
    value: number,
    unit: string,
    target: number,
    note: string
): Figure {
    return aimed(
        { kind: "virtual time", name, value, unit, note },
        "at least",
        target
    )
}
