// SPDX-License-Identifier: MIT
// What the self-test's program said, as numbers. Pure.

import { CamscriptError } from "../../../../protocol/errors.ts"
import { SensorCode } from "../../../../protocol/grabber-page.ts"
import type { SensorName } from "../../../../protocol/names.ts"
import type { SelftestPin } from "../../../../protocol/selftest.ts"
import {
    SELFTEST_PREFIX,
    SelftestFormat,
    SelftestWord,
} from "../../../../protocol/selftest.ts"

/** Somebody at an address of the bus. */
export interface BusAnswer {
    readonly address: number
    /** The worst of the transfers' results; 0: all went well. */
    readonly status: number
    /** 0: not asked. */
    readonly id: number
    /** How many reads of the identification gave this one. */
    readonly same: number
}

/** A try to capture with some polarities turned over. */
export interface SyncTry {
    /** BusSync bits. */
    readonly flips: number
    readonly captured: boolean
    /** Ends of frames that were seen. */
    readonly frames: number
    /** Signal bits. */
    readonly seen: number
}

/** A register was written and read. */
export interface Scratch {
    readonly written: number
    readonly read: number
}

/** What a frame of fixed data arrived as. */
export interface FixedFrame {
    readonly value: number
    readonly pixels: Uint8Array
}

/** Frames of the full size. */
export interface FrameCount {
    readonly whole: number
    readonly short: number
    readonly long: number
}

/** What frames took. */
export interface FrameTime {
    readonly frames: number
    readonly us: number
    readonly plannedFps: number
    readonly lineBytes: number
    readonly rowNs: number
}

/** One run of the self-test's program. */
export interface Measurements {
    readonly sensor: SensorName
    readonly hclkHz: number
    readonly xclkHz: number
    /** I2cLevel bits. */
    readonly levels: number
    readonly answers: readonly BusAnswer[]
    readonly scratch: readonly Scratch[]
    /** undefined: not tried. */
    readonly reset: SelftestPin | undefined
    readonly standby: SelftestPin | undefined
    /** What ended the captures. */
    readonly error: string | undefined
    readonly sync: readonly SyncTry[]
    readonly fixed: readonly FixedFrame[]
    /** The rows of one frame. */
    readonly rows: readonly Uint8Array[]
    /** OV2640: a row in RGB565. */
    readonly rgb: Uint8Array | undefined
    /** At the end the sensor had the registers that it was given; undefined: not looked at. */
    readonly kept: boolean | undefined
    readonly count: FrameCount | undefined
    readonly time: FrameTime | undefined
    readonly failedTransfers: number
}

/** Takes lines of the program's console until it has one whole run. */
export class MeasurementReader {
    /** The first whole run. */
    measurements: Measurements | undefined
    /** A run has begun. */
    begun = false
    private lines: string[] = []

    /** Lines were lost: only another run is whole. */
    restart(): void {
        this.begun = false
        this.lines = []
    }

    /** @param line may hold anything before the prefix; other lines are passed over */
    take(line: string): void {
        const at = line.indexOf(SELFTEST_PREFIX)
        if (at < 0 || this.measurements) return
        const text = line.slice(at + SELFTEST_PREFIX.length).trim()
        if (text.startsWith(SelftestWord.BEGIN)) {
            this.begun = true
            this.lines = []
        }
        if (!this.begun) return
        this.lines.push(text)
        if (text === SelftestWord.END)
            this.measurements = parseMeasurements(this.lines)
    }
}

/** @param lines of one run, without their prefix */
function parseMeasurements(lines: readonly string[]): Measurements {
    const values = (word: string): string[][] =>
        lines
            .map(line => line.split(" "))
            .filter(([first]) => first === word)
            .map(([, ...rest]) => rest)
    const numbers = (word: string): number[][] =>
        values(word).map(rest => rest.map(Number))
    const one = (word: string): number[] => numbers(word)[0] ?? []
    const [version, code] = one(SelftestWord.BEGIN)
    if (version !== SelftestFormat.VERSION)
        throw new CamscriptError(
            `the self-test's program speaks version ${version} of its lines, this command version ${SelftestFormat.VERSION}: flash src/selftest/main.ts of this version`
        )
    const [hclkHz = 0, xclkHz = 0] = one(SelftestWord.BOARD)
    const [whole, short = 0, long = 0] = one(SelftestWord.COUNT)
    const [frames, us = 0, fps = 0, lineBytes = 0, rowNs = 0] = one(
        SelftestWord.TIME
    )
    const [kept] = one(SelftestWord.KEPT)
    const errorWord = `${SelftestWord.ERROR} `
    return {
        sensor: code === SensorCode.OV2640 ? "ov2640" : "mt9v034",
        hclkHz,
        xclkHz,
        levels: one(SelftestWord.LEVELS)[0] ?? 0,
        answers: numbers(SelftestWord.I2C).map(
            ([address = 0, status = 0, id = 0, same = 0]) => ({
                address,
                status,
                id,
                same,
            })
        ),
        scratch: numbers(SelftestWord.SCRATCH).map(
            ([written = 0, read = 0]) => ({ written, read })
        ),
        reset: one(SelftestWord.RESET)[0],
        standby: one(SelftestWord.STANDBY)[0],
        error: lines
            .find(line => line.startsWith(errorWord))
            ?.slice(errorWord.length),
        sync: numbers(SelftestWord.SYNC).map(
            ([flips = 0, captured = 0, frames = 0, seen = 0]) => ({
                flips,
                captured: captured !== 0,
                frames,
                seen,
            })
        ),
        fixed: values(SelftestWord.FIXED).map(([value, hex = ""]) => ({
            value: Number(value),
            pixels: Buffer.from(hex, "hex"),
        })),
        rows: rowsOf(values(SelftestWord.ROW)),
        rgb: rowsOf(values(SelftestWord.RGB).map(piece => ["0", ...piece]))[0],
        kept: kept === undefined ? undefined : kept !== 0,
        count: whole === undefined ? undefined : { whole, short, long },
        time:
            frames === undefined
                ? undefined
                : { frames, us, plannedFps: fps / 1000, lineBytes, rowNs },
        failedTransfers: one(SelftestWord.TRANSFERS)[0] ?? 0,
    }
}

/** Pieces of rows, joined; lines of a log that were lost leave their row out. */
function rowsOf(pieces: readonly string[][]): Uint8Array[] {
    const rows = new Map<number, string>()
    const broken = new Set<number>()
    for (const [row = "", at = "", hex = ""] of pieces) {
        const before = rows.get(Number(row)) ?? ""
        if (before.length !== 2 * Number(at)) broken.add(Number(row))
        rows.set(Number(row), before + hex)
    }
    const longest = Math.max(0, ...[...rows.values()].map(hex => hex.length))
    return [...rows]
        .filter(([row, hex]) => !broken.has(row) && hex.length === longest)
        .map(([, hex]) => Buffer.from(hex, "hex"))
}
