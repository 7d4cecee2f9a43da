// SPDX-License-Identifier: MIT
// One capture on the emulated board, counted when it is under way: all times are virtual, all counts the same on every machine.

import { join } from "node:path"
import { readBoard } from "../../../boards/board-file.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import { GrabberReg } from "../../../protocol/grabber-page.ts"
import type { EmulatedBoard } from "../../../sim/emulated-board.ts"
import type { AppliedMode, Counters } from "../../../sim/observe/capture.ts"
import type { CpuUse } from "../../../sim/observe/cpu-use.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { prepareEmulation } from "../../targets/in-process/prepare-emulation.ts"

/** Frames before the counts begin: a start is not like what follows. */
const FIRST_FRAMES = 8

/** Virtual time that is counted, s. */
const SECONDS = 0.5

/** What is captured, by which program. */
export interface EmulatedCase {
    readonly board: string
    /** From camscript's own folder. */
    readonly app: string
    readonly request: CaptureRequest
    /** Virtual time that is counted, s. */
    readonly seconds?: number
    /** Cycles per instruction; left out: by the cycle model. */
    readonly cpi?: number
}

/** What one capture took. */
export interface EmulatedCounts {
    /** Of the sensor, by the mode that was applied. */
    readonly sensorFps: number
    /** Frame buffers that were used. */
    readonly buffers: number
    /** Of these frames, those that reached the program, per second. */
    readonly deliveredFps: number
    readonly sensorFrames: number
    /** Frames of the sensor that no buffer was free for, or that nobody looked at. */
    readonly dropped: number
    readonly torn: number
    /** Cycles per instruction as they came out. */
    readonly cpi: number
    /** Per frame of the sensor. */
    readonly instructions: number
    readonly captureIrqInstructions: number
    readonly captureIrqs: number
    /** Share of the time, 0..1. */
    readonly idle: number
    /** From power-on until the program had its first frame, ms. */
    readonly firstFrameMs: number
    /** Of each frame, from the sensor's last pixel to the handler's first call, ms; empty when the handler makes none. */
    readonly latenciesMs: readonly number[]
}

/**
 * Capture and count.
 * @throws CamscriptError when a tool is missing; ProgramError when the program cannot do what is asked for
 */
export async function emulatedCounts(
    wanted: EmulatedCase
): Promise<EmulatedCounts> {
    const board = readBoard(wanted.board, "mt9v034")
    const latenciesMs: number[] = []
    let endNs: number | undefined
    let firstFrameNs: number | undefined
    const emulated = await prepareEmulation(
        {
            board: wanted.board,
            sensor: "mt9v034",
            request: wanted.request,
            scene: "chart",
            seed: 1,
            app: join(projectRoot, wanted.app),
            target: "emulator",
            cpi: wanted.cpi,
        },
        board,
        {
            onFrame: ({ sent }) => {
                endNs = sent.endNs
                firstFrameNs ??= emulated.mcu.nowNs
            },
        }
    )
    try {
        onHandler(emulated, () => {
            if (endNs === undefined) return
            latenciesMs.push((emulated.mcu.nowNs - endNs) / 1e6)
            endNs = undefined
        })
        emulated.run({ frames: FIRST_FRAMES })
        latenciesMs.length = 0
        const before = look(emulated)
        emulated.run({
            seconds: emulated.seconds + (wanted.seconds ?? SECONDS),
        })
        return {
            ...grown(before, look(emulated)),
            firstFrameMs: firstFrameNs! / 1e6,
            latenciesMs,
        }
    } finally {
        emulated.close()
    }
}

/** src/bench/callback.ts reads QUEUED as the first thing in its handler; nothing else reads it. */
function onHandler(emulated: EmulatedBoard, seen: () => void): void {
    const { mcu } = emulated
    mcu.onAddress(emulated.symbol("cam_grabber_transfer"), () => {
        const write = mcu.register("r0")
        const word = emulated.readWord(write & ~3) >>> (8 * (write & 3))
        if ((word & 0xff) === GrabberReg.QUEUED) seen()
    })
}

interface Look {
    readonly counters: Counters
    readonly use: CpuUse
    readonly mode: AppliedMode
}

function look(emulated: EmulatedBoard): Look {
    return {
        counters: emulated.record.counters(),
        use: emulated.cpuUse()!,
        mode: emulated.record.mode()!,
    }
}

function grown(
    before: Look,
    after: Look
): Omit<EmulatedCounts, "firstFrameMs" | "latenciesMs"> {
    const counted = (key: keyof Counters): number =>
        Number(after.counters[key]) - Number(before.counters[key])
    const used = (key: Exclude<keyof CpuUse, "timing" | "cpi">): number =>
        after.use[key] - before.use[key]
    const cycles = ({ use }: Look): number => use.cpi * use.instructions
    const sensorFrames = counted("sensorFrames")
    const dropped = counted("dropped") + counted("skipped")
    return {
        sensorFps: after.mode.fps,
        buffers: after.mode.buffers,
        deliveredFps: after.mode.fps * (1 - dropped / sensorFrames),
        sensorFrames,
        dropped,
        torn: counted("torn"),
        cpi: (cycles(after) - cycles(before)) / used("instructions"),
        instructions: used("instructions") / sensorFrames,
        captureIrqInstructions: used("captureIrqInstructions") / sensorFrames,
        captureIrqs: counted("irqs") / sensorFrames,
        idle: used("idleNs") / used("elapsedNs"),
    }
}
