// SPDX-License-Identifier: MIT
// The picture as it arrives, enlarged, with its histogram and how sharp it is.

import { useEffect, useRef, useState } from "preact/hooks"
import type { Link, LinkState } from "./link.ts"
import { pictureStats, type PictureStats } from "./picture-stats.ts"

/** Statistics are measured that often, ms. */
const STATS_MS = 250

export function PicturePanel({
    link,
    state,
}: {
    readonly link: Link
    readonly state: LinkState
}) {
    const holder = useRef<HTMLDivElement>(null)
    useEffect(() => {
        const { canvas } = link
        canvas.setAttribute("role", "img")
        canvas.setAttribute("aria-label", "No camera picture yet")
        canvas.dataset["testid"] = "picture"
        holder.current!.append(canvas)
    }, [link])
    const stats = useStats(link)
    const { frame } = link
    useEffect(() => {
        if (frame && stats)
            link.canvas.setAttribute(
                "aria-label",
                `Camera picture, ${frame.width} by ${frame.height} pixels, mean brightness ${Math.round(stats.mean)} of 255`
            )
    }, [link, frame, stats])
    const exposure = frame?.exposureUs ? `${frame.exposureUs} µs` : "unknown"
    return (
        <section class="panel picture-panel" aria-labelledby="picture-title">
            <h2 id="picture-title">Picture</h2>
            <div class="picture" ref={holder} />
            <p class="hint">
                {frame
                    ? `frame ${frame.sequence}${frame.frames > 1 ? ` and ${frame.frames - 1} more` : ""}, ${frame.width}×${frame.height}, exposure ${exposure}, gain ${frame.gain}×`
                    : state.live?.applied?.streaming === false
                      ? "stopped"
                      : "no frame yet"}
            </p>
            {stats && <Histogram stats={stats} />}
        </section>
    )
}

function useStats(link: Link): PictureStats | undefined {
    const [stats, setStats] = useState<PictureStats>()
    useEffect(() => {
        const timer = setInterval(() => {
            const { canvas, frame } = link
            if (!frame) return
            const { width, height } = canvas
            const pixels = canvas.getContext("2d")!
            const { data } = pixels.getImageData(0, 0, width, height)
            link.stats = pictureStats(data, width)
            setStats(link.stats)
        }, STATS_MS)
        return () => clearInterval(timer)
    }, [link])
    return stats
}

function Histogram({ stats }: { readonly stats: PictureStats }) {
    const { histogram, mean, min, max, focus } = stats
    const highest = Math.max(...histogram)
    const width = histogram.length
    const outline = histogram
        .map((share, bin) => `L${bin} ${40 - (40 * share) / highest}h1`)
        .join("")
    return (
        <figure class="histogram">
            <svg
                viewBox={`0 0 ${width} 40`}
                preserveAspectRatio="none"
                role="img"
                aria-label={`Histogram of gray levels: mean ${mean.toFixed(0)}, from ${min} to ${max}`}
            >
                <path d={`M0 40${outline}V40Z`} />
            </svg>
            <figcaption>
                <span>mean {mean.toFixed(1)}</span>
                <span>
                    {min}…{max}
                </span>
                <span title="mean difference of horizontal neighbours: larger is sharper">
                    focus {focus.toFixed(2)}
                </span>
            </figcaption>
        </figure>
    )
}
