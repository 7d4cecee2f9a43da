// SPDX-License-Identifier: MIT

import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Command } from "commander"
import { describe, expect, it } from "vitest"
import {
    addRunOptions,
    runOptions,
    type RunOptions,
} from "../../../../host/commands/run/run-options.ts"
import { UsageError } from "../../../../protocol/errors.ts"
import {
    Strategy,
    TestPattern,
    TimingMode,
} from "../../../../protocol/capture.ts"
import { projectRoot } from "../../../../toolchain/paths.ts"

const folder = mkdtempSync(join(tmpdir(), "camscript-options-"))
writeFileSync(join(folder, "mine.ts"), "")
writeFileSync(join(folder, "mine.js"), "")

function parse(line: string): RunOptions {
    const command = addRunOptions(new Command()).exitOverride()
    const args = line.split(" ").filter(word => word !== "")
    return runOptions(command.parse(args, { from: "user" }).opts(), folder)
}

describe("camscript run without options", () => {
    it("asks for 120 frames of 220x220, centred, at 120 fps, on the 128 KB board", () => {
        expect(parse("")).toMatchObject({
            board: "nucleo-f446re",
            frames: 120,
            seconds: undefined,
            every: undefined,
            scene: "chart",
            seed: 1,
            out: "out",
            json: false,
            quiet: false,
        })
        expect(parse("").request).toEqual({
            window: { width: 220, height: 220 },
            fps: 120,
        })
    })

    it("does not take its own defaults for what the user asked for", () => {
        expect(parse("--exposure 900").asked).toEqual({ exposureUs: 900 })
        expect(parse("--window 64x48 --fps 30").asked).toEqual({
            window: { width: 64, height: 48 },
            fps: 30,
        })
    })

    it("runs src/main.ts of the project, not of the current folder", () => {
        expect(parse("").app).toBe(join(projectRoot, "src", "main.ts"))
    })
})

describe("camscript run with options", () => {
    it("hands every wish to the program", () => {
        const line =
            "--window 260x200+10+60 --fps 59.5 --strategy dcmi-crop --timing default --buffers 2 " +
            "--ram 96800 --exposure 4000 --gain 1.5 --test-pattern diagonal"
        expect(parse(line).request).toEqual({
            window: { width: 260, height: 200, x: 10, y: 60 },
            fps: 59.5,
            strategy: Strategy.DCMI_CROP,
            timing: TimingMode.DEFAULT,
            buffers: 2,
            ramBytes: 96800,
            exposureUs: 4000,
            gain: 1.5,
            testPattern: TestPattern.DIAGONAL,
        })
    })

    it("leaves the frame rate to --timing unless --fps is given too", () => {
        expect(parse("--timing fastest").request.fps).toBeUndefined()
        expect(parse("--timing fastest --fps 30").request.fps).toBe(30)
    })

    it("counts only seconds when only seconds are given", () => {
        expect(parse("--seconds 0.5")).toMatchObject({
            frames: undefined,
            seconds: 0.5,
        })
        expect(parse("--seconds 2 --frames 7")).toMatchObject({
            frames: 7,
            seconds: 2,
        })
    })

    it("finds a program of the user's from the current folder", () => {
        expect(parse("--app mine.ts").app).toBe(join(folder, "mine.ts"))
    })
})

describe("camscript run with wrong options", () => {
    it.each([
        [
            "--board nucleo-h743",
            /nucleo-h743.*nucleo-f429zi, nucleo-f446re, stm32f4-discovery, stm32f407ve/,
        ],
        ["--sensor imx219", /imx219.*mt9v034/],
        ["--sensor ov7670", /ov7670.*mt9v034, ov2640/],
        ["--target board", /--target board.*sim, emulator/],
        ["--app missing.ts", /missing\.ts.*no such file/],
        ["--app mine.js", /mine\.js is not a TypeScript file/],
        ["--frames 0", /--frames 0/],
        ["--frames -3", /--frames -3/],
        ["--frames many", /--frames many is not a whole number/],
        ["--seconds 0", /--seconds 0/],
        ["--every 0", /--every 0/],
        ["--buffers 5", /--buffers 5.*1 to 4/],
        ["--gain 0.01", /--gain 0\.01/],
        ["--exposure 0", /--exposure 0/],
        ["--seed -1", /--seed -1/],
        ["--strategy magic", /magic.*auto, line, dcmi-crop, sensor-window/],
        ["--test-pattern plaid", /plaid.*vertical, horizontal, diagonal/],
    ])("refuses %s", (line, message) => {
        expect(() => parse(line)).toThrow(UsageError)
        expect(() => parse(line)).toThrow(message)
    })
})
