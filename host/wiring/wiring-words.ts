// SPDX-License-Identifier: MIT
// Parts of a wiring in words, for the table and for the docs.

import type { Wire, Wiring } from "./wiring.ts"

/** Does any place carry a question mark? */
export function doubtful({ wires, console }: Wiring): boolean {
    return [...wires, ...console].some(({ positions }) =>
        positions.some(place => place.endsWith("?"))
    )
}

/** "PA6 AF13", "PC4", "" of a supply. */
export function pinText({
    pin,
    af,
}: {
    readonly pin?: string
    readonly af?: number
}): string {
    return [pin, af === undefined ? undefined : `AF${af}`]
        .filter(text => text !== undefined)
        .join(" ")
}

/** Enough to find it; a supply has many places. */
const PLACES_SHOWN = 3

/** "CN10-13, CN5-5? (D12)" */
export function places({
    positions,
    names,
}: Pick<Wire, "positions" | "names">): string {
    const shown = positions.slice(0, PLACES_SHOWN).join(", ")
    return [
        shown === "" ? "not known" : shown,
        positions.length > PLACES_SHOWN ? "..." : "",
        names.length > 0 ? `(${[...new Set(names)].join(", ")})` : "",
    ]
        .filter(text => text !== "")
        .join(" ")
}

/** "3 SCL", or names alone. */
export function padText({ pads }: Pick<Wire, "pads">): string {
    return pads.map(({ pad, label }) => `${pad} ${label}`.trim()).join(", ")
}
