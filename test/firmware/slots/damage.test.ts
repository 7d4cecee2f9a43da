// SPDX-License-Identifier: MIT
// One of two slots is damaged, in whatever form: the other one runs. A few hundred random forms here, many in
// `npm run test:long`.

import { beforeAll, describe, expect, it } from "vitest"
import { randomWords } from "../../support/firmware/slots/fake-flash.ts"
import {
    AREAS,
    imageOf,
    SlotsRig,
} from "../../support/firmware/slots/slots-rig.ts"

/** Set by `npm run test:long`. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"
const FORMS = LONG ? 20_000 : 400

const IMAGE_BYTES = 1024
const IMAGE_AT = 0x1000
/** Up to the end of the rejected word. */
const HEADER_BYTES = 172

const IMAGES = [imageOf(41, IMAGE_BYTES), imageOf(42, IMAGE_BYTES)] as const

let rig: SlotsRig
/** Flash with the first image in slot A, the second one, which is newer, in slot B. */
let saved: Uint8Array

beforeAll(async () => {
    rig = await SlotsRig.create()
    for (const image of IMAGES) {
        rig.choose()
        expect(rig.update(image).code).toBe(0)
        rig.boot()
    }
    saved = rig.save()
})

/** A slot's flash, to be damaged. */
function slot(index: number): Uint8Array {
    const { address, bytes } = AREAS[index]!
    return rig.bytes.subarray(address, address + bytes)
}

/** Index of the slot whose program starts. */
function started(): number | undefined {
    rig.boot()
    const chosen = rig.choose()
    if (chosen === undefined) return undefined
    expect(Buffer.from(chosen.image).equals(IMAGES[chosen.index]!)).toBe(true)
    return chosen.index
}

function word(bytes: Uint8Array, at: number, value: number): void {
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value, true)
}

const FORMS_BY_NAME: readonly [string, (bytes: Uint8Array) => void][] = [
    ["erased", bytes => bytes.fill(0xff)],
    ["all zeros", bytes => bytes.fill(0)],
    ["with another magic", bytes => word(bytes, 0, 0x31505344)],
    ["of another format", bytes => word(bytes, 4, 2)],
    ["with another sequence than its CRC says", bytes => word(bytes, 8, 99)],
    ["with an image of 0 bytes", bytes => word(bytes, 12, 0)],
    ["with an image past its end", bytes => word(bytes, 12, 0xfffffff0)],
    ["with another header CRC", bytes => word(bytes, 172, 0)],
    ["of another VM", bytes => word(bytes, 156, 1)],
    ["not committed", bytes => word(bytes, 176, 0xffffffff)],
    ["half committed", bytes => word(bytes, 176, 0x434d5400)],
    ["rejected", bytes => word(bytes, 180, 0)],
    ["half rejected", bytes => word(bytes, 180, 0xfffffffe)],
    ["truncated", bytes => bytes.fill(0xff, IMAGE_AT + IMAGE_BYTES / 2)],
    ["with a wrong bit in its image", bytes => (bytes[IMAGE_AT + 7]! ^= 0x10)],
    ["with a header only", bytes => bytes.fill(0xff, HEADER_BYTES)],
    ["with an image only", bytes => bytes.fill(0xff, 0, IMAGE_AT)],
]

describe.each([0, 1])("a slot, number %i of two,", index => {
    it.each(FORMS_BY_NAME)("%s: the other one runs", (_, damage) => {
        rig.restore(saved)
        damage(slot(index))

        expect(started()).toBe(1 - index)
    })
})

describe("two slots", () => {
    it("with equal sequence numbers: one runs, the same one each time, and an update replaces the other", () => {
        rig.restore(saved)
        // Content and CRCs of slot A, in both.
        slot(1).set(slot(0))
        rig.boot()
        expect(rig.choose()!.index).toBe(0)
        rig.boot()
        expect(rig.choose()!.index).toBe(0)

        const next = imageOf(43, IMAGE_BYTES)
        expect(rig.update(next).code).toBe(0)
        rig.boot()
        expect(Buffer.from(rig.choose()!.image).equals(next)).toBe(true)
    })

    it("both damaged: none runs, and an update gives one that does", () => {
        rig.restore(saved)
        slot(0)[IMAGE_AT]! ^= 1
        slot(1).fill(0)
        expect(started()).toBeUndefined()

        expect(rig.update(IMAGES[0]).code).toBe(0)
        expect(started()).toBe(0)
    })
})

/** Random damage of the header or of the image. @returns whether it changed what has to be whole */
function hurt(bytes: Uint8Array, random: () => number): boolean {
    const inHeader = random() % 2 === 0
    const start = inHeader ? 0 : IMAGE_AT
    const length = inHeader ? HEADER_BYTES : IMAGE_BYTES
    const region = bytes.subarray(start, start + length)
    const before = region.slice()
    const at = random() % length
    const end = Math.min(length, at + 1 + (random() % 64))
    switch (random() % 4) {
        case 0:
            for (let bits = 1 + (random() % 8); bits > 0; bits--)
                region[random() % length]! ^= 1 << (random() % 8)
            break
        case 1:
            region.fill(0xff, at, end)
            break
        case 2:
            region.fill(0, at, end)
            break
        default:
            for (let i = at; i < end; i++) region[i] = random() & 0xff
    }
    return !Buffer.from(before).equals(region)
}

describe("random damage", () => {
    it(`of one slot in ${FORMS} forms: the other one runs`, () => {
        const random = randomWords(44)
        const wrong: string[] = []
        let damaged = 0
        for (let form = 0; form < FORMS; form++) {
            rig.restore(saved)
            const index = random() % 2
            const changed = hurt(slot(index), random)
            if (changed) damaged++
            const wanted = changed ? 1 - index : 1
            const got = started()
            if (got !== wanted)
                wrong.push(`form ${form}: slot ${got}, not ${wanted}`)
        }

        expect(wrong).toEqual([])
        expect(damaged).toBeGreaterThan(FORMS / 2)
    })
})
