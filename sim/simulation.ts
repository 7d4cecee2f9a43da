// SPDX-License-Identifier: MIT
// One simulated board: chip, native code, VM, sensor and scene, wired as the board file says, in virtual time.

import type { BoardFile } from "./board-file.ts"
import type { Scene } from "./scene/scene.ts"
import type { FieldWindow, SensorFrame } from "./sensors/sensor-model.ts"
import type { RegisterLog } from "./trace/register-log.ts"
import type { Program } from "./vm/program.ts"

export const STRATEGIES = [
    "auto",
    "line",
    "dcmi-crop",
    "sensor-window",
    "rows+crop",
    "jpeg",
] as const
export type Strategy = (typeof STRATEGIES)[number]

/** What the user asks of the program; what is left out is the program's own choice. */
export interface CaptureRequest {
    /** Pixels of the sensor's field; x and y left out centre the window. */
    readonly window?: { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number }
    readonly fps?: number
    readonly strategy?: Strategy
    readonly buffers?: number
    readonly ramBytes?: number
    readonly timing?: "fastest" | "default"
    readonly exposureUs?: number
    /** Analog gain, 1 = 1x. */
    readonly gain?: number
    readonly testPattern?: "vertical" | "horizontal" | "diagonal"
}

export interface SimulationOptions {
    readonly board: BoardFile
    readonly scene: Scene
    readonly program: Program
    readonly request?: CaptureRequest
    /** 7-bit I2C address of the sensor; null: no sensor on the bus. Default 0x48. */
    readonly sensorAddress?: number | null
    readonly seed?: number
    /** Also log register reads. */
    readonly logReads?: boolean
    /** Stop on a frame that differs from what the sensor sent? Default: only count. */
    readonly onConsole?: (line: string) => void
    /** Called for every frame that was lent to the program. */
    readonly onFrame?: (frame: CapturedFrame) => void
}

/** A frame as the program got it, beside what the sensor sent. */
export interface CapturedFrame {
    readonly sequence: number
    readonly startUs: number
    readonly endUs: number
    readonly exposureUs: number
    readonly gain: number
    readonly droppedBefore: number
    /** Window on the sensor's field, as the program said it was taken. */
    readonly window: FieldWindow
    /** Columns and rows in memory. */
    readonly width: number
    readonly height: number
    /** A copy: width x height bytes, 8-bit gray. */
    readonly pixels: Uint8Array
    /** The sensor's own record of the frame. */
    readonly sent: SensorFrame
    /** Pixels that differ from the scene seen through the sensor model. */
    readonly pixelErrors: number
    /** Rows of more than one frame of the sensor are mixed in it. */
    readonly torn: boolean
}

/** What the program applied (mode block of the frame grabber). */
export interface AppliedMode {
    readonly sensor: string
    readonly strategy: Strategy
    readonly window: FieldWindow
    readonly fps: number
    readonly buffers: number
    readonly busBytesPerFrame: number
    readonly storedBytesPerFrame: number
}

export interface Counters {
    readonly frames: number
    readonly delivered: number
    readonly dropped: number
    readonly skipped: number
    readonly settling: number
    readonly overruns: number
    readonly shortFrames: number
    readonly dmaErrors: number
    readonly resyncs: number
    readonly irqs: number
    readonly torn: number
    readonly pixelErrors: number
    /** Bytes that crossed the parallel bus in all frames of the sensor since the capture started. */
    readonly busBytes: number
    readonly sensorFrames: number
}

/** When to stop: whichever comes first. */
export interface StopCondition {
    /** Frames delivered to the program. */
    readonly frames?: number
    /** Virtual seconds since boot. */
    readonly seconds?: number
}

export declare class Simulation {
    readonly log: RegisterLog
    constructor(options: SimulationOptions)
    /** Virtual time since boot, s. */
    readonly seconds: number
    /** undefined until the program has applied a mode and started. */
    mode(): AppliedMode | undefined
    counters(): Counters
    /** Frames per second of the delivered frames by their time stamps: (sequence distance) / (time distance). */
    measuredFps(): number | undefined
    /**
     * Run on until the condition holds. May be called again to go on (for progress bars).
     * @returns true when the condition was reached, false when `maxWallSlices`-free running hit a program that ended
     * @throws ProgramError, SiliconError
     */
    run(until: StopCondition): void
}
