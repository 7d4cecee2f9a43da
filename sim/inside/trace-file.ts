// SPDX-License-Identifier: MIT
// The trace format that Perfetto and chrome://tracing open: "Trace Event Format", JSON object form, complete events ("X"),
// instants ("i") and names of tracks ("M").

/** Values that a viewer shows beside an event. */
export type TraceValues = Readonly<Record<string, number | string | boolean>>

/** Something that lasted, on one track. */
interface TraceSpan {
    readonly track: number
    readonly name: string
    readonly startNs: number
    readonly endNs: number
    readonly values: TraceValues | undefined
}

/** What has begun on a track and not ended. */
interface OpenSpan {
    readonly name: string
    readonly startNs: number
    readonly values: TraceValues | undefined
}

/** Of the viewer's: there is one board. */
const PROCESS = 1

/** Spans of one run, in virtual time, in memory: some 100 bytes each. */
export class TraceFile {
    private readonly tracks: string[] = []
    private readonly spans: TraceSpan[] = []
    private readonly open = new Map<number, OpenSpan[]>()

    /** @returns the number of the track, in the order in which a viewer shows them */
    track(name: string): number {
        const known = this.tracks.indexOf(name)
        return known >= 0 ? known : this.tracks.push(name) - 1
    }

    /** Something lasted so long. */
    span(
        track: number,
        name: string,
        {
            startNs,
            endNs,
        }: { readonly startNs: number; readonly endNs: number },
        values?: TraceValues
    ): void {
        this.spans.push({ track, name, startNs, endNs, values })
    }

    /** Something begins; it ends before what has begun on this track before it. */
    begin(
        track: number,
        name: string,
        startNs: number,
        values?: TraceValues
    ): void {
        const open = this.open.get(track)
        const span = { name, startNs, values }
        if (open) open.push(span)
        else this.open.set(track, [span])
    }

    /** What began last on a track ends; nothing, when nothing has. */
    end(track: number, endNs: number, values?: TraceValues): void {
        const last = this.open.get(track)?.pop()
        if (last === undefined) return
        const { name, startNs } = last
        const all = values ? { ...last.values, ...values } : last.values
        this.spans.push({ track, name, startNs, endNs, values: all })
    }

    /** How many have begun on a track and not ended. */
    depth(track: number): number {
        return this.open.get(track)?.length ?? 0
    }

    /** The file's content. @param endNs when what has not ended is cut off */
    content(name: string, endNs: number): string {
        for (const track of this.open.keys())
            while (this.depth(track) > 0) this.end(track, endNs)
        const names = [
            metadata("process_name", 0, { name }),
            ...this.tracks.map((track, index) =>
                metadata("thread_name", index, { name: track })
            ),
            ...this.tracks.map((_, index) =>
                metadata("thread_sort_index", index, { sort_index: index })
            ),
        ]
        // A viewer nests what begins at one time by its order: the longer one comes first.
        const spans = this.spans
            .toSorted((a, b) => a.startNs - b.startNs || b.endNs - a.endNs)
            .map(({ track, name, startNs, endNs, values }) => ({
                ph: "X",
                name,
                pid: PROCESS,
                tid: track + 1,
                ts: startNs / 1000,
                dur: (endNs - startNs) / 1000,
                ...(values && { args: values }),
            }))
        const events = [...names, ...spans].map(event => JSON.stringify(event))
        return `{"displayTimeUnit":"ns","traceEvents":[\n${events.join(",\n")}\n]}\n`
    }
}

function metadata(name: string, track: number, args: TraceValues): object {
    return { ph: "M", name, pid: PROCESS, tid: track + 1, args }
}
