// SPDX-License-Identifier: MIT
// Is a JPEG whole? Files of two encoders, and the same files damaged; sharp (libjpeg), which refuses at its first warning,
// says which damage nobody can see.

import { beforeAll, describe, expect, it } from "vitest"
import sharp, { type JpegOptions } from "sharp"
import { encodeJpeg as encodeAsModel } from "../../sim/sensors/ov2640/jpeg/jpeg-encoder.ts"
import { padStream } from "../../sim/sensors/ov2640/jpeg/jpeg-stream.ts"
import {
    jpegChecker,
    type JpegVerdict,
} from "../support/native/jpeg-checker.ts"
import {
    encodeJpeg,
    segment,
    type Component,
} from "../support/native/jpeg-encoder.ts"

const WIDTH = 152
const HEIGHT = 104

let check: (frame: Uint8Array, decode?: boolean) => JpegVerdict

beforeAll(async () => {
    check = await jpegChecker()
})

/** Numbers 0..1, the same in each run. */
function seeded(seed: number): () => number {
    let state = seed
    return () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return state / 2 ** 32
    }
}

/** Smooth parts, edges and noise. */
function image(): Uint8Array {
    const random = seeded(7)
    return Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => {
        const [x, y, c] = [
            Math.floor(i / 3) % WIDTH,
            Math.floor(i / 3 / WIDTH),
            i % 3,
        ]
        const smooth = 120 + 90 * Math.sin(x / (17 + 5 * c) + y / 23)
        const edge = (x >> 4) % 3 === c && y > HEIGHT / 2 ? 60 : 0
        const noise = x > WIDTH / 2 ? 24 * random() : 0
        return Math.min(255, Math.max(0, smooth + edge - 30 + noise))
    })
}

const RGB = image()

function asSharp(options: JpegOptions): Promise<Uint8Array> {
    const raw = { width: WIDTH, height: HEIGHT, channels: 3 as const }
    return sharp(RGB, { raw }).jpeg(options).toBuffer()
}

/** Luminance and two colours, these at a half or a quarter of its samples. */
function components(across: number, down: number): Component[] {
    const at = (c: number, x: number, y: number) =>
        RGB[3 * (Math.min(y, HEIGHT - 1) * WIDTH + Math.min(x, WIDTH - 1)) + c]!
    const colour = (c: number): Component => ({
        ...{ across: 1, down: 1, table: 1 },
        sample: (x, y) => at(c, x * across, y * down),
    })
    return [
        { across, down, table: 0, sample: (x, y) => at(1, x, y) },
        colour(0),
        colour(2),
    ]
}

const size = { width: WIDTH, height: HEIGHT }

const FILES: Record<string, () => Promise<Uint8Array> | Uint8Array> = {
    "the model's at QS 4": () => encodeAsModel(RGB, WIDTH, HEIGHT, 4),
    "the model's at QS 12": () => encodeAsModel(RGB, WIDTH, HEIGHT, 12),
    "the model's at QS 60": () => encodeAsModel(RGB, WIDTH, HEIGHT, 60),
    "4:4:4": () => asSharp({ chromaSubsampling: "4:4:4" }),
    "tables of its own": () => asSharp({ optimiseCoding: true, quality: 60 }),
    "4:2:2": () => encodeJpeg({ ...size, components: components(2, 1) }),
    "4:2:2 with restarts": () =>
        encodeJpeg({
            ...size,
            components: components(2, 1),
            restartInterval: 5,
        }),
    "4:2:0 with a restart for each MCU": () =>
        encodeJpeg({
            ...size,
            components: components(2, 2),
            restartInterval: 1,
        }),
    "4:1:1": () =>
        encodeJpeg({ ...size, components: components(4, 1), step: 3 }),
    gray: () =>
        encodeJpeg({ ...size, components: components(2, 2).slice(0, 1) }),
}

/** Decoded by libjpeg without a warning. */
async function referenceTakes(jpeg: Uint8Array): Promise<boolean> {
    try {
        await sharp(jpeg, { failOn: "warning" }).raw().toBuffer()
        return true
    } catch {
        return false
    }
}

describe.each(Object.entries(FILES))("a whole JPEG, %s,", (_, make) => {
    it("is proven, with its exact length, and is one for libjpeg", async () => {
        const jpeg = await make()
        expect(await referenceTakes(jpeg)).toBe(true)
        expect(check(jpeg)).toEqual({ bytes: jpeg.length, proven: true })
        expect(check(padStream(jpeg))).toEqual({
            bytes: jpeg.length,
            proven: true,
        })
    })

    it("is taken by its markers too, and not said to be proven", async () => {
        const jpeg = await make()
        expect(check(padStream(jpeg), false)).toEqual({
            bytes: jpeg.length,
            proven: false,
        })
    })
})

