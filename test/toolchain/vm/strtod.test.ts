// SPDX-License-Identifier: MIT
// The board's number parser against JavaScript's and against the one of the VM in the simulator, bit for bit.

import { beforeAll, describe, expect, it } from "vitest"
import {
    ownStrtod,
    stockStrtod,
} from "../../support/toolchain/native-strtod.ts"
import type { Strtod } from "../../support/toolchain/native-strtod.ts"

let own: Strtod
let stock: Strtod

beforeAll(async () => {
    own = await ownStrtod()
    stock = stockStrtod()
})

/** Seeded 32-bit numbers (mulberry32). */
function randomWords(seed: number): () => number {
    let state = seed
    return () => {
        state = (state + 0x6d2b79f5) >>> 0
        let t = Math.imul(state ^ (state >>> 15), state | 1)
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
        return (t ^ (t >>> 14)) >>> 0
    }
}

const view = new DataView(new ArrayBuffer(8))

function fromBits(bits: bigint): number {
    view.setBigUint64(0, bits)
    return view.getFloat64(0)
}

function bitsOf(value: number): bigint {
    view.setFloat64(0, value)
    return view.getBigUint64(0)
}

/** A finite double with random bits, so that all exponents are as likely. */
function randomDouble(next: () => number): number {
    for (;;) {
        const value = fromBits((BigInt(next()) << 32n) | BigInt(next()))
        if (Number.isFinite(value)) return value
    }
}

/** The number half way between a positive double and the next one, in full. */
function halfwayAbove(value: number): { digits: bigint; exponent: number } {
    const bits = bitsOf(value)
    const biased = Number(bits >> 52n)
    const fraction = bits & ((1n << 52n) - 1n)
    const mantissa = biased === 0 ? fraction : fraction | (1n << 52n)
    const exponent = Math.max(biased, 1) - 1075 - 1
    const odd = 2n * mantissa + 1n
    return exponent >= 0
        ? { digits: odd << BigInt(exponent), exponent: 0 }
        : { digits: odd * 5n ** BigInt(-exponent), exponent }
}

/** Texts that are read otherwise than JavaScript reads them. */
function misread(texts: Iterable<string>): string[] {
    const wrong: string[] = []
    for (const text of texts) {
        const { value, length } = own(text)
        if (!Object.is(value, Number(text)) || length !== text.length)
            wrong.push(`${text}: ${value}, JavaScript ${Number(text)}`)
    }
    return wrong
}

/** Texts that are read otherwise than the VM in the simulator reads them. */
function differing(texts: Iterable<string>): string[] {
    const wrong: string[] = []
    for (const text of texts) {
        const [ours, theirs] = [own(text), stock(text)]
        if (
            !Object.is(ours.value, theirs.value) ||
            ours.length !== theirs.length
        )
            wrong.push(
                `${text}: ${ours.value} of ${ours.length}, VM ${theirs.value} of ${theirs.length}`
            )
    }
    return wrong
}

