// SPDX-License-Identifier: MIT
// The scope of the live view: one frame of a capture trace with DMA and interrupts, any part of it.

import type {
    BusFrame,
    CaptureTrace,
} from "../../../sim/trace/capture-trace.ts"
import { scopeSvg, type ScopeChannel } from "../../../sim/trace/scope-svg.ts"
import type { ScopeRange } from "../target.ts"

const COLOURS = [
    "#ffd23f",
    "#4cc9f0",
    "#f472b6",
    "#7ee787",
    "#c4a7ff",
    "#ff9f68",
    "#a3b8cc",
]

/**
 * Draw the newest frame whose successor was on the bus too.
 * @returns undefined before there are two frames
 */
export function liveScope(
    trace: CaptureTrace,
    { from, to }: ScopeRange
): string | undefined {
    const shown = newestComplete(trace.frames)
    if (!shown) return undefined
    const { frame, startNs, periodNs } = shown
    const named = (start: string) =>
        trace.signals
            .filter(({ name }) => name.startsWith(start))
            .map(({ name, changes }) => ({ label: name, changes }))
    const signals = [
        { label: "frame valid", changes: trace.changesOf("frameValid") },
        { label: "exposure", changes: trace.changesOf("exposure") },
        { label: "line valid", changes: trace.changesOf("lineValid") },
        { label: "capture active", changes: trace.changesOf("capture") },
        ...named("DMA2_"),
        ...named("IRQ "),
    ]
    // What never changed is not known: the OV2640's exposure, say.
    const known = signals.filter(({ changes }) => changes.length > 0)
    const channels = known.map(({ label, changes }, index): ScopeChannel => ({
        label,
        colour: COLOURS[index % COLOURS.length]!,
        changes,
    }))
    return scopeSvg(`Frame ${frame.sent.sequence} of the sensor`, [
        {
            title: "time 0 is the sensor's first pixel",
            startNs: startNs + from * periodNs,
            endNs: startNs + to * periodNs,
            originNs: startNs,
            channels,
        },
    ])
}

function newestComplete(frames: readonly BusFrame[]):
    | {
          readonly frame: BusFrame
          readonly startNs: number
          readonly periodNs: number
      }
    | undefined {
    const next = frames.at(-1)
    const frame = frames.at(-2)
    const startNs = frame?.lines[0]?.startNs
    const nextNs = next?.lines[0]?.startNs
    if (!frame || startNs === undefined || nextNs === undefined)
        return undefined
    return { frame, startNs, periodNs: nextNs - startNs }
}
