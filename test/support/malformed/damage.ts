// SPDX-License-Identifier: MIT
// Files that are not as they should be: what is tried, and how their refusal has to read.

import fc from "fast-check"
import { CamscriptError } from "../../../protocol/errors.ts"

/** Set by `npm run test:long`. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"

/** Files tried of each kind. */
export function tries(inShortTests: number): number {
    return LONG ? 50 * inShortTests : inShortTests
}

/** Where arithmetic of offsets, sizes and counts goes wrong. */
const EDGES = [
    0, 1, 2, 4, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x7fffffff, 0x80000000,
    0xfffffffc, 0xffffffff,
] as const

/** A file with bytes changed, cut off, left out or doubled. */
export function damaged(
    file: Uint8Array,
    near: readonly number[]
): fc.Arbitrary<Uint8Array> {
    const place = fc.oneof(
        fc.nat(file.length - 1),
        fc
            .tuple(fc.constantFrom(...near), fc.nat(63))
            .map(([start, offset]) =>
                Math.max(0, Math.min(start + offset, file.length - 1))
            )
    )
    const change = fc.oneof(
        fc.record({ at: place, byte: fc.nat(255) }),
        fc.record({ at: place, word: fc.constantFrom(...EDGES) }),
        fc.record({ at: place, half: fc.constantFrom(...EDGES) })
    )
    const changed = fc
        .array(change, { minLength: 1, maxLength: 4 })
        .map(changes => {
            const bytes = Uint8Array.from(file)
            const view = new DataView(bytes.buffer)
            for (const one of changes) {
                if ("byte" in one) bytes[one.at] = one.byte
                else if ("half" in one)
                    view.setUint16(
                        Math.min(one.at & ~1, file.length - 2),
                        one.half,
                        true
                    )
                else
                    view.setUint32(
                        Math.min(one.at & ~3, file.length - 4),
                        one.word,
                        true
                    )
            }
            return bytes
        })
    const cut = place.map(end => file.slice(0, end))
    const leftOut = fc
        .tuple(place, fc.nat(300))
        .map(([at, bytes]) =>
            Uint8Array.from([
                ...file.subarray(0, at),
                ...file.subarray(at + bytes),
            ])
        )
    return fc.oneof(
        { weight: 6, arbitrary: changed },
        { weight: 1, arbitrary: cut },
        { weight: 1, arbitrary: leftOut }
    )
}

/**
 * What a user is told.
 * @returns undefined when nothing is refused
 * @throws whatever else is thrown, or what is no paragraph of a user's words
 */
export async function refusalOf(
    read: () => unknown
): Promise<string | undefined> {
    try {
        await read()
        return undefined
    } catch (error) {
        if (!(error instanceof CamscriptError)) throw error
        const { message } = error
        if (
            message.includes("\n") ||
            message.length < 20 ||
            message.length > 1000 ||
            /undefined|NaN|\[object|node:/.test(message)
        )
            throw new Error(`not in a user's words: ${message}`, {
                cause: error,
            })
        return message
    }
}
