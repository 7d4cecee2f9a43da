// SPDX-License-Identifier: MIT
// Coverage of TypeScript in simulate(): summed up over runs, and without any trace in what the program sees.

import { expect, it } from "vitest"
import { Coverage } from "../../../sim/inside/coverage.ts"
import { simulate } from "../../../sim/testing.ts"

const APP = "test/system/programs/inside/loops.ts"

it("sums up the lines of several runs, and shows those that none executed", async () => {
    const coverage = new Coverage()
    await simulate({ app: APP, seconds: 0.2, coverage })
    expect(coverage.countOf(APP, 8)).toBe(1100)
    await simulate({ app: APP, seconds: 0.2, coverage })

    expect(coverage.countOf(APP, 8)).toBe(2200)
    expect(coverage.countOf(APP, 20)).toBe(600)
    expect(coverage.countOf(APP, 26)).toBe(0)
    expect(coverage.countOf(APP, 1)).toBeUndefined()
    const { covered, total } = coverage.share("lines", file => file === APP)
    // The body of never() and its end, whose code is of the line that it begins in.
    expect(coverage.countOf(APP, 25)).toBe(0)
    expect(total - covered).toBe(2)
    const lcov = coverage.lcov()
    expect(lcov).toContain(`SF:${APP}\n`)
    expect(lcov).toMatch(/FN:26,never\n/)
    expect(lcov).toMatch(/FNDA:0,never\n/)
    expect(lcov).toMatch(/DA:8,2200\n/)
})

it("has what was executed until a program failed", async () => {
    const coverage = new Coverage()
    const app = "test/system/programs/throws-at-once.ts"

    await expect(simulate({ app, seconds: 1, coverage })).rejects.toThrow()
    expect(
        coverage.share("lines", file => file === app).covered
    ).toBeGreaterThan(0)
})
