// SPDX-License-Identifier: MIT
// Rows of the patterns: sampled at the wrong edge, with clocks lost or doubled, rows missing or twice. Pure.

import { OV2640_SHAPE } from "../../../../protocol/selftest.ts"
import { knownRgb565, knownYuv } from "./colour-bars.ts"
import type { Finding, Wiring } from "./findings.ts"
import { judgeLines, type Sample } from "./judge-lines.ts"
import type { FrameCount, Measurements } from "./measurements.ts"

/** Of the rows: more that do not fit are no accident of single rows. */
const GARBLED_SHARE = 0.5
/** Of the bytes of a row; clocks that are too many make up to eight that fit nowhere. */
const FIT_SHARE = 0.8
/** Clocks of a row that are lost or too many. */
const SHIFT_MAX = OV2640_SHAPE.offsetBytes

type Rows = readonly Uint8Array[]

export function judgePixels(seen: Measurements, wiring: Wiring): Finding[] {
    const isBars = seen.sensor === "ov2640"
    const { rows } = seen
    const lines = isBars ? judgeBars(seen, wiring) : judgeFixed(seen, wiring)
    if (lines.length > 0) return lines
    const found = isBars ? shiftsOfBars(rows) : shiftsOfRamp(rows, seen.count)
    return [...shifts(found, wiring), ...rowCounts(seen, found, wiring)]
}

/** Bars are the same in all rows: at the wrong edge none is like the other. */
function judgeBars({ rows, rgb }: Measurements, wiring: Wiring): Finding[] {
    if (rows.length === 0) return []
    const usual = usualRow(rows)
    const garbled = rows.filter(row => shareOf(row, usual, 0) < FIT_SHARE)
    if (garbled.length > GARBLED_SHARE * rows.length) return [edge(wiring)]
    const yuv = knownYuv().map(({ column, sent }) => ({
        sent,
        arrived: usual[column]!,
    }))
    const rgb565 = rgb
        ? knownRgb565().map(({ column, sent }) => ({
              sent,
              arrived: rgb[column]!,
          }))
        : []
    return judgeLines([...yuv, ...rgb565], wiring)
}

/** Fixed data does not change, so that it shows the wires at either edge; the ramp shows the edge. */
function judgeFixed({ fixed, rows }: Measurements, wiring: Wiring): Finding[] {
    const samples: Sample[] = fixed.map(({ value, pixels }) => ({
        sent: value,
        arrived: mostFrequent(pixels),
    }))
    const lines = judgeLines(samples, wiring)
    if (lines.length > 0 || rows.length === 0) return lines
    const garbled = rows.filter(row => rampAt(row) === undefined)
    return garbled.length > GARBLED_SHARE * rows.length ? [edge(wiring)] : []
}

/** A row that is not where it should be. */
interface Shift {
    readonly row: number
    readonly kind: "columns" | "rows" | "garbled"
    /** Clocks or rows that are missing; below 0: that are too many. */
    readonly lost: number
}

/** Values of a row of the ramp at its left and at its right end, with the column taken off. */
interface Ramp {
    readonly left: number
    readonly right: number
}

/** @returns undefined for a row that is no ramp, with a step in it or without */
function rampAt(row: Uint8Array): Ramp | undefined {
    const bases = row.map((value, column) => value - column)
    const left = mostFrequent(bases.subarray(0, 8))
    const right = mostFrequent(bases.subarray(-8))
    const fits = bases.filter(base => base === left || base === right)
    return fits.length < FIT_SHARE * row.length ? undefined : { left, right }
}

/** Each row of the diagonal ramp begins a step higher than the one before. */
function shiftsOfRamp(rows: Rows, count: FrameCount | undefined): Shift[] {
    const ramps = rows.map(row => rampAt(row))
    const found: Shift[] = []
    for (let row = 0; row < ramps.length; row++) {
        const ramp = ramps[row]
        const before = ramps[row - 1]
        if (!ramp) {
            found.push({ row, kind: "garbled", lost: 0 })
            continue
        }
        const within = signed(ramp.right - ramp.left)
        if (within !== 0) found.push({ row, kind: "columns", lost: within })
        if (!before) continue
        const step = signed(ramp.left - before.left - 1)
        if (step === 0) continue
        // A whole row that is beside its place alone has lost its clocks before the first column; of the first two rows
        // either may be the one, and only the number of rows tells.
        const after = ramps[row + 1]
        const back =
            after !== undefined && signed(after.left - before.left - 2) === 0
        if (back) found.push({ row, kind: "columns", lost: step })
        else if (row === 1 && !isCounted(step, count))
            found.push({ row: 0, kind: "columns", lost: -step })
        else found.push({ row, kind: "rows", lost: step })
        if (back) row++
    }
    return found
}