describe("a JPEG of another process", () => {
    it("is lent up to its last end marker, and not proven", async () => {
        const jpeg = await asSharp({ progressive: true })
        expect(check(padStream(jpeg))).toEqual({
            bytes: jpeg.length,
            proven: false,
        })
    })
})

type Damage = (jpeg: Uint8Array, at: number, bytes: number) => Uint8Array

function joined(...parts: Uint8Array[]): Uint8Array {
    return Uint8Array.from(parts.flatMap(part => [...part]))
}

const DAMAGE: Record<string, Damage> = {
    "bytes lost": (jpeg, at, bytes) =>
        joined(jpeg.subarray(0, at), jpeg.subarray(at + bytes)),
    "bytes doubled": (jpeg, at, bytes) =>
        joined(jpeg.subarray(0, at + bytes), jpeg.subarray(at)),
    "bytes zeroed": (jpeg, at, bytes) => jpeg.slice().fill(0, at, at + bytes),
    "a bit flipped": (jpeg, at, bytes) =>
        jpeg.map((byte, i) => (i === at ? byte ^ (1 << (bytes % 8)) : byte)),
}

interface Outcome {
    found: number
    unproven: number
    /** By libjpeg too. */
    unseen: number
    /** Not by libjpeg. */
    missed: number
}

/** What becomes of a file that is damaged at many places between SOI and EOI. */
async function outcomeOf(
    jpeg: Uint8Array,
    damage: Damage,
    seed: number,
    count: number
): Promise<Outcome> {
    const random = seeded(seed)
    const outcome = { found: 0, unproven: 0, unseen: 0, missed: 0 }
    for (let i = 0; i < count; i++) {
        const bytes = 1 + Math.floor(64 * random())
        const at = 2 + Math.floor((jpeg.length - 4 - bytes) * random())
        const damaged = damage(jpeg, at, bytes)
        if (Buffer.compare(damaged, jpeg) === 0) continue
        const verdict = check(padStream(damaged))
        if (verdict.bytes === 0) outcome.found++
        else if (!verdict.proven) outcome.unproven++
        else if (await referenceTakes(damaged.subarray(0, verdict.bytes)))
            outcome.unseen++
        else outcome.missed++
    }
    return outcome
}

describe.each(Object.entries(DAMAGE))("a JPEG with %s", (name, damage) => {
    it("is found, or libjpeg decodes it without a warning", async () => {
        const total = { found: 0, unproven: 0, unseen: 0, missed: 0 }
        for (const [seed, make] of Object.values(FILES).entries()) {
            const outcome = await outcomeOf(await make(), damage, seed + 1, 100)
            for (const key of Object.keys(total) as (keyof Outcome)[])
                total[key] += outcome[key]
        }
        expect(total.missed).toBe(0)
        // One changed bit in two belongs to a coefficient, and the file is as good as before.
        const least = name === "a bit flipped" ? 0.4 : 0.9
        const all = total.found + total.unproven + total.unseen
        expect(total.found / all).toBeGreaterThan(least)
    })
})

describe("of a JPEG it is found", () => {
    const restarts = () =>
        encodeJpeg({
            ...size,
            components: components(2, 1),
            restartInterval: 5,
        })

    /** Places of the restart markers. */
    function markers(jpeg: Uint8Array): number[] {
        return [...jpeg.keys()].filter(
            at =>
                jpeg[at] === 0xff &&
                jpeg[at + 1]! >= 0xd0 &&
                jpeg[at + 1]! <= 0xd7
        )
    }

    it.each([true, false])(
        "when a restart marker is missing (decoded: %s)",
        decode => {
            const jpeg = restarts()
            expect(markers(jpeg).length).toBeGreaterThan(20)
            for (const at of markers(jpeg)) {
                const damaged = joined(
                    jpeg.subarray(0, at),
                    jpeg.subarray(at + 2)
                )
                expect(check(padStream(damaged), decode).bytes).toBe(0)
            }
        }
    )

    it.each([true, false])(
        "when a restart interval is missing (decoded: %s)",
        decode => {
            const jpeg = restarts()
            const places = markers(jpeg)
            for (let i = 0; i + 1 < places.length; i++) {
                const damaged = joined(
                    jpeg.subarray(0, places[i]),
                    jpeg.subarray(places[i + 1])
                )
                expect(check(padStream(damaged), decode).bytes).toBe(0)
            }
        }
    )

    it("when eight restart intervals are missing, by decoding", () => {
        const jpeg = restarts()
        const places = markers(jpeg)
        const damaged = joined(
            jpeg.subarray(0, places[3]),
            jpeg.subarray(places[11])
        )
        expect(check(padStream(damaged)).bytes).toBe(0)
    })

    it("when it is the start of one frame and the end of another", async () => {
        const random = seeded(11)
        const [first, second] = [
            encodeAsModel(RGB, WIDTH, HEIGHT, 12),
            encodeAsModel(RGB.toReversed(), WIDTH, HEIGHT, 12),
        ]
        let found = 0
        for (let i = 0; i < 100; i++) {
            const spliced = joined(
                first.subarray(
                    0,
                    700 + Math.floor((first.length - 800) * random())
                ),
                second.subarray(
                    700 + Math.floor((second.length - 800) * random())
                )
            )
            const { bytes } = check(padStream(spliced))
            if (bytes === 0) found++
            else expect(await referenceTakes(spliced)).toBe(true)
        }
        expect(found).toBeGreaterThan(90)
    })

    it.each([true, false])(
        "when a second frame follows in the same buffer (decoded: %s)",
        decode => {
            const jpeg = restarts()
            expect(check(joined(jpeg, jpeg), decode).bytes).toBe(0)
            expect(
                check(joined(jpeg.subarray(0, -100), jpeg), decode).bytes
            ).toBe(0)
        }
    )

    it("wherever it is cut off", () => {
        const jpeg = restarts()
        for (let length = 0; length < jpeg.length; length += 7) {
            const cut = jpeg.subarray(0, length)
            expect(check(padStream(cut)).bytes).toBe(0)
            // An end marker does not make it whole.
            if (length > 2 && length < jpeg.length - 2)
                expect(
                    check(padStream(joined(cut, Uint8Array.of(0xff, 0xd9))))
                        .bytes
                ).toBe(0)
        }
    })
})

