// SPDX-License-Identifier: MIT

import { Command } from "commander"
import { describe, expect, it } from "vitest"
import {
    addCompareOptions,
    compareOptions,
} from "../../../../host/commands/compare/compare-options.ts"
import { TimingMode } from "../../../../protocol/capture.ts"

function parse(line: string) {
    const command = addCompareOptions(new Command())
    command.exitOverride().parse(line.split(" ").filter(Boolean), {
        from: "user",
    })
    return compareOptions(command.opts(), "/")
}

describe("what compare asks of each strategy", () => {
    it("is 220x220 as fast as possible when nothing is said", () => {
        expect(parse("").request).toMatchObject({
            window: { width: 220, height: 220 },
            timing: TimingMode.FASTEST,
            fps: undefined,
            strategy: undefined,
        })
    })

    it("is the sensor's default timing when that is said", () => {
        expect(parse("--timing default").request).toMatchObject({
            timing: TimingMode.DEFAULT,
            fps: undefined,
        })
    })

    it("is a frame rate when that is said", () => {
        expect(parse("--fps 60").request).toMatchObject({
            timing: undefined,
            fps: 60,
        })
    })

    it("may be both", () => {
        expect(parse("--fps 60 --timing default").request).toMatchObject({
            timing: TimingMode.DEFAULT,
            fps: 60,
        })
    })
})

describe("what compare refuses", () => {
    it.each([
        ["--strategy line", /--strategy line: compare runs every strategy/],
        ["--every 2", /--every 2: compare saves the last frame/],
        ["--frames 2", /--frames 2: compare needs at least 3/],
    ])("%s", (line, message) => {
        expect(() => parse(line)).toThrow(message)
    })

    it("not 3 frames", () => {
        expect(parse("--frames 3").frames).toBe(3)
    })
})

describe("the help of compare", () => {
    const help = addCompareOptions(new Command()).helpInformation()

    it("leaves out what is refused", () => {
        expect(help).not.toMatch(/--strategy|--every/)
    })

    it("has the defaults of compare", () => {
        expect(help).toMatch(/--fps.*without it as fast as/)
        expect(help).toMatch(/--window/)
    })
})
