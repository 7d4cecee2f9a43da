// SPDX-License-Identifier: MIT
// What it is, how it goes, and the buttons that save something.

import type { TargetDescription } from "../messages/messages.ts"
import type { Link, LinkState } from "./link.ts"

export function TopBar({
    link,
    state,
    target,
}: {
    readonly link: Link
    readonly state: LinkState
    readonly target: TargetDescription
}) {
    const { live, rates, connected } = state
    const recording = live?.recording
    const streaming = live?.applied?.streaming ?? false
    return (
        <header>
            <div class="title">
                <h1>camscript</h1>
                <p>
                    {target.sensor.toUpperCase()} on {target.board},{" "}
                    {target.kind}
                </p>
            </div>
            <dl class="figures" data-testid="figures">
                <Figure
                    name="camera"
                    value={fixed(live?.measuredFps)}
                    unit="fps"
                />
                <Figure
                    name="dropped"
                    value={String(live?.counters.dropped ?? 0)}
                    alarm={(live?.counters.dropped ?? 0) > 0}
                />
                <Figure
                    name="page"
                    value={String(rates.drawn)}
                    unit="/s"
                    hint={`${rates.drawn} frames drawn in the last second, ${rates.shown} screen updates with a new one, ${rates.skipped} frames not sent to this page since it connected`}
                    test={rates}
                />
                {live?.link && (
                    <Figure
                        name="link"
                        value={fixed(live.link.bytesPerSecond / 1024)}
                        unit="KB/s"
                        hint={`${Math.round(100 * live.link.share)} % of what ${live.link.baud} baud can carry, per second of the board's time`}
                    />
                )}
                <Figure
                    name="speed"
                    value={fixed(live?.ratio, 2)}
                    unit="×"
                    hint="target seconds per second of this machine"
                />
            </dl>
            <p class="connection" role="status">
                {connected ? "" : "The server is gone; trying again…"}
            </p>
            <div class="buttons">
                <button
                    type="button"
                    class="primary"
                    disabled={live?.uncontrolled ?? false}
                    onClick={() =>
                        link.say({ type: "streaming", on: !streaming })
                    }
                >
                    {streaming ? "Stop" : "Start"}
                </button>
                <a class="button" href="/snapshot" download>
                    Snapshot
                </a>
                <button
                    type="button"
                    aria-pressed={recording?.running ?? false}
                    onClick={() =>
                        link.say({ type: "record", on: !recording?.running })
                    }
                >
                    {recording?.running
                        ? `Stop recording (${recording.frames})`
                        : "Record"}
                </button>
                {recording && !recording.running && recording.frames > 0 && (
                    <a class="button" href="/recording" download>
                        Save {recording.frames} frames
                        {recording.note && ` (${recording.note})`}
                    </a>
                )}
                {target.hasWaveforms && (
                    <a class="button" href="/waveforms.vcd" download>
                        VCD of the last second
                    </a>
                )}
            </div>
        </header>
    )
}

function Figure(props: {
    readonly name: string
    readonly value: string
    readonly unit?: string
    readonly hint?: string
    readonly alarm?: boolean
    readonly test?: { readonly drawn: number; readonly shown: number }
}) {
    const { name, value, unit, hint, alarm, test } = props
    return (
        <div class={alarm ? "figure alarm" : "figure"} title={hint}>
            <dt>{name}</dt>
            <dd data-drawn={test?.drawn} data-shown={test?.shown}>
                {value}
                {unit && <small>{unit}</small>}
            </dd>
        </div>
    )
}

function fixed(value: number | undefined, decimals = 1): string {
    return value === undefined ? "–" : value.toFixed(decimals)
}
