// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { doctor, type Check } from "../../host/doctor.ts"
import { figureLines, median } from "../../host/figures.ts"
import { recordingTerminal } from "./recording-terminal.ts"

const GOOD: Check = {
    name: "air",
    remedy: "open a window",
    look: () => "fresh",
}
const BAD: Check = {
    name: "water",
    remedy: "drink",
    look: () => {
        throw new Error("the glass is empty")
    },
}

describe("doctor", () => {
    it("is content when every check is", async () => {
        const terminal = recordingTerminal()

        expect(await doctor(terminal, false, [GOOD])).toBe(true)
        expect(terminal.stdout).toMatch(/ok +air +fresh/)
    })

    it("says what is wrong and how to mend it", async () => {
        const terminal = recordingTerminal()

        expect(await doctor(terminal, false, [GOOD, BAD])).toBe(false)
        expect(terminal.stdout).toMatch(/missing +water +the glass is empty/)
        expect(terminal.stdout).toMatch(/to mend it: drink/)
        expect(terminal.stdout).toMatch(/1 of 2 checks failed/)
    })

    it("prints one JSON object and nothing else when asked", async () => {
        const terminal = recordingTerminal()

        await doctor(terminal, true, [GOOD, BAD])

        expect(JSON.parse(terminal.stdout)).toEqual({
            ok: false,
            checks: [
                { name: "air", ok: true, found: "fresh", remedy: null },
                {
                    name: "water",
                    ok: false,
                    found: "the glass is empty",
                    remedy: "drink",
                },
            ],
        })
        expect(terminal.stderr).toBe("")
    })
})

describe("median", () => {
    it("is the middle, or the mean of the two in the middle", () => {
        expect(median([3, 1, 10])).toBe(3)
        expect(median([4, 1, 2, 10])).toBe(3)
    })
})

describe("figures", () => {
    it("line up, with a note that several share said once", () => {
        const shown = { target: null, met: null, note: "sampled" }
        const speed = { name: "speed", value: 4, unit: "s/s" }

        expect(
            figureLines([
                { ...speed, target: 3, met: true, note: "median" },
                { name: "time in C", value: 12.5, unit: "%", ...shown },
                { name: "time in VM", value: 7, unit: "%", ...shown },
            ])
        ).toEqual([
            "  speed        4 s/s  median, aim 3: met",
            "  time in C   12.5 %  sampled",
            "  time in VM     7 %",
        ])
    })
})
