// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import {
    aimed,
    baselineLines,
    figureLines,
    growthLines,
    median,
    type Figure,
} from "../../host/figures.ts"

const SPEED = {
    name: "speed",
    kind: "this machine",
    value: 4,
    unit: "s/s",
    note: "median",
} as const

describe("figures", () => {
    it("have the middle value as median, or the mean of the two in the middle", () => {
        expect(median([3, 1, 10])).toBe(3)
        expect(median([4, 3, 2, 10])).toBe(3.5)
    })

    it("meet their target from its good side, the target itself included", () => {
        expect(aimed(SPEED, "at least", 4).met).toBe(true)
        expect(aimed(SPEED, "at least", 4.1).met).toBe(false)
        expect(aimed(SPEED, "at most", 4).met).toBe(true)
        expect(aimed(SPEED, "at most", 3.9).met).toBe(false)
    })

    it("do not meet it when they cannot be measured", () => {
        for (const aim of ["at least", "at most"] as const)
            expect(aimed({ ...SPEED, value: null }, aim, 4).met).toBe(false)
    })

    it("are a table with units, targets and notes", () => {
        const shown: Omit<Figure, "name" | "value"> = {
            kind: "this machine",
            unit: "%",
            target: null,
            aim: null,
            met: null,
            note: "sampled",
        }

        expect(
            figureLines([
                aimed(SPEED, "at least", 3),
                { name: "time in C", value: 12.5, ...shown },
                { name: "time in VM", value: 7, ...shown },
                aimed(
                    { ...SPEED, name: "cold", value: null, note: "no disk" },
                    "at most",
                    115_000
                ),
            ])
        ).toEqual([
            "  speed        4 s/s  median, at least 3: met",
            "  time in C   12.5 %  sampled",
            "  time in VM     7 %",
            "  cold             -  no disk, at most 115,000: not met",
        ])
    })
})

describe("how costs grow", () => {
    it("is a line for each point", () => {
        expect(
            growthLines([
                {
                    by: "rate",
                    unit: "fps",
                    note: "one buffer",
                    points: [
                        {
                            at: 169.1,
                            deliveredFps: 84.5,
                            dropped: 42,
                            instructionsPerFrame: 82968,
                            captureIrqInstructionsPerFrame: 111.5,
                            idleShare: 0.8215,
                        },
                    ],
                },
            ])
        ).toEqual([
            "rate (one buffer)",
            "      169.1 fps:    82,968 instructions per frame, 111.5 in its interrupts, 84.5 fps delivered, 42 dropped, 82 % idle",
        ])
    })
})

describe("the baseline", () => {
    it("stands beside our own counts", () => {
        const counts = {
            captureIrqs: 223,
            captureIrqInstructions: 5418,
            ours: { captureIrqs: 1, captureIrqInstructions: 43 },
        }

        expect(
            baselineLines({ name: "vendor", counts, note: "32 frames" })
        ).toEqual([
            "vendor: 223 interrupts and 5,418 instructions in them per frame; camscript 1 and 43 (32 frames)",
        ])
    })

    it("says why it is not there", () => {
        expect(
            baselineLines({ name: "vendor", counts: null, note: "no clone" })
        ).toEqual(["vendor: no clone"])
    })
})
