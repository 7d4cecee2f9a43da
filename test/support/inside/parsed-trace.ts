// SPDX-License-Identifier: MIT
// A trace file, track by track.

export interface TracedSpan {
    readonly name: string
    /** us of virtual time. */
    readonly startUs: number
    readonly endUs: number
    readonly values: Readonly<Record<string, unknown>>
}

interface TraceEvent {
    readonly ph: string
    readonly name: string
    readonly tid: number
    readonly ts?: number
    readonly dur?: number
    readonly args?: Readonly<Record<string, unknown>>
}

/**
 * Spans by the name of their track.
 * @throws Error when two spans of a track overlap without one being inside the other, which viewers cannot show
 */
export function parseTrace(text: string): Map<string, TracedSpan[]> {
    const { traceEvents } = JSON.parse(text) as {
        traceEvents: readonly TraceEvent[]
    }
    const names = new Map<number, string>()
    const tracks = new Map<string, TracedSpan[]>()
    for (const { ph, name, tid, ts, dur, args } of traceEvents) {
        if (ph === "M" && name === "thread_name") {
            names.set(tid, String(args!["name"]))
            tracks.set(String(args!["name"]), [])
        }
        if (ph !== "X") continue
        const startUs = ts!
        tracks
            .get(names.get(tid)!)!
            .push({ name, startUs, endUs: startUs + dur!, values: args ?? {} })
    }
    for (const [track, spans] of tracks) checkNesting(track, spans)
    return tracks
}

/** Sums of us have a rounding error far below a ns. */
const ROUNDING_US = 1e-6

function checkNesting(track: string, spans: readonly TracedSpan[]): void {
    const open: TracedSpan[] = []
    for (const span of spans) {
        while (
            open.length > 0 &&
            open.at(-1)!.endUs <= span.startUs + ROUNDING_US
        )
            open.pop()
        const around = open.at(-1)
        if (around && span.endUs > around.endUs + ROUNDING_US)
            throw new Error(
                `${track}: ${span.name} at ${span.startUs} us ends after ${around.name}, which it began in`
            )
        open.push(span)
    }
}
