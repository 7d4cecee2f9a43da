// SPDX-License-Identifier: MIT
// A stream of messages, hurt in every way a wire and a bad driver can, and what a receiver must still take from it.

import { encodeMessage } from "../../../../protocol/link/message-codec.ts"
import type { Message } from "../../../../protocol/link/messages.ts"

/** One end's receiver, under test. */
export interface Receiver {
    push(bytes: Uint8Array): void
    /** What it gave since the last call, each as a text that has all of its bytes. */
    taken(): string[]
    /** Counters since the start. */
    counters(): { received: number; stale: number; badFrames: number }
}

/** What is sent, and what must come of it. */
export interface Traffic {
    /** The next message; each index once, from 0 on. */
    next(index: number): Message
    /** What a receiver that takes these messages gives for them, as Receiver.taken. */
    expected(messages: readonly SentMessage[]): string[]
}

export interface SentMessage extends Message {
    readonly index: number
}

export interface FuzzResult {
    /** Messages on the wire, those that were repeated included. */
    readonly sent: number
    /** Messages that were damaged, cut or swallowed by a neighbour's missing end. */
    readonly hit: number
    /** Whole ones that were repeated, or came after a later one. */
    readonly stale: number
    /** Messages that had to be taken, and were, by the receiver's own count. */
    readonly taken: number
    readonly badFrames: number
    readonly wireBytes: number
    /** What the receiver did wrong; the first few. */
    readonly problems: readonly string[]
}

type Random = () => number

interface Item {
    readonly message: SentMessage
    wire: Uint8Array
    hit: boolean
}

/** A block of messages, so that a million need no memory. */
const BLOCK = 1000
const PROBLEMS_MAX = 10
/** Repetitions come within so many messages; a receiver knows 63. */
const REPEAT_WITHIN = 60
/** A message that is overtaken is overtaken by so many at most. */
const LATE_MAX = 50
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
    random: Random,
    traffic: Traffic
): FuzzResult {
    const sums = { sent: 0, hit: 0, stale: 0, taken: 0, wireBytes: 0 }
    const problems: string[] = []
    let last = -1
    for (let first = 0; first < count; first += BLOCK) {
        const size = Math.min(BLOCK, count - first)
        const items = shuffled(first, size, random, traffic)
        const wire = damaged(items, random)
        const whole: SentMessage[] = []
        for (const { message, hit } of items) {
            if (hit) sums.hit++
            else if (message.index <= last) sums.stale++
            else {
                last = message.index
                whole.push(message)
            }
        }
        sums.sent += items.length
        sums.taken += whole.length
        sums.wireBytes += wire.length
        for (const portion of portions(wire, random)) receiver.push(portion)
        const problem = difference(traffic.expected(whole), receiver.taken())
        if (problem !== undefined) problems.push(`from ${first} on: ${problem}`)
        if (problems.length >= PROBLEMS_MAX) break
    }
    const { received, stale, badFrames } = receiver.counters()
    if (received !== sums.taken)
        problems.push(`${received} counted as received, ${sums.taken} sent`)
    if (stale !== sums.stale)
        problems.push(`${stale} counted as stale, ${sums.stale} were`)
    return { ...sums, badFrames, problems }
}

/** Messages in order, some repeated, some after their successor, some much later. */
function shuffled(
    first: number,
    count: number,
    random: Random,
    traffic: Traffic
): Item[] {
    const items: Item[] = []
    const originals: Item[] = []
    let late: Item | undefined
    let lateLeft = 0
    for (let i = 0; i < count; i++) {
        const item = makeItem(first + i, traffic)
        originals.push(item)
        if (late === undefined && random() % (4 * RARELY) === 0) {
            late = item
            lateLeft = 1 + (random() % LATE_MAX)
            continue
        }
        items.push(item)
        if (random() % RARELY === 0)
            items.push({
                ...originals[i - (random() % Math.min(i + 1, REPEAT_WITHIN))]!,
            })
        if (items.length > 1 && random() % RARELY === 0)
            items.push(...items.splice(-2).reverse())
        if (late !== undefined && --lateLeft === 0) {
            items.push(late)
            late = undefined
        }
    }
    if (late !== undefined) items.push(late)
    return items
}

function makeItem(index: number, traffic: Traffic): Item {
    const message = { ...traffic.next(index), index }
    return { message, wire: encodeMessage(message, index & 0xff), hit: false }
}

/** Ways to hurt a message: the numbers below this, of 2 x RARELY. */
const WAYS = 6
/** It loses its end, and swallows the next one. */
const NO_END = 3

/** The wire; some items hit: changed, cut, longer, without their end; and noise between two. */
function damaged(items: readonly Item[], random: Random): Uint8Array {
    const wire: number[] = []
    let open = false
    for (const item of items) {
        // The end before is missing: this one is swallowed.
        item.hit = open
        open = false
        let way = random() % (2 * RARELY)
        // The 0 that closes the block would complete it again.
        if (way === NO_END && item === items.at(-1)) way = 2
        const bytes = [...item.wire]
        if (way < WAYS) {
            hurt(bytes, way, random)
            item.hit = true
            open = way === NO_END
        } else if (way === WAYS && !item.hit) {
            wire.push(...noise(30, random), 0)
        }
        for (const byte of bytes) wire.push(byte)
    }
    // A block ends clean.
    wire.push(0)
    return Uint8Array.from(wire)
}

function hurt(bytes: number[], way: number, random: Random): void {
    const { length } = bytes
    // Not its first byte: a 0 there, or nothing but its end, would complete the item before.
    const at = 1 + (random() % (length - 2))
    const left = length - 1 - at
    switch (way) {
        case 2:
            bytes.splice(at, 1 + (random() % left))
            return
        case NO_END:
            bytes.pop()
            return
        case 4:
            bytes.splice(at, 0, ...noise(1 + (random() % 8), random))
            return
        case 5:
            // A burst: the line was disturbed for some bytes.
            for (let i = at + 1; i < at + Math.min(left, 20); i++)
                bytes[i] = random() & 0xff
            bytes[at]! ^= 1 + (random() % 255)
            return
        default:
            bytes[at]! ^= 1 + (random() % 255)
    }
}

function noise(count: number, random: Random): number[] {
    return Array.from({ length: count }, () => random() & 0xff)
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
    expected: readonly string[],
    taken: readonly string[]
): string | undefined {
    const count = Math.max(expected.length, taken.length)
    for (let i = 0; i < count; i++)
        if (expected[i] !== taken[i])
            return `${shown(taken[i])} instead of ${shown(expected[i])} at ${i} of ${expected.length}`
    return undefined
}

function shown(text: string | undefined): string {
    return JSON.stringify(text?.slice(0, 60) ?? "nothing")
}
