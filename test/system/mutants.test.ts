// SPDX-License-Identifier: MIT
// Bytecode that no compiler would make, in the simulator's VM: each program is refused, ends with one paragraph of its own, or runs.

import { beforeAll, describe, expect, it } from "vitest"
import { sendProgram } from "../../host/link/program-update.ts"
import type { LinkRequests } from "../../host/link/link-requests.ts"
import { CamscriptError } from "../../protocol/errors.ts"
import {
    defaultBase,
    mutantProgram,
    shortBases,
    type Base,
} from "../support/mutants/bases.ts"
import { runInHost } from "../support/mutants/host-run.ts"
import { imageOf, mutantImage, slotOf } from "../support/mutants/images.ts"
import { MUTATION_NAMES, mutantOf } from "../support/mutants/mutator.ts"
import { LONG, parts, Tally } from "../support/mutants/verdict.ts"

const MUTANTS = LONG ? 100_000 : 1000
const PER_TEST = 10_000
/** A program that is known to be good runs after so many. */
const GOOD_EVERY = 100
/** Updates with another image. */
const UPDATES = LONG ? 5000 : 300

let bases: readonly Base[]
beforeAll(async () => {
    bases = [...(await shortBases()), await defaultBase()]
})

describe("the mutator", () => {
    it("makes the same mutant of the same base and seed, and another one of another seed", () => {
        const { base } = bases[0]!
        const first = mutantOf(base, 1)

        expect(mutantOf(base, 1)).toEqual(first)
        expect(mutantOf(base, 2).bytecode).not.toEqual(first.bytecode)
        expect(first.bytecode).toHaveLength(base.bytecode.length)
    })

    it("changes everything that there is, and leaves the VM something to run", () => {
        const ways = new Tally()
        const loaded = new Tally()
        for (let seed = 0; seed < 300; seed++) {
            const { way, program } = mutantProgram(bases, seed)
            ways.add(way)
            if (runInHost(program).loaded) loaded.add(way)
        }

        expect([...ways.names].sort()).toEqual([...MUTATION_NAMES].sort())
        // Code is not looked at before it runs, but for its jumps; tables and header are.
        expect(loaded.of("operation")).toBe(ways.of("operation"))
        expect(loaded.total).toBeGreaterThan(ways.total / 2)
        expect(loaded.total).toBeLessThan(ways.total)
    })
})

describe("a mutant in the simulator's VM", () => {
    it.each(parts(MUTANTS, PER_TEST))(
        "numbers %i to %i: refused, ended in words, or running; then a good one prints what it should",
        (from, to) => {
            const good = bases[0]!.program
            const expected = runInHost(good).lines
            for (let seed = from; seed < to; seed++) {
                const { program } = mutantProgram(bases, seed)
                // Throws what is no ProgramError.
                const { error } = runInHost(program)
                // One paragraph, and the stack in lines of the program.
                if (error)
                    expect(error.message).toMatch(/^[^\n]+(\n {4}[^\n]+)*$/)
                if (seed % GOOD_EVERY === 0)
                    expect(runInHost(good).lines).toEqual(expected)
            }
        }
    )
})

/** The first message to the board. */
class Sent extends Error {}

/** @returns why nothing was sent to a board; undefined: the update begins */
async function refusal(slot: Uint8Array): Promise<string | undefined> {
    const requests = {
        request: () => {
            throw new Sent()
        },
    } as unknown as LinkRequests
    const options = { slot, requests, chunkBytes: 128, hint: "" }
    try {
        await sendProgram({ ...options, onProgress: () => {} })
        throw new Error("the update ended without a message to the board")
    } catch (error) {
        if (error instanceof Sent) return undefined
        if (error instanceof CamscriptError) return error.message
        throw error
    }
}

describe("an update with a mutant", () => {
    it("begins, or says in one line why not, before anything is sent", async () => {
        const base = bases[0]!
        const image = imageOf(base.program)
        const verdicts = new Tally<"sent" | "refused">()
        for (let seed = 0; seed < UPDATES; seed++) {
            const why = await refusal(slotOf(mutantImage(image, base, seed)))
            verdicts.add(why === undefined ? "sent" : "refused")
            if (why === undefined) continue
            expect(why).toMatch(
                /^mutants: the DeviceScript VM would not start this program: [^\n]+$/
            )
        }

        expect(await refusal(slotOf(image))).toBe(undefined)
        expect(verdicts.of("sent")).toBeGreaterThan(UPDATES / 4)
        expect(verdicts.of("refused")).toBeGreaterThan(UPDATES / 10)
    })

    it("does not begin when anything in the slot's file is not as it was built", async () => {
        const slot = slotOf(imageOf(bases[0]!.program))
        // All of the header that is used, and some of the image.
        const places = [
            ...Array.from({ length: 184 }, (_, i) => i),
            ...[4096, 4096 + 8192, slot.length - 1],
        ]
        for (const at of places) {
            const changed = Uint8Array.from(slot)
            changed[at]! ^= 1
            expect(await refusal(changed)).toMatch(
                /^not a valid program slot: [^\n]+$/
            )
        }
    })
})
