// SPDX-License-Identifier: MIT
// Each memory of the chip as a bar: who owns how much of it, and what is free.

import type {
    LiveState,
    RamArea,
    TargetDescription,
} from "../messages/messages.ts"
import { bytesWords } from "./words.ts"

interface Part {
    readonly name: string
    readonly bytes: number
    readonly kind: string
}

export function RamPanel({
    target,
    live,
}: {
    readonly target: TargetDescription
    readonly live: LiveState | undefined
}) {
    const frames = live?.applied?.ramBytes ?? 0
    return (
        <section class="panel ram" aria-labelledby="ram-title">
            <h2 id="ram-title">RAM</h2>
            {target.ram.map(area => (
                <Bar key={area.name} area={area} frames={frames} />
            ))}
        </section>
    )
}

function Bar({
    area,
    frames,
}: {
    readonly area: RamArea
    readonly frames: number
}) {
    const parts = partsOf(area, frames)
    return (
        <div class="memory">
            <h3>
                {area.name} <span>{bytesWords(area.bytes)}</span>
            </h3>
            <div class="bar" aria-hidden="true">
                {parts.map(({ name, bytes, kind }) => (
                    <span
                        key={name}
                        class={kind}
                        style={{ flexGrow: bytes }}
                        title={`${name}: ${bytesWords(bytes)}`}
                    />
                ))}
            </div>
            <ul class="legend">
                {parts.map(({ name, bytes, kind }) => (
                    <li key={name}>
                        <i class={kind} aria-hidden="true" />
                        {name} {bytesWords(bytes)}
                    </li>
                ))}
            </ul>
        </div>
    )
}

function partsOf(area: RamArea, frames: number): readonly Part[] {
    const parts: Part[] = area.owners.map(({ name, bytes }, index) => ({
        name,
        bytes,
        kind: `owner owner-${index % 6}`,
    }))
    const own = area.frames ? frames : 0
    if (own > 0) parts.push({ name: "frames", bytes: own, kind: "frames" })
    const used = parts.reduce((sum, { bytes }) => sum + bytes, 0)
    if (area.bytes > used)
        parts.push({ name: "free", bytes: area.bytes - used, kind: "free" })
    return parts
}
