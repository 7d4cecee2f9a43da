// SPDX-License-Identifier: MIT
// The power goes during an update: at every erase, header and commit word here, at every word in `npm run test:long`; and
// again while the update is repeated: at some pairs of operations here, at all in `npm run test:long`.

import { beforeAll, describe, expect, it } from "vitest"
import {
    countOperations,
    cutAndStart,
    cutTwice,
    type PowerCutCase,
} from "../../support/firmware/slots/power-cut.ts"
import { boardNames, readBoard } from "../../../boards/board-file.ts"
import {
    randomWords,
    type SlotsFlash,
} from "../../support/firmware/slots/fake-flash.ts"
import { ModelFlash } from "../../support/firmware/slots/model-flash.ts"
import {
    AREAS,
    imageOf,
    SlotsRig,
} from "../../support/firmware/slots/slots-rig.ts"

/** Set by `npm run test:long`. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"

const IMAGE_BYTES = LONG ? 8_192 : 2_048
const SEEDS = LONG ? 2 : 5
/** Commit word away, one erase; then the words of the image, 44 of the header, the commit word. */
const BEFORE_IMAGE = 2
const HEADER_WORDS = 44

const OLDER = imageOf(11, IMAGE_BYTES)
const RUNNING = imageOf(12, IMAGE_BYTES)
const NEXT = imageOf(13, IMAGE_BYTES)

/** Operations to cut at: all, or all but most words of the image. */
function places(operations: number): number[] {
    const imageWords = operations - BEFORE_IMAGE - HEADER_WORDS - 1
    return Array.from({ length: operations }, (_, i) => i).filter(i => {
        const word = i - BEFORE_IMAGE
        return LONG || word < 1 || word >= imageWords - 1 || word % 37 === 0
    })
}

interface Images {
    readonly older: Uint8Array
    readonly running: Uint8Array
    readonly next: Uint8Array
}

function twoPrograms<Flash extends SlotsFlash>(
    rig: SlotsRig<Flash>,
    older: "valid" | "rejected",
    images: Images = { older: OLDER, running: RUNNING, next: NEXT }
): PowerCutCase & { readonly rig: SlotsRig<Flash> } {
    for (const image of [images.older, images.running]) {
        rig.choose()
        rig.update(image)
        rig.boot()
    }
    if (older === "rejected") {
        // The newer one was given up: the older one runs, an update replaces the newer.
        rig.reject(1)
        rig.boot()
    }
    const running = older === "rejected" ? images.older : images.running
    return { rig, saved: rig.save(), running, next: images.next }
}

describe.each(["valid", "rejected"] as const)(
    "an update over a %s program, with a power cut",
    state => {
        let setting: PowerCutCase & { readonly rig: SlotsRig }
        let operations: number

        beforeAll(async () => {
            setting = twoPrograms(await SlotsRig.create(), state)
            operations = countOperations(setting)
        })

        it("is made of one word, an erase, the image, the header and the commit word", () => {
            const { rig } = setting
            const target = AREAS[state === "valid" ? 0 : 1].address

            expect(operations).toBe(
                BEFORE_IMAGE + IMAGE_BYTES / 4 + HEADER_WORDS + 1
            )
            expect(rig.flash.operations[0]).toEqual({
                kind: "program",
                address: target + 176,
            })
            expect(rig.flash.operations[1]).toEqual({
                kind: "erase",
                address: target,
            })
            expect(rig.flash.operations.at(-1)).toEqual({
                kind: "program",
                address: target + 176,
            })
        })

        it(`starts one of the two programs after a cut at each of them`, () => {
            const wrong = places(operations).flatMap(cutAt =>
                Array.from({ length: SEEDS }, (_, seed) =>
                    cutAndStart(setting, cutAt, seed + 1)
                ).filter(problem => problem !== undefined)
            )

            expect(wrong).toEqual([])
        })
    }
)

describe("an update on the chip's flash model, with a power cut", () => {
    it("starts one of the two programs after a cut at each of its operations", async () => {
        const rig = await SlotsRig.on(memory => new ModelFlash(memory))
        const setting = twoPrograms(rig, "valid")
        const wrong = places(countOperations(setting))
            .map(cutAt => cutAndStart(setting, cutAt, 7))
            .filter(problem => problem !== undefined)

        expect(wrong).toEqual([])
    })
})

describe("a power cut while a program is rejected", () => {
    it("leaves one of the two programs that starts", async () => {
        const { rig, saved } = twoPrograms(await SlotsRig.create(), "valid")
        for (let seed = 1; seed <= 20; seed++) {
            rig.restore(saved)
            rig.boot()
            rig.choose()
            expect(rig.cutReject(1, seed)).toBe(true)
            rig.boot()

            const image = Buffer.from(rig.choose()!.image)
            expect(image.equals(OLDER) || image.equals(RUNNING)).toBe(true)
        }
    })
})

/** Small, so that all pairs can be tried. */
const PAIR_IMAGES: Images = {
    older: imageOf(21, 256),
    running: imageOf(22, 256),
    next: imageOf(23, 256),
}
/** Pairs per board and state where not all are tried. */
const PAIRS = 60

function pairs(operations: number): (readonly [number, number])[] {
    const all = Array.from(
        { length: operations * operations },
        (_, i) => [Math.floor(i / operations), i % operations] as const
    )
    if (LONG) return all
    const random = randomWords(31)
    return Array.from({ length: PAIRS }, () => all[random() % all.length]!)
}

describe.each(boardNames())("two power cuts on %s", name => {
    const { slots, flashBytes } = readBoard(name)

    it.each(["valid", "rejected"] as const)(
        "during an update over a %s program, and during its repetition, leave a program that starts",
        async state => {
            const rig = await SlotsRig.create(
                [slots[0]!, slots[1]!],
                flashBytes
            )
            const setting = twoPrograms(rig, state, PAIR_IMAGES)
            const wrong = pairs(countOperations(setting))
                .map(([first, second], i) =>
                    cutTwice(setting, first, second, i + 1)
                )
                .filter(problem => problem !== undefined)

            expect(wrong).toEqual([])
        }
    )

    it("while a program is rejected, and while it is rejected again, leave one that starts", async () => {
        const rig = await SlotsRig.create([slots[0]!, slots[1]!], flashBytes)
        const { saved } = twoPrograms(rig, "valid", PAIR_IMAGES)
        const { older, running } = PAIR_IMAGES
        for (let seed = 1; seed <= 20; seed++) {
            rig.restore(saved)
            for (let cut = 0; cut < 2; cut++) {
                rig.boot()
                const chosen = rig.choose()!
                if (Buffer.from(chosen.image).equals(running))
                    expect(rig.cutReject(chosen.index, seed + cut)).toBe(true)
            }
            rig.boot()
            const image = Buffer.from(rig.choose()!.image)
            expect(image.equals(older) || image.equals(running)).toBe(true)
        }
    })
})
