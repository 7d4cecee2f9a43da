// SPDX-License-Identifier: MIT
// Bytecode that no compiler would make, on the emulated board: nothing gets past the fence, nothing hangs, and the next good
// program prints what it should.

import { beforeAll, describe, expect, it } from "vitest"
import { CamscriptError } from "../../protocol/errors.ts"
import { verifyImage } from "../../toolchain/slots/verify-image.ts"
import {
    cameraBase,
    mutantProgram,
    shortBases,
    type Base,
} from "../support/mutants/bases.ts"
import { imageOf, imageWith } from "../support/mutants/images.ts"
import { MutantBoard, type RunEnd } from "../support/mutants/mutant-board.ts"
import { LONG, parts, Tally } from "../support/mutants/verdict.ts"

const MUTANTS = LONG ? 20_000 : 1000
const PER_TEST = LONG ? 1000 : 500
/** The good program runs after so many, and after each reset. */
const GOOD_EVERY = 10
/** Of all short bases. */
const IMAGE_BYTES = 3 * 4096
/** Longer than any of them runs, virtual ns. */
const LONGEST_NS = 40e6

/** With a camera, whose program is twenty times as long. */
const CAMERA_MUTANTS = LONG ? 200 : 3
/** Its set-up takes 0.2 s, and up to 1 s more until it has found the frame grabber. */
const CAMERA_NS = 1.5e9

let bases: readonly Base[]
let images: readonly Uint8Array[]
beforeAll(async () => {
    bases = await shortBases()
    images = bases.map(({ program }) => imageOf(program, IMAGE_BYTES))
})

/** Number `seed` of all mutants. */
function mutantImageOf(seed: number): { name: string; image: Uint8Array } {
    const index = seed % bases.length
    const mutant = mutantProgram(bases, seed)
    const { bytecode } = bases[index]!.program
    const image = imageWith(images[index]!, bytecode, mutant.bytecode)
    return { name: mutant.program.name, image }
}

function isVerified(image: Uint8Array): boolean {
    try {
        verifyImage(image, "mutant")
        return true
    } catch (error) {
        if (error instanceof CamscriptError) return false
        throw error
    }
}

describe("a mutant on the emulated board", () => {
    it.each(parts(MUTANTS, PER_TEST))(
        "numbers %i to %i: no fault outside the fence, no hang, and the next good program prints what it should",
        async (from, to) => {
            const board = await MutantBoard.boot(images[0]!)
            const ends = new Tally<RunEnd>()
            try {
                for (let seed = from; seed < to; seed++) {
                    const { name, image } = mutantImageOf(seed)
                    const run = board.run(name, image, LONGEST_NS)
                    ends.add(run.end)
                    // What the host lets through starts. Nothing else runs: the VM refuses it, or its look at it is ended by the fence.
                    const starts = run.end !== "refused"
                    const runs = starts && run.end !== "fence"
                    if (isVerified(image) ? !starts : runs)
                        throw new Error(`${name}: ${run.end}, unlike the host`)
                    if (seed % GOOD_EVERY === 0) board.runGood()
                }
            } finally {
                board.close()
            }

            // The search is worth something: many run, and many of those end in all the ways that there are.
            expect(ends.total).toBe(to - from)
            for (const end of ["done", "panic", "refused", "reset"] as const)
                expect(ends.of(end)).toBeGreaterThan((to - from) / 50)
        }
    )
})

describe("a mutant of a camera's program", () => {
    it("leaves a board whose next program gets three whole frames", async () => {
        const base = await cameraBase()
        const image = imageOf(base.program)
        const board = await MutantBoard.boot(image)
        try {
            for (let seed = 0; seed < CAMERA_MUTANTS; seed++) {
                const { program } = mutantProgram([base], seed)
                const { bytecode } = base.program
                board.run(
                    program.name,
                    imageWith(image, bytecode, program.bytecode),
                    CAMERA_NS
                )
                board.runGood()
                const { pixelErrors, torn } = board.counters
                expect({ seed, pixelErrors, torn }).toEqual({
                    ...{ seed, pixelErrors: 0, torn: 0 },
                })
            }
        } finally {
            board.close()
        }
    })
})
