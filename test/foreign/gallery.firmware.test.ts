// SPDX-License-Identifier: MIT
// Ways to take frames in the manners in which firmware is written, beyond those of article.firmware.test.ts: by I2C of other
// libraries, and as a task of a small RTOS. All in strict mode, with the right pixels.

import { describe, expect, it } from "vitest"
import { warningsOf, type Outcome } from "../support/foreign/foreign-outcome.ts"
import { expectPictures, wayOutcome } from "../support/foreign/way-picture.ts"
import {
    buildArticle,
    buildI2c,
    buildRtos,
    type I2cManner,
    type Way,
} from "./build.ts"

describe.each<I2cManner>(["hal_interrupt", "hal_dma", "opencm3"])(
    "I2C in the manner of %s",
    manner => {
        it.each<Way>(["lines", "crop", "jpeg"])("takes frames: %s", async way =>
            expectPictures(way, await wayOutcome(way, buildI2c(manner, way)))
        )
    }
)

describe("SCCB by hand", () => {
    it("takes frames: jpeg", async () => {
        const outcome = await wayOutcome("jpeg", buildI2c("sccb", "jpeg"), {
            i2cPins: { scl: "PD6", sda: "PD7" },
        })
        await expectPictures("jpeg", outcome)
    })
})

describe("a delay that counts from above ARR to the timer's end", () => {
    it("ends, and is long enough for the sensor's reset", async () => {
        const elf = buildArticle("hal", "jpeg", ["COUNT_TO_TOP"])
        const outcome = await wayOutcome("jpeg", elf)
        await expectPictures("jpeg", outcome)
        expect(
            warningsOf(outcome).filter(text => text.includes("after a reset"))
        ).toEqual([])
    })
})

/** A variable of the kernel at the end. */
function count({ variable }: Outcome, name: string): number {
    return variable(name, 4).getUint32(0, true)
}

describe("a task of a small RTOS", () => {
    it.each<Way>([
        "lines",
        "crop",
        "window",
        "jpeg",
        "lcd_lines",
        "lcd_dma",
        "snapshots",
        "suspend",
    ])("takes frames while another one computes: %s", async way => {
        const outcome = await wayOutcome(way, buildRtos("hal", way))

        await expectPictures(way, outcome)
        // The camera's task waited and was woken, the other worked with its registers whole, the last one slept.
        expect(count(outcome, "switches")).toBeGreaterThan(10)
        expect(count(outcome, "rounds")).toBeGreaterThan(1000)
        expect(count(outcome, "wrong_sums")).toBe(0)
        expect(count(outcome, "sleeps")).toBeGreaterThan(10)
        expect(outcome.run.coreFaults.all()).toEqual([])
    })

    it("does so on the standard peripheral library, too", async () => {
        const outcome = await wayOutcome("window", buildRtos("spl", "window"))
        await expectPictures("window", outcome)
        expect(count(outcome, "wrong_sums")).toBe(0)
    })
})
