// SPDX-License-Identifier: MIT
// What the planner says of a request: the shape of `camscript plan --json` (docs/json.md), also on the page.

import type { CaptureFormat, NamedRequest, StrategyName } from "./names"

export interface PlannedRegister {
    /** "MT9V034", "OV2640" or "DCMI". */
    readonly part: string
    readonly name: string
    readonly value: number
}

export interface PlanWindow {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
}

/** What comes out of one stage. */
export interface PlannedStage {
    readonly stage: "sensor" | "dcmi" | "software"
    /** Pixels of the sensor's field that are left. */
    readonly window: PlanWindow
    /** Bytes per frame that are left; null: not known before (JPEG). */
    readonly bytes: number | null
}

/** A strategy that can be had. */
export interface PlannedStrategy {
    readonly name: StrategyName
    readonly ok: true
    readonly reason: null
    readonly fps: number
    readonly format: CaptureFormat
    /** What arrives, pixels of the sensor's field. */
    readonly window: PlanWindow
    /** Pixels of its frame. */
    readonly size: { readonly width: number; readonly height: number }
    /** Pixels of the window that the sensor makes one of, each way. */
    readonly binning: number
    readonly stages: readonly PlannedStage[]
    readonly registers: readonly PlannedRegister[]
    /** Transfers of one frame, and 32-bit words in each. */
    readonly dma: { readonly transfers: number; readonly words: number }
    /** The longest exposure that does not slow the frame rate. */
    readonly exposureMaxUs: number
    /** null: not known before (JPEG). */
    readonly busBytesPerFrame: number | null
    /** JPEG: the size of one buffer. */
    readonly storedBytesPerFrame: number
    readonly irqsPerSecond: number
    /** Of DCMI and DMA interrupts, 0..1. */
    readonly cpuShare: number
    readonly buffers: number
    /** All frame buffers, and the row buffers of line mode. */
    readonly ramBytes: number
    /** From the last wanted pixel on the bus to the program's handler; null: it depends on the image (JPEG). */
    readonly latencyUs: number | null
}

/** A strategy that cannot. */
export interface ImpossibleStrategy {
    readonly name: StrategyName
    readonly ok: false
    /** With the sum that does not add up. */
    readonly reason: string
}

/** `camscript plan --json`. */
export interface PlanReport {
    readonly board: string
    readonly sensor: string
    readonly request: NamedRequest
    /** What the program would run; null: nothing is possible. */
    readonly chosen: StrategyName | null
    /** One sentence: which stage should crop? */
    readonly answer: string
    readonly strategies: readonly (PlannedStrategy | ImpossibleStrategy)[]
}
