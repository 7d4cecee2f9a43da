// SPDX-License-Identifier: MIT
// From measurements to what is wrong with a board, in words. Pure.

import type { BoardFile } from "../../../../boards/board-file.ts"
import { SelftestPin } from "../../../../protocol/selftest.ts"
import { Wiring, type Finding } from "./findings.ts"
import { hex, judgeBus, sensorAnswer } from "./judge-bus.ts"
import { judgeClocks } from "./judge-clocks.ts"
import { judgePixels } from "./judge-pixels.ts"
import { framesCame, judgeSync } from "./judge-sync.ts"
import type { Measurements } from "./measurements.ts"

/** What a self-test says. */
export interface Verdict {
    readonly ok: boolean
    readonly findings: readonly Finding[]
    /** What was seen, and what cannot be: no faults. */
    readonly notes: readonly string[]
}

export function judge(seen: Measurements, board: BoardFile): Verdict {
    const wiring = new Wiring(board)
    const bus = judgeBus(seen, wiring)
    const findings: Finding[] = [...bus, ...judgeSync(seen, wiring)]
    if (seen.kept === false) findings.push(wasReset(wiring))
    else if (framesCame(seen))
        findings.push(
            ...judgePixels(seen, wiring),
            ...judgeClocks(seen, wiring),
            ...missing(seen, wiring)
        )
    if (seen.error !== undefined && findings.length === 0)
        findings.push({
            name: "sensor-error",
            part: wiring.sensor,
            detail: seen.error,
        })
    return {
        ok: findings.length === 0,
        findings,
        notes: notes(seen, wiring),
    }
}

/** What the patterns look like then says nothing of the wires. */
function wasReset(wiring: Wiring): Finding {
    return {
        name: "sensor-reset",
        part: wiring.sensor,
        detail: `the ${wiring.sensor} lost its registers during the test: check its supply under load, and noise on RESET: ${wiring.wire("RESET")}`,
    }
}

/** Frames came once, and then not any more: nothing may be called right that was not looked at. */
function missing(
    { sensor, fixed, rows, count, error }: Measurements,
    wiring: Wiring
): Finding[] {
    const whole =
        rows.length > 0 && count && (sensor === "ov2640" || fixed.length > 0)
    if (whole || error !== undefined) return []
    return [
        {
            name: "frames-lost",
            part: "PIXCLK, HSYNC, VSYNC",
            detail: `frames came, and then no more: check the contacts: ${wiring.wire("PIXCLK")}, ${wiring.wire("HSYNC")}, ${wiring.wire("VSYNC")}`,
        },
    ]
}

function notes(seen: Measurements, wiring: Wiring): string[] {
    const answer = sensorAnswer(seen)
    const said: string[] = []
    if (answer)
        said.push(`the ${wiring.sensor} answers at ${hex(answer.address)}`)
    for (const signal of ["RESET", "STANDBY"] as const) {
        const pin = signal === "RESET" ? seen.reset : seen.standby
        const note = pinNote(signal, pin, wiring)
        if (note !== undefined) said.push(note)
    }
    if (answer)
        said.push(
            "pull-ups of the I2C bus: the levels are right; how fast they rise cannot be seen by a pin: 300 ns at 400 kHz are allowed"
        )
    return said
}

function pinNote(
    signal: "RESET" | "STANDBY",
    pin: SelftestPin | undefined,
    wiring: Wiring
): string | undefined {
    switch (pin) {
        case SelftestPin.WORKS:
            return `${signal} works: ${wiring.wire(signal)}`
        case SelftestPin.NO_EFFECT:
            return `${signal} does nothing: ${wiring.wire(signal)} is not wired, which is no fault unless it should be`
        case SelftestPin.NOT_ON_BOARD:
            return `${signal}: the board file has no pin for it`
        default:
            return undefined
    }
}