describe("the header of a JPEG", () => {
    const whole = () =>
        encodeJpeg({
            ...size,
            components: components(2, 1),
            restartInterval: 5,
        })
    const find = (jpeg: Uint8Array, marker: number, nth = 0): number =>
        [...jpeg.keys()].filter(
            i => jpeg[i] === 0xff && jpeg[i + 1] === marker
        )[nth]!

    /** @param at from the marker's FF on */
    function changed(marker: number, at: number, value: number): Uint8Array {
        const jpeg = whole()
        jpeg[find(jpeg, marker) + at] = value
        return jpeg
    }

    it.each([
        ["no rows", 0xc0, 6, 0],
        ["12 bits", 0xc0, 4, 12],
        ["no component", 0xc0, 9, 0],
        ["two components of one id", 0xc0, 13, 1],
        ["a sampling factor of 0", 0xc0, 11, 0x20],
        ["a sampling factor of 5", 0xc0, 11, 0x51],
        ["11 blocks in an MCU", 0xc0, 11, 0x44],
        ["a quantisation table that is not there", 0xc0, 12, 2],
        ["a step of 0", 0xdb, 9, 0],
        ["a step of 16 bits", 0xdb, 4, 0x10],
        ["more codes than their lengths allow", 0xc4, 5, 3],
        ["a code of only ones", 0xc4, 5, 2],
        ["a symbol twice", 0xc4, 22, 0],
        ["a Huffman table that is not there", 0xda, 6, 0x20],
        ["another component in the scan", 0xda, 5, 9],
        ["a scan of half the coefficients", 0xda, 12, 31],
        ["a longer segment", 0xdd, 3, 5],
        ["a marker that is reserved", 0xdd, 1, 0x02],
    ])("with %s is refused", (_, marker, at, value) => {
        expect(check(changed(marker, at, value)).bytes).toBe(0)
        expect(check(changed(marker, at, value), false).bytes).toBe(0)
    })

    it.each([0xdb, 0xc4, 0xc0, 0xda])(
        "without its segment %# is refused",
        marker => {
            const jpeg = whole()
            const at = find(jpeg, marker)
            const end = at + 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!)
            expect(
                check(joined(jpeg.subarray(0, at), jpeg.subarray(end))).bytes
            ).toBe(0)
        }
    )

    it("may have fill bytes before a marker, comments and applications' segments", () => {
        const jpeg = whole()
        const more = Uint8Array.from([
            ...segment(0xe1, [1, 2, 3]),
            0xff,
            0xff,
            ...segment(0xfe, []),
        ])
        const longer = joined(jpeg.subarray(0, 2), more, jpeg.subarray(2))
        expect(check(longer)).toEqual({ bytes: longer.length, proven: true })
    })

    it("may be followed by FF D9 again and again, not by anything else", () => {
        const jpeg = whole()
        const filler = Uint8Array.of(0xff, 0xd9, 0xff, 0xd9, 0, 0)
        expect(check(joined(jpeg, filler))).toEqual({
            bytes: jpeg.length,
            proven: true,
        })
        expect(check(joined(jpeg, Uint8Array.of(1))).bytes).toBe(0)
    })
})
