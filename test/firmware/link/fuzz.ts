// SPDX-License-Identifier: MIT
// A stream of messages, hurt in every way a wire and a bad driver can, and what a receiver must still take from it.

import { encodeMessage } from "../../../host/link/message-codec.ts"

/** One end's receiver, under test. */
export interface Receiver {
    push(bytes: Uint8Array): void
    /** Index (first four bytes of the body) of each message taken since the last call. */
    taken(): number[]
    /** Counters since the start. */
    counters(): { received: number; stale: number; badFrames: number }
}

export interface FuzzResult {
    /** Messages that were damaged, cut or swallowed by a neighbour's missing end. */
    readonly hit: number
    /** Whole ones that were repeated, or came after a later one. */
    readonly stale: number
    readonly taken: number
    /** What the receiver did wrong; the first few. */
    readonly problems: readonly string[]
}

type Random = () => number

interface Item {
    readonly index: number
    wire: Uint8Array
    hit: boolean
}

/** A block of messages, so that a million need no memory. */
const BLOCK = 1000
const PROBLEMS_MAX = 10
/** Repetitions come within so many messages; a receiver knows 63. */
const REPEAT_WITHIN = 60
/** One in so many is hurt in each of the ways. */
const RARELY = 24

/**
 * Send `count` messages, hurt here and there, through a receiver that has taken none before.
 * Expected, from the order of the indexes alone: every message that was not hit is taken unless a later one was taken
 * before it, and nothing else is.
 */
export function fuzz(
    receiver: Receiver,
    count: number,
    random: Random
): FuzzResult {
    const sums = { hit: 0, stale: 0, taken: 0 }
    const problems: string[] = []
    let last = -1
    for (let first = 0; first < count; first += BLOCK) {
        const items = shuffled(first, Math.min(BLOCK, count - first), random)
        const wire = damaged(items, random)
        const expected: number[] = []
        for (const { index, hit } of items) {
            if (hit) sums.hit++
            else if (index <= last) sums.stale++
            else expected.push((last = index))
        }
        for (const portion of portions(wire, random)) receiver.push(portion)
        const taken = receiver.taken()
        sums.taken += taken.length
        if (taken.join() !== expected.join())
            problems.push(`from ${first} on: ${difference(expected, taken)}`)
        if (problems.length >= PROBLEMS_MAX) break
    }
    const { received, stale } = receiver.counters()
    if (received !== sums.taken)
        problems.push(`${received} counted as received, ${sums.taken} taken`)
    if (stale !== sums.stale)
        problems.push(`${stale} counted as stale, ${sums.stale} were`)
    return { ...sums, problems }
}

/** Messages in order, some repeated, some after their successor. */
function shuffled(first: number, count: number, random: Random): Item[] {
    const items: Item[] = []
    const originals: Item[] = []
    for (let i = 0; i < count; i++) {
        const item = makeItem(first + i, random)
        originals.push(item)
        items.push(item)
        if (random() % RARELY === 0)
            items.push({
                ...originals[i - (random() % Math.min(i + 1, REPEAT_WITHIN))]!,
            })
        if (items.length > 1 && random() % RARELY === 0)
            items.push(...items.splice(-2).reverse())
    }
    return items
}

function makeItem(index: number, random: Random): Item {
    const body = new Uint8Array(4 + (random() % 60))
    new DataView(body.buffer).setUint32(0, index, true)
    for (let i = 4; i < body.length; i++)
        body[i] = random() % 3 === 0 ? 0 : random()
    // Not the types that open a session: those are never old.
    const type = 0x10 + (random() % 0xe0)
    const wire = encodeMessage({ type, body }, index & 0xff)
    return { index, wire, hit: false }
}

/** The wire; some items hit: changed, shortened, without their end; and noise between two. */
function damaged(items: readonly Item[], random: Random): Uint8Array {
    const wire: number[] = []
    let open = false
    for (const item of items) {
        // The end before is missing: this one is swallowed.
        item.hit = open
        open = false
        let way = random() % (2 * RARELY)
        // The 0 that closes the block would complete it again.
        if (way === 3 && item === items.at(-1)) way = 2
        const { length } = item.wire
        // Not its first byte: a 0 there, or nothing but its end, would complete the item before.
        const at = 1 + (random() % (length - 2))
        const bytes = [...item.wire]
        if (way < 2) bytes[at]! ^= 1 + (random() % 255)
        if (way === 2) bytes.splice(at, 1 + (random() % (length - 1 - at)))
        if (way === 3) bytes.pop()
        if (way === 4 && !item.hit)
            wire.push(...Array.from({ length: 30 }, () => random() & 0xff), 0)
        if (way < 4) item.hit = true
        open = way === 3
        wire.push(...bytes)
    }
    // A block ends clean.
    wire.push(0)
    return Uint8Array.from(wire)
}

/** As a port delivers: in portions of 1 to 200 bytes. */
function* portions(wire: Uint8Array, random: Random): Generator<Uint8Array> {
    for (let at = 0; at < wire.length;) {
        const end = at + 1 + (random() % 200)
        yield wire.subarray(at, end)
        at = end
    }
}

function difference(
    expected: readonly number[],
    taken: readonly number[]
): string {
    const at = expected.findIndex((index, i) => index !== taken[i])
    return at < 0
        ? `${taken.length - expected.length} more than expected`
        : `${taken[at]} instead of ${expected[at]}`
}
