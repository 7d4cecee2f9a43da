// SPDX-License-Identifier: MIT
// The scope: signals of the last frame, with zoom. The server draws each part anew.

import { useEffect, useState } from "preact/hooks"

const WHOLE = { from: -0.05, to: 1.1 } as const
/** As far as the server draws. */
const NARROWEST = 0.002
const REFRESH_MS = 1000

export function ScopePanel() {
    const [range, setRange] = useState<{ from: number; to: number }>(WHOLE)
    const [running, setRunning] = useState(true)
    const [count, setCount] = useState(0)
    useEffect(() => {
        if (!running) return
        const timer = setInterval(() => setCount(old => old + 1), REFRESH_MS)
        return () => clearInterval(timer)
    }, [running])
    const span = range.to - range.from
    const show = (from: number, width: number) => {
        const size = Math.min(WHOLE.to - WHOLE.from, Math.max(NARROWEST, width))
        const start = Math.min(Math.max(from, WHOLE.from), WHOLE.to - size)
        setRange({ from: start, to: start + size })
    }
    const zoom = (by: number) =>
        show(range.from + (span - span * by) / 2, span * by)
    const { from, to } = range
    return (
        <section class="panel scope" aria-labelledby="scope-title">
            <h2 id="scope-title">Scope</h2>
            <div class="buttons" role="toolbar" aria-label="Scope">
                <button type="button" onClick={() => zoom(0.5)}>
                    Zoom in
                </button>
                <button type="button" onClick={() => zoom(2)}>
                    Zoom out
                </button>
                <button
                    type="button"
                    aria-label="Earlier"
                    onClick={() => show(from - span / 4, span)}
                >
                    ←
                </button>
                <button
                    type="button"
                    aria-label="Later"
                    onClick={() => show(from + span / 4, span)}
                >
                    →
                </button>
                <button type="button" onClick={() => setRange(WHOLE)}>
                    Whole frame
                </button>
                <button
                    type="button"
                    aria-pressed={!running}
                    onClick={() => setRunning(!running)}
                >
                    Hold
                </button>
            </div>
            <div class="scope-scroll" tabIndex={0} aria-label="Scope screen">
                {count > 0 && (
                    <img
                        src={`/scope.svg?from=${from.toFixed(5)}&to=${to.toFixed(5)}&n=${count}`}
                        alt="Signals of one frame over time: frame valid, exposure, line valid, capture, interrupts"
                        data-testid="scope"
                    />
                )}
            </div>
        </section>
    )
}
