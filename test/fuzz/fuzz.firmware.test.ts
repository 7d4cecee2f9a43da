// SPDX-License-Identifier: MIT
// The C code that reads what comes from outside, with any input. The corpora beside this file are what earlier searches
// found worth keeping, what once went wrong among them.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { buildFuzzer, fuzz, FUZZ_TARGETS } from "../support/fuzz/build.ts"

/** Set by `npm run test:long`. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"
/** The corpus, and then as many more. */
const EFFORT = LONG ? { seconds: 600 } : { inputs: 20_000 }

describe("any input", () => {
    const folder = mkdtempSync(join(tmpdir(), "camscript-fuzz-"))
    afterAll(() => rmSync(folder, { recursive: true }))

    it.each(FUZZ_TARGETS)(
        "leaves %s without a fault, undefined behaviour or a loop that does not end",
        async target => {
            const found = join(folder, `${target}-found`)
            mkdirSync(found)
            const executable = await buildFuzzer(target, folder)
            const corpus = join(import.meta.dirname, "corpus", target)
            expect(await fuzz(executable, corpus, found, EFFORT)).toBe(
                undefined
            )
        },
        LONG ? 3_600_000 : undefined
    )
})
