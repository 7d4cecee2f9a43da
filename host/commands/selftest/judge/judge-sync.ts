// SPDX-License-Identifier: MIT
// PIXCLK, HSYNC and VSYNC: whether they move, and which way round they are. Pure.

import { BusSync, Signal } from "../../../../protocol/grabber-page.ts"
import type { Finding, Wiring } from "./findings.ts"
import type { Measurements } from "./measurements.ts"

/** Frames came, with whatever polarity. */
export function framesCame({ sync }: Measurements): boolean {
    return sync.some(({ captured }) => captured)
}

export function judgeSync({ sync }: Measurements, wiring: Wiring): Finding[] {
    if (sync.length === 0) return []
    const good = sync.find(({ captured }) => captured)
    if (good) {
        const { flips } = good
        const findings: Finding[] = []
        if (flips & BusSync.VSPOL)
            findings.push(inverted("VSYNC", "vsync-polarity", wiring))
        if (flips & BusSync.HSPOL)
            findings.push(inverted("HSYNC", "hsync-polarity", wiring))
        return findings
    }
    const seen = sync.reduce((all, one) => all | one.seen, 0)
    if ((seen & Signal.PIXCLK_MOVES) === 0)
        return [still("PIXCLK", "pixclk-stopped", wiring)]
    if (sync.every(({ frames }) => frames === 0))
        return [still("VSYNC", "vsync-stuck", wiring)]
    if ((seen & Signal.HSYNC_MOVES) === 0)
        return [still("HSYNC", "hsync-lost", wiring)]
    return [
        {
            name: "frames-lost",
            part: "HSYNC, VSYNC",
            detail: `PIXCLK, HSYNC and VSYNC move, but no frame has the rows and columns that the ${wiring.sensor} was told to send: check that HSYNC and VSYNC are not exchanged: ${wiring.wire("HSYNC")}, ${wiring.wire("VSYNC")}`,
        },
    ]
}

function inverted(
    signal: "HSYNC" | "VSYNC",
    name: "hsync-polarity" | "vsync-polarity",
    wiring: Wiring
): Finding {
    return {
        name,
        part: signal,
        detail: `frames come only when ${signal} is taken the other way round: check for an inverter or a level shifter that inverts: ${wiring.wire(signal)}`,
    }
}

function still(
    signal: "PIXCLK" | "HSYNC" | "VSYNC",
    name: "pixclk-stopped" | "hsync-lost" | "vsync-stuck",
    wiring: Wiring
): Finding {
    return {
        name,
        part: signal,
        detail: `${signal} does not move while the ${wiring.sensor} sends: check the wire, and that it is soldered at both ends: ${wiring.wire(signal)}`,
    }
}
