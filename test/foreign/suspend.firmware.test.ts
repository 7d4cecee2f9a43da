// SPDX-License-Identifier: MIT
// Captures that are not continuous: snapshots one after the other, and a capture that is suspended, resumed and stopped, in
// the manner of two vendors' libraries, of a scene that moves: each image is that of its own frame.

import { describe, expect, it } from "vitest"
import { main } from "../../host/main.ts"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import {
    foreignOutcome,
    isPicture,
    type Capture,
    type Outcome,
} from "../support/foreign/foreign-outcome.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { buildArticle, LIBRARIES, type Library } from "./build.ts"

const SECONDS = 0.16
const SCENE = "noise:moving"

async function outcomeOf(
    library: Library,
    way: "snapshots" | "suspend",
    frameBytes: number
): Promise<Outcome> {
    const outcome = await foreignOutcome({
        elf: buildArticle(library, way),
        sensor: "mt9v034",
        seconds: SECONDS,
        scene: SCENE,
        frameBytes,
    })
    expect(outcome.ended).toBeUndefined()
    expect(outcome.run.watch.overruns).toBe(0)
    return outcome
}

/** Of frames that come one after another, how many the sensor sent in between that nobody took. */
function missedBetween(captures: readonly Capture[]): number[] {
    return captures
        .slice(1)
        .map(
            ({ frame }, index) =>
                frame.sent.sequence - captures[index]!.frame.sent.sequence - 1
        )
}

function meanOf(bytes: Uint8Array): number {
    return Math.floor(bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length)
}

describe.each(LIBRARIES)("in the manner of %s", library => {
    it("takes five snapshots, and nothing between them", async () => {
        const { captures, text } = await outcomeOf(
            library,
            "snapshots",
            320 * 240
        )

        expect(captures).toHaveLength(5)
        // The first came while the sensor settled after its soft reset.
        expect(captures.map(({ frame }) => frame.sent.unusable)).toEqual([
            ...[true, false, false, false, false],
        ])
        for (const { frame, sent, memory } of captures.slice(1)) {
            expect(frame.exact).toBe(true)
            expect(isPicture(memory, sent)).toBe(true)
        }
        // The scene moves: no two are the same.
        const images = new Set(
            captures.map(({ memory }) => Buffer.from(memory).toString("base64"))
        )
        expect(images.size).toBe(5)
        // While the program computes a mean, one frame passes.
        expect(missedBetween(captures)).toEqual([1, 1, 1, 1])
        const means = captures.map(({ memory }) => `${meanOf(memory)}\r\n`)
        expect(text).toBe(`${means.join("")}done\r\n`)
    })

    it("suspends for 20 ms, resumes, and stops at the end of a frame", async () => {
        const { captures, text } = await outcomeOf(
            library,
            "suspend",
            220 * 220
        )

        const suspended = missedBetween(captures).findIndex(
            missed => missed > 0
        )
        expect(text).toBe(
            `suspended after ${suspended + 1}\r\nstopped after ${captures.length}\r\ndone\r\n`
        )
        for (const { frame, sent, memory } of captures.slice(1)) {
            expect(frame.sent.unusable).toBe(false)
            expect(frame.exact).toBe(true)
            expect(isPicture(memory, sent)).toBe(true)
        }
        // 8.4 ms each: two or three of them, and none elsewhere.
        const missed = missedBetween(captures)
        expect(missed[suspended]).toBeGreaterThanOrEqual(2)
        expect(missed.filter(count => count > 0)).toHaveLength(1)
    })
})

describe("the report of snapshots", () => {
    it("judges each by its own frame of the sensor", async () => {
        const terminal = recordingTerminal()
        const exitCode = await main(
            [
                ...["emulate", buildArticle("hal", "snapshots"), "--json"],
                ...["--chip", "stm32f407", "--sensor", "mt9v034@I2C2"],
                ...["--scene", SCENE, "--seconds", String(SECONDS)],
            ],
            terminal
        )
        const report = JSON.parse(terminal.stdout) as EmulateReport

        expect(exitCode).toBe(0)
        expect(report).toMatchObject({
            ...{ frames: 5, exactFrames: 4, unusableFrames: 1, overruns: 0 },
        })
        expect(report.dcmi).toMatchObject({ mode: "snapshot" })
        expect(report.violations).toEqual([])
        expect(report.causes).toEqual([])
    })
})