describe("strtod of the board's VM", () => {
    it("reads 60,000 random doubles as JavaScript does, shortest and with 1 to 25 digits", () => {
        const next = randomWords(1)
        const texts: string[] = []
        for (let i = 0; i < 30_000; i++) {
            const value = randomDouble(next)
            texts.push(String(value))
            texts.push(value.toPrecision(1 + (next() % 25)))
        }

        expect(misread(texts)).toEqual([])
    })

    it("reads random digits with random points and exponents", () => {
        const next = randomWords(2)
        const texts: string[] = []
        for (let i = 0; i < 30_000; i++) {
            let digits = ""
            const count = 1 + (next() % (i % 100 === 0 ? 1200 : 40))
            for (let d = 0; d < count; d++) digits += String(next() % 10)
            const point = next() % (count + 1)
            const exponent = (next() % 700) - 360
            texts.push(
                `${next() % 2 === 0 ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}e${exponent}`
            )
        }

        expect(misread(texts)).toEqual([])
    })

    it("rounds half way to even, and to the nearest just above and below", () => {
        const next = randomWords(3)
        const texts: string[] = []
        for (let i = 0; i < 3_000; i++) {
            // A third of them subnormal: those have the most digits.
            const drawn = Math.abs(randomDouble(next))
            const value =
                i % 3 === 0 ? fromBits(bitsOf(drawn) % (1n << 52n)) : drawn
            const { digits, exponent } = halfwayAbove(value)
            texts.push(`${digits}e${exponent}`)
            texts.push(`${digits}0000000001e${exponent - 10}`)
            texts.push(`${digits * 10n - 1n}e${exponent - 1}`)
            texts.push(`${digits}${"0".repeat(800)}1e${exponent - 801}`)
        }

        expect(misread(texts)).toEqual([])
    })

    it("reads the ends of the range, and numbers that are known to be hard", () => {
        const { digits, exponent } = halfwayAbove(Number.MAX_VALUE)
        const texts = [
            ...["0", "-0", "0e999999999", "0.000e-5", ".5", "5.", "00012"],
            ...["1e308", "1.7976931348623157e308", "1.7976931348623159e308"],
            ...[`${digits}e${exponent}`, `${digits - 1n}e${exponent}`],
            ...["1e309", "-1e309", "1e99999999999", "1e-99999999999"],
            ...["4.9406564584124654e-324", "5e-324", "3e-324", "2e-324"],
            "2.4703282292062327208e-324",
            "2.4703282292062328e-324",
            ...["2.2250738585072011e-308", "2.2250738585072012e-308"], // hung PHP and Java
            ...["2.2250738585072014e-308", "2.225073858507201e-308"],
            ...["9007199254740993", "9007199254740992.5", "9007199254740991.5"],
            ...["1e22", "1e23", "8.5e22", "123456789012345e22"],
            ...["0.1", "0.30000000000000004", "1.0000000000000002"],
            "1.00000000000000011102230246251565404236316680908203125",
            "1.00000000000000011102230246251565404236316680908203124",
            "1.00000000000000011102230246251565404236316680908203126",
            "6929495644600919.5",
            "3.518437208883201171875e13",
            `0.${"0".repeat(400)}1e400`,
            `1${"0".repeat(400)}e-400`,
            `1${"0".repeat(1000)}.${"0".repeat(1000)}e-1000`,
        ]

        expect(misread(texts)).toEqual([])
    })

    it("takes and leaves the same characters as the VM's own", () => {
        const texts = [
            ...["", " ", "-", "+", ".", "e5", ".e5", "-.", "abc", "--1", "+-1"],
            ...[
                " \t\n\v\f\r12",
                "+5",
                "-7x",
                "1e",
                "1e+",
                "1e-",
                "1e5x",
                "1.5.5",
            ],
            ...[
                "1 2",
                "1,5",
                "1_000",
                "0x",
                "0xg",
                "0x.",
                "0x.p1",
                "0X1F",
                "-0x10",
            ],
            ...["0x1p4", "0x1P-4", "0x1.8p1", "0x.8", "0x1p", "0x1p+", "0x1e5"],
            ...[
                "0x123456789abcdef01",
                "0x1.00000000000008",
                "0x1.00000000000018",
            ],
            ...[
                "0x1.000000000000080001",
                "0x1p-1074",
                "0x1p-1075",
                "0x1.8p-1075",
            ],
            ...["0x1p1023", "0x1p1024", "0x1.fffffffffffff8p1023", "0x0p5"],
            ...["inf", "INF", "-inf", "infinity", "InFiNiTyX", "infin", "in"],
            ...[
                "nan",
                "NaN",
                "-nan",
                "nanx",
                "nan(12)",
                "nan(a_B9)",
                "nan(",
                "nan(-)",
            ],
            ...[
                "1e2147483648",
                "1e-2147483648",
                "0x1p99999999999",
                "0x1p-99999999999",
            ],
            ...[
                "1..2",
                "..1",
                "12e3.4",
                "1e 5",
                "0b1",
                "0o7",
                "1f",
                "1L",
                "1\x012",
            ],
        ]

        expect(differing(texts)).toEqual([])
    })

    it("agrees with the VM's own about 20,000 random strings of number characters", () => {
        const next = randomWords(4)
        const letters = "0123456789.eE+-xXpPaf ()nifty_"
        const texts: string[] = []
        for (let i = 0; i < 20_000; i++) {
            let text = ""
            const count = 1 + (next() % 16)
            // Mostly digits, so that numbers come out.
            for (let c = 0; c < count; c++)
                text +=
                    letters[next() % (next() % 3 === 0 ? letters.length : 11)]
            texts.push(text)
        }

        expect(differing(texts)).toEqual([])
    })
})
