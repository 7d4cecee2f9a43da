// SPDX-License-Identifier: MIT
// Why frames are missing or wrong: each cause is found in what a run showed, never guessed.

import type { Observed } from "../observed.ts"

export interface Cause {
    /** For scripts: "crop-off-by-one". */
    readonly name: string
    /** For the table in docs/emulate.md. */
    readonly what: string
    /** What it is found by, for the table. */
    readonly evidence: string
    /** One paragraph with the evidence and what would work; undefined when the run does not show it. */
    find(observed: Observed): string | undefined
}

export function hex(value: number, digits = 8): string {
    return `0x${(value >>> 0).toString(16).padStart(digits, "0")}`
}

/** "2.81 ms", "35.2 us". */
export function duration(ns: number): string {
    return ns >= 1e6
        ? `${(ns / 1e6).toFixed(2)} ms`
        : `${(ns / 1e3).toFixed(1)} us`
}
