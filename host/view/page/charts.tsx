// SPDX-License-Identifier: MIT
// The last minute of frame rate, drops, brightness and interrupts.

import { useEffect, useRef } from "preact/hooks"
import uPlot from "uplot"
import type { LiveState } from "../messages/messages.ts"
import type { Link } from "./link.ts"

/** Samples kept; the server says its state four times a second. */
const SAMPLES = 240
const HEIGHT_PX = 110

interface Series {
    readonly title: string
    readonly unit: string
    readonly value: (live: LiveState, link: Link) => number | undefined
}

const SERIES: readonly Series[] = [
    { title: "frame rate", unit: "fps", value: live => live.measuredFps },
    {
        title: "dropped",
        unit: "frames in all",
        value: live => live.counters.dropped,
    },
    {
        title: "brightness",
        unit: "0 to 255",
        value: (_, link) => link.stats?.mean,
    },
    {
        title: "interrupts",
        unit: "per second",
        value: live => live.irqsPerSecond,
    },
]

export function Charts({
    link,
    live,
}: {
    readonly link: Link
    readonly live: LiveState | undefined
}) {
    return (
        <section class="panel charts" aria-labelledby="charts-title">
            <h2 id="charts-title">Last minute</h2>
            <div class="chart-grid">
                {SERIES.map(series => (
                    <Chart
                        key={series.title}
                        series={series}
                        link={link}
                        live={live}
                    />
                ))}
            </div>
        </section>
    )
}

function Chart({
    series,
    link,
    live,
}: {
    readonly series: Series
    readonly link: Link
    readonly live: LiveState | undefined
}) {
    const holder = useRef<HTMLDivElement>(null)
    const plot = useRef<uPlot | null>(null)
    const data = useRef<[number[], number[]]>([[], []])
    useEffect(() => {
        const element = holder.current!
        const made = new uPlot(options(element), data.current, element)
        plot.current = made
        const observer = new ResizeObserver(() =>
            made.setSize({ width: element.clientWidth, height: HEIGHT_PX })
        )
        observer.observe(element)
        return () => {
            observer.disconnect()
            made.destroy()
        }
    }, [])
    const value = live && series.value(live, link)
    useEffect(() => {
        if (!live || value === undefined) return
        const [times, values] = data.current
        if (times.at(-1) === live.seconds) return
        times.push(live.seconds)
        values.push(value)
        if (times.length > SAMPLES) {
            times.shift()
            values.shift()
        }
        plot.current?.setData(data.current)
    }, [live, value])
    const shown = value === undefined ? "–" : Math.round(10 * value) / 10
    return (
        <figure
            class="chart"
            aria-label={`${series.title}: ${shown} ${series.unit}`}
        >
            <figcaption>
                {series.title} <b>{shown}</b> <small>{series.unit}</small>
            </figcaption>
            <div ref={holder} aria-hidden="true" />
        </figure>
    )
}

function options(element: HTMLElement): uPlot.Options {
    const style = getComputedStyle(element)
    const colour = (name: string) => () =>
        getComputedStyle(element).getPropertyValue(name)
    const axis: uPlot.Axis = {
        stroke: colour("--dim"),
        font: `11px ${style.fontFamily}`,
        grid: { stroke: colour("--line"), width: 1 },
        ticks: { show: false },
    }
    return {
        width: element.clientWidth,
        height: HEIGHT_PX,
        legend: { show: false },
        cursor: { show: false },
        scales: {
            x: { time: false },
            y: {
                range: (_, low, high) => [
                    Math.min(0, low),
                    Math.max(1, high * 1.1),
                ],
            },
        },
        axes: [
            {
                ...axis,
                size: 24,
                values: (_, marks) => marks.map(s => `${s} s`),
            },
            { ...axis, size: 44 },
        ],
        series: [
            {},
            { stroke: colour("--accent"), width: 1.5, points: { show: false } },
        ],
    }
}
