// SPDX-License-Identifier: MIT
// What the options' values look like. Each reader returns the value or throws a UsageError that shows a good one.

import { UsageError } from "../protocol/errors.ts"

/** A window as it is asked for; x and y left out centre it. */
export interface WindowArgument {
    readonly width: number
    readonly height: number
    readonly x?: number
    readonly y?: number
}

/** The request block holds 16 bits for each, and 0xffff means "centred". */
const COORDINATE_MAX = 0xfffe

/**
 * Read WxH or WxH+X+Y, pixels of the sensor's field.
 * @throws UsageError for anything else, for a side of 0 and for numbers over 65,534
 */
export function parseWindow(text: string): WindowArgument {
    const match = /^(\d+)x(\d+)(?:\+(\d+)\+(\d+))?$/i.exec(text)
    if (!match)
        throw new UsageError(
            `--window ${quote(text)} is not WxH or WxH+X+Y in pixels, for example 220x220 or 260x260+10+60`
        )
    const [width, height, x, y] = match
        .slice(1)
        .map(digits => (digits === undefined ? undefined : Number(digits)))
    if (width === 0 || height === 0)
        throw new UsageError(
            `--window ${text} has no pixels: width and height must be at least 1, for example 220x220`
        )
    const largest = Math.max(width!, height!, x ?? 0, y ?? 0)
    if (largest > COORDINATE_MAX)
        throw new UsageError(
            `--window ${text}: ${largest} is over the limit of ${COORDINATE_MAX} pixels`
        )
    if (x === undefined || y === undefined)
        return { width: width!, height: height! }
    return { width: width!, height: height!, x, y }
}

/**
 * Read WxH, pixels of a frame.
 * @throws UsageError as parseWindow
 */
export function parseSize(text: string): WindowArgument {
    if (!/^\d+x\d+$/i.test(text))
        throw new UsageError(
            `--size ${quote(text)} is not WxH in pixels, for example 320x240`
        )
    try {
        return parseWindow(text)
    } catch (error) {
        throw new UsageError(
            (error as Error).message.replace("--window", "--size")
        )
    }
}

/** What a number must look like. */
export interface NumberRule {
    readonly min: number
    readonly max: number
    /** What it counts, for the message: "frames per second". */
    readonly what: string
    readonly integer?: boolean
}

/**
 * Make a reader for a number, in decimal notation.
 * @throws UsageError (from the reader) naming option, value and limits
 */
export function numberArgument(
    option: string,
    rule: NumberRule
): (text: string) => number {
    return text => {
        const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)
            ? Number(text)
            : Number.NaN
        const kind = rule.integer ? "a whole number" : "a number"
        if (Number.isNaN(value) || (rule.integer && !Number.isInteger(value)))
            throw new UsageError(
                `${option} ${quote(text)} is not ${kind} of ${rule.what}`
            )
        if (value < rule.min || value > rule.max)
            throw new UsageError(
                `${option} ${text}: ${rule.what} must be ${rule.min} to ${rule.max}`
            )
        return value
    }
}

/**
 * Make a reader for one word of a list.
 * @throws UsageError (from the reader) with the list
 */
export function choiceArgument<Word extends string>(
    option: string,
    words: readonly Word[]
): (text: string) => Word {
    return text => {
        const word = words.find(candidate => candidate === text.toLowerCase())
        if (word === undefined)
            throw new UsageError(
                `${option} ${quote(text)} is unknown: it is one of ${words.join(", ")}`
            )
        return word
    }
}

function quote(text: string): string {
    return text === "" ? '""' : text
}
