// SPDX-License-Identifier: MIT
// The README's example, as it stands there.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import { locateChart } from "../../sim/scene/chart.ts"
import { simulate } from "../../sim/testing.ts"

it("crops where it says it crops", async () => {
    const { frames, counters, fps, log } = await simulate({
        app: "src/main.ts", // or your own program
        board: "nucleo-f446re",
        scene: "chart", // each place of the chart looks different
        window: { x: 100, y: 50, width: 128, height: 96 },
        fps: 200,
        exposureUs: 1000,
        frames: 20,
    })

    expect(counters).toMatchObject({ dropped: 0, torn: 0, pixelErrors: 0 })
    expect(fps).toBeCloseTo(200, 0)
    const { pixels, width, height } = frames[19]!
    expect(locateChart(pixels, width, height)).toEqual({ x: 100, y: 50 })
    const rows = log.findLast(
        ({ block, register }) =>
            block === "MT9V034" && register === "WINDOW_HEIGHT"
    )
    expect(rows?.value).toBe(96)
})

it("is the README's text", () => {
    const here = readFileSync(
        join(projectRoot, "test/system/readme-example.test.ts"),
        "utf8"
    )
    const readme = readFileSync(join(projectRoot, "README.md"), "utf8")
    const body = (text: string) =>
        /it\("crops where[^]*?\n}\)\n/.exec(text)?.[0].replace(/\s+/g, " ")

    expect(body(readme)).toBe(body(here))
})
