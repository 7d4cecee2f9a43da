// SPDX-License-Identifier: MIT
// The image as it arrives, enlarged, with its histogram and how sharp it is.

import { useEffect, useRef, useState } from "preact/hooks"
import type { Link, LinkState } from "./link.ts"
import { imageStats, type ImageStats } from "./image-stats.ts"

/** Statistics are measured that often, ms. */
const STATS_MS = 250

export function ImagePanel({
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
        canvas.setAttribute("aria-label", "No camera image yet")
        canvas.dataset["testid"] = "image"
        holder.current!.append(canvas)
    }, [link])
    const stats = useStats(link)
    const { frame } = link
    useEffect(() => {
        if (frame && stats)
            link.canvas.setAttribute(
                "aria-label",
                `Camera image, ${frame.width} by ${frame.height} pixels, mean brightness ${Math.round(stats.mean)} of 255`
            )
    }, [link, frame, stats])
    const exposure = frame?.exposureUs ? `${frame.exposureUs} µs` : "unknown"
    return (
        <section class="panel image-panel" aria-labelledby="image-title">
            <h2 id="image-title">Image</h2>
            <div class="image" ref={holder} />
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

function useStats(link: Link): ImageStats | undefined {
    const [stats, setStats] = useState<ImageStats>()
    useEffect(() => {
        const timer = setInterval(() => {
            const { canvas, frame } = link
            if (!frame) return
            const { width, height } = canvas
            const pixels = canvas.getContext("2d")!
            const { data } = pixels.getImageData(0, 0, width, height)
            link.stats = imageStats(data, width)
            setStats(link.stats)
        }, STATS_MS)
        return () => clearInterval(timer)
    }, [link])
    return stats
}

function Histogram({ stats }: { readonly stats: ImageStats }) {
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
