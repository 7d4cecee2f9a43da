// SPDX-License-Identifier: MIT

import pc from "picocolors"
import { describe, expect, it } from "vitest"
import type { ComparedStrategy } from "../../../../host/commands/compare/compare-report.ts"
import { compareTable } from "../../../../host/commands/compare/compare-table.ts"
import { makeReport } from "../../../../host/commands/run/run-report.ts"
import {
    SAMPLE_BOARD,
    SAMPLE_COUNTERS,
    SAMPLE_MODE,
} from "../../../support/host/sample-run.ts"

const SENSOR_WINDOW: ComparedStrategy = {
    ...makeReport({
        board: SAMPLE_BOARD,
        mode: SAMPLE_MODE,
        counters: SAMPLE_COUNTERS,
        measuredFps: 120.0031,
        warnings: [],
        frames: 120,
        files: [
            "out/compare-sensor-window.png",
            "out/compare-sensor-window.svg",
        ],
    }),
    captureUs: 5791.448,
    slackToLastLineUs: 0,
    slackToNextFrameUs: 2541.673,
}

const DCMI_CROP: ComparedStrategy = {
    ...SENSOR_WINDOW,
    strategy: "dcmi-crop",
    fps: { planned: 60.024, measured: null },
    busBytesPerFrame: 360_960,
    irqsPerFrame: 2,
    files: ["out/compare-dcmi-crop.png", "out/compare-dcmi-crop.svg"],
    slackToLastLineUs: 4134.997,
    pixelErrors: 1234,
}

describe("the table of a comparison", () => {
    it("reads like this", () => {
        const report = {
            strategies: [DCMI_CROP, SENSOR_WINDOW],
            rejected: [
                { strategy: "jpeg" as const, reason: "it has no encoder" },
            ],
        }
        const finished = { report, boardName: "nucleo-f446re", scene: "chart" }

        expect(compareTable(finished, pc.createColors(false))).toEqual([
            "MT9V034 on nucleo-f446re, window 220x220+266+130, scene chart",
            "",
            "                               dcmi-crop sensor-window",
            "  frames/s planned                 60.02        120.00",
            "           measured                    -        120.00",
            "  bytes/frame on the bus         360,960        48,400",
            "              stored              48,400        48,400",
            "  RAM of frame buffers            48,400        48,400",
            "      with all owners            100,112       100,112",
            "  interrupts/frame                     2             1",
            "  ms of capture                    5.791         5.791",
            "  ms until the rows end            4.135         0.000",
            "  ms until the next frame          2.542         2.542",
            "  wrong pixels                     1,234             0",
            "  dropped, overruns, torn        0, 0, 0       0, 0, 0",
            "",
            "  dcmi-crop      the DCMI drops the pixels: out/compare-dcmi-crop.png, out/compare-dcmi-crop.svg",
            "  sensor-window  the sensor drops the pixels: out/compare-sensor-window.png, out/compare-sensor-window.svg",
            "  jpeg           not possible: it has no encoder",
        ])
    })
})
