// SPDX-License-Identifier: MIT
// scope-*.svg: one frame on the wires by two strategies, as `camscript compare` draws it.

import { writeFileSync } from "node:fs"
import {
    captureScope,
    scopeTitle,
} from "../../host/commands/compare/compare-scope.ts"
import { captureTimes } from "../../host/commands/compare/capture-timing.ts"
import { simulate } from "../../sim/testing.ts"
import { CaptureTrace } from "../../sim/trace/capture-trace.ts"
import { Strategy, strategyName, TimingMode } from "../../protocol/capture.ts"
import { imageFile } from "./image-file.ts"

const WINDOW = { width: 360, height: 360 }

export async function scopeImages(): Promise<void> {
    await scopeImage(Strategy.DCMI_CROP)
    await scopeImage(Strategy.SENSOR_WINDOW)
}

async function scopeImage(strategy: Strategy): Promise<void> {
    const trace = new CaptureTrace()
    const { frames, mode, fps } = await simulate({
        board: "nucleo-f429zi",
        scene: "photo",
        window: WINDOW,
        timing: TimingMode.DEFAULT,
        strategy,
        exposureUs: 4000,
        frames: 6,
        trace,
    })
    const captured = frames.at(-3)!
    const frame = trace.frames.find(
        ({ sent }) => sent.sequence === captured.sent.sequence
    )!
    const svg = captureScope({
        title: scopeTitle(mode!, fps!),
        trace,
        frame,
        times: captureTimes(trace.frames, captured)!,
        wantedRows: WINDOW.height,
    })
    writeFileSync(imageFile(`scope-${strategyName(strategy)}.svg`), svg)
}