/** Whether frames have as many rows less, or more, as pixels say. */
function isCounted(lost: number, count: FrameCount | undefined): boolean {
    if (!count) return true
    return lost > 0 ? count.short > 0 : count.long > 0
}

/** Bars show columns only. */
function shiftsOfBars(rows: Rows): Shift[] {
    if (rows.length === 0) return []
    const usual = usualRow(rows)
    const found: Shift[] = []
    rows.forEach((row, index) => {
        const from = row.findIndex((value, column) => value !== usual[column])
        if (from < 0) return
        const distances = Array.from({ length: SHIFT_MAX }, (_, i) => i + 1)
        const lost = distances
            .flatMap(distance => [distance, -distance])
            .find(distance => shareOf(row, usual, distance, from) >= FIT_SHARE)
        found.push(
            lost === undefined
                ? { row: index, kind: "garbled", lost: 0 }
                : { row: index, kind: "columns", lost }
        )
    })
    return found
}

function shifts(found: readonly Shift[], wiring: Wiring): Finding[] {
    const findings: Finding[] = []
    const columns = found.find(({ kind }) => kind === "columns")
    if (columns) {
        const { row, lost } = columns
        const count = Math.abs(lost)
        findings.push({
            name: lost > 0 ? "pixclk-lost" : "pixclk-added",
            part: "PIXCLK",
            detail: `in row ${row} ${count} ${count === 1 ? "clock is" : "clocks are"} ${lost > 0 ? "missing" : "too many"}: check the length of the wire and its ground, reflections and crosstalk: ${wiring.wire("PIXCLK")}`,
        })
    }
    const garbled = found.find(({ kind }) => kind === "garbled")
    if (garbled && !columns)
        findings.push({
            name: "data-wrong",
            part: "D0..D7, PIXCLK",
            detail: `row ${garbled.row} arrives changed, others do not: check contacts, ground, and the length of the wires`,
        })
    const rows = found.find(({ kind }) => kind === "rows")
    if (rows)
        findings.push(rowFinding(rows.lost > 0, `at row ${rows.row}`, wiring))
    return findings
}

/** Frames with a row less or more, where the pixels have not said it already. */
function rowCounts(
    { count }: Measurements,
    found: readonly Shift[],
    wiring: Wiring
): Finding[] {
    if (!count || found.length > 0) return []
    const { short, long, whole } = count
    const of = `in ${short + long} of ${whole + short + long} frames`
    // After a frame that was too long the rest of the next one may be missing.
    if (long > 0) return [rowFinding(false, of, wiring)]
    return short > 0 ? [rowFinding(true, of, wiring)] : []
}

function rowFinding(lost: boolean, where: string, wiring: Wiring): Finding {
    return {
        name: lost ? "row-lost" : "row-doubled",
        part: "HSYNC",
        detail: `${where} a row ${lost ? "is missing, or some of its clocks" : "comes twice"}: check the length of the wire and its ground, reflections and crosstalk: ${wiring.wire("HSYNC")}`,
    }
}

function edge(wiring: Wiring): Finding {
    return {
        name: "pixclk-edge",
        part: "PIXCLK",
        detail: `data that stands still arrives right, data that changes is mixed with its neighbours: the data lines are sampled while they change. Check for an inverter in PIXCLK, or take the other edge (PCKPOL): ${wiring.wire("PIXCLK")}`,
    }
}

/** The row that most rows are like, byte by byte. */
function usualRow(rows: Rows): Uint8Array {
    return Uint8Array.from(rows[0]!, (_, column) =>
        mostFrequent(rows.map(row => row[column]!))
    )
}

/** The share of bytes, from `from` on, that are as those of `usual` so many columns later. */
function shareOf(
    row: Uint8Array,
    usual: Uint8Array,
    distance: number,
    from = 0
): number {
    let compared = 0
    let same = 0
    for (
        let column = Math.max(from, -distance);
        column < row.length;
        column++
    ) {
        const other = usual[column + distance]
        if (other === undefined) break
        compared++
        if (row[column] === other) same++
    }
    return compared === 0 ? 0 : same / compared
}

function mostFrequent(values: Iterable<number>): number {
    const counts = new Map<number, number>()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    let most = 0
    let result = 0
    for (const [value, count] of counts)
        if (count > most) {
            most = count
            result = value
        }
    return result
}

/** A difference of bytes, -128..127. */
function signed(difference: number): number {
    return ((difference + 128) & 0xff) - 128
}
