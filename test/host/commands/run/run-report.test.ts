// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { makeReport } from "../../../../host/commands/run/run-report.ts"
import { runTable } from "../../../../host/commands/run/run-table.ts"
import pc from "picocolors"
import {
    SAMPLE_BOARD,
    SAMPLE_COUNTERS,
    SAMPLE_MODE,
    sampleFrame,
} from "../../../support/host/sample-run.ts"

const facts = {
    board: SAMPLE_BOARD,
    mode: SAMPLE_MODE,
    counters: SAMPLE_COUNTERS,
    measuredFps: 120.00312,
    warnings: [],
    frames: 120,
    files: ["out/frame-000002.png", "out/frame-000121.png"],
}

describe("run --json", () => {
    it("has exactly the documented fields", () => {
        expect(makeReport(facts)).toEqual({
            sensor: "mt9v034",
            strategy: "sensor-window",
            window: { x: 266, y: 130, width: 220, height: 220 },
            binning: 1,
            fps: { planned: 120.003, measured: 120.003 },
            sensorFrames: 122,
            ends: {
                delivered: 120,
                skipped: 0,
                dropped: 0,
                settling: 2,
                short: 0,
                overrun: 0,
                dmaError: 0,
                badJpeg: 0,
                tooLarge: 0,
                lost: 0,
                doubtful: 0,
            },
            frames: 120,
            dropped: 0,
            skipped: 0,
            settling: 2,
            overruns: 0,
            resyncs: 0,
            torn: 0,
            busBytesPerFrame: 48_400,
            storedBytesPerFrame: 48_400,
            irqsPerFrame: 1,
            // 48,400 and the fixed owners: 1792 + 5888 + 2272 + 4032 + 3840 + 9312 + 24576
            ram: { frameBuffers: 48_400, total: 100_112 },
            pixelErrors: 0,
            warnings: [],
            files: ["out/frame-000002.png", "out/frame-000121.png"],
        })
    })

    it("counts every buffer and every interrupt of a DCMI crop", () => {
        const report = makeReport({
            ...facts,
            mode: {
                ...SAMPLE_MODE,
                strategy: "dcmi-crop",
                buffers: 2,
                frameBufferBytes: 96_800,
            },
            counters: {
                ...SAMPLE_COUNTERS,
                irqs: 2 * 122,
                busBytes: 122 * 360_960,
            },
        })

        expect(report.ram).toEqual({ frameBuffers: 96_800, total: 148_512 })
        expect(report.irqsPerFrame).toBe(2)
        expect(report.busBytesPerFrame).toBe(360_960)
    })

    it("measures no frame rate from one frame", () => {
        const report = makeReport({ ...facts, measuredFps: undefined })

        expect(report.fps.measured).toBeNull()
    })

    it("is valid with no frame of the sensor at all", () => {
        const counters = {
            ...SAMPLE_COUNTERS,
            sensorFrames: 0,
            sentFrames: 0,
            frames: 0,
            delivered: 0,
            settling: 0,
            irqs: 0,
            busBytes: 0,
        }

        expect(makeReport({ ...facts, counters })).toMatchObject({
            busBytesPerFrame: 0,
            irqsPerFrame: 0,
        })
    })
})

describe("a frame of the sensor", () => {
    it("that is in two places, or in none, is told as a mistake of the grabber", () => {
        const counters = { ...SAMPLE_COUNTERS, lost: 1 }
        expect(() => makeReport({ ...facts, counters })).toThrow(
            "the frame grabber counted 122 frames of the sensor, and 123 ends of frames"
        )
    })
})

describe("the table of a run", () => {
    const run = {
        report: makeReport(facts),
        request: { window: { width: 220, height: 220 }, fps: 120 },
        board: SAMPLE_BOARD,
        buffers: 1,
        field: { width: 752, height: 480 },
        lastFrame: sampleFrame(121),
        shortFrames: 0,
        dmaErrors: 0,
        simulatedSeconds: 1.6,
        wallSeconds: 0.4,
    }

    it("reads like this", () => {
        expect(runTable(run, pc.createColors(false)).join("\n")).toBe(
            [
                "MT9V034 on nucleo-f446re, sensor-window: the sensor drops the pixels",
                "",
                "  window        220x220+266+130 of 752x480 pixels",
                "  frame rate    120.00 fps measured, 120.00 fps planned",
                "  exposure      7.90 ms, gain 1.25 (last frame)",
                "  on the bus      48,400 bytes/frame    5.81 MB/s",
                "  stored          48,400 bytes/frame    5.81 MB/s   100.0 % of the bus",
                "  interrupts    1 per frame",
                "  frames        120 delivered, 0 dropped, 0 skipped, 2 settling",
                "  faults        0 overruns, 0 short frames, 0 DMA errors, 0 torn, 0 resyncs, 0 wrong pixels",
                "  RAM              1,792 native stack",
                "                   5,888 native data",
                "                   2,272 VM native stack",
                "                   4,032 VM stack",
                "                   3,840 VM data",
                "                   9,312 VM heap",
                "                  24,576 GC heap",
                "                  48,400 frame buffers (1 x 48,400)",
                "                 100,112 of 131,072 bytes",
                "  time          1.60 s simulated in 0.40 s, 4.0 times real time",
                "  images        out/frame-000002.png",
                "                out/frame-000121.png",
            ].join("\n")
        )
    })

    it("tells what was doubtful in the use of the silicon", () => {
        const message = "DMA2_LIFCR = 0x00000fc0: reserved bits 0x80"
        const warnings = [{ message, firstNs: 1_234_567, count: 3 }]
        const report = makeReport({ ...facts, warnings })

        expect(report.warnings).toEqual([
            { message, count: 3, firstSeconds: 0.001235 },
        ])
        expect(runTable({ ...run, report }, pc.createColors(false))).toContain(
            `  warning       3 x ${message}`
        )
    })

    it("has a program's kernels, with those that were stopped", () => {
        const use = {
            file: "src/eye.kernel.ts",
            calls: 10,
            stopped: 0,
            firstFault: undefined,
            // 6.5 cycles for a turn, 1.75 for an access.
            turns: 360_000,
            accesses: 80_000,
        }
        const kernels = [
            { ...use, functionName: "look" },
            { ...use, functionName: "blink", stopped: 3 },
        ]

        const report = makeReport({ ...facts, kernels })

        expect(report.kernels).toEqual([
            {
                file: "src/eye.kernel.ts",
                name: "look",
                calls: 10,
                stopped: 0,
                cyclesPerCall: 248_000,
            },
            {
                file: "src/eye.kernel.ts",
                name: "blink",
                calls: 10,
                stopped: 3,
                cyclesPerCall: 248_000,
            },
        ])
        const table = runTable({ ...run, report }, pc.createColors(false))
        expect(table).toContain(
            "  kernels       look: 10 calls, about 1.38 ms each"
        )
        expect(table).toContain(
            "                blink: 10 calls, about 1.38 ms each, 3 of them stopped"
        )
        expect(makeReport({ ...facts, kernels: [] })).not.toHaveProperty(
            "kernels"
        )
    })

    it("says what was asked for where something else was applied", () => {
        const request = {
            window: { width: 221, height: 220, x: 266, y: 130 },
            fps: 400,
            buffers: 2,
            exposureUs: 100_000,
            gain: 4,
        }

        const text = runTable({ ...run, request }, pc.createColors(false)).join(
            "\n"
        )

        expect(text).toContain("pixels, asked for 221x220+266+130\n")
        expect(text).toContain("120.00 fps planned, asked for 400\n")
        expect(text).toContain("(1 x 48,400, asked for 2)")
        expect(text).toContain(
            "exposure      7.90 ms, asked for 100.00 ms, gain 1.25, asked for 4.00 (last frame)"
        )
    })

    it("takes whole rows and sixteenths for what was asked for", () => {
        const request = { exposureUs: 7880, gain: 1.26 }

        const text = runTable({ ...run, request }, pc.createColors(false)).join(
            "\n"
        )

        expect(text).toContain("exposure      7.90 ms, gain 1.25 (last frame)")
    })

    it("shows a fault in red and its absence in green", () => {
        const colours = pc.createColors(true)
        const torn = { ...run, report: { ...run.report, torn: 3 } }

        const text = runTable(torn, colours).join("\n")

        expect(text).toContain(colours.red("3 torn"))
        expect(text).toContain(colours.green("0 overruns"))
    })

    it("names the first and the last of many images", () => {
        const files = [1, 2, 3, 4, 5, 6].map(n => `out/frame-00000${n}.png`)

        const text = runTable(
            { ...run, report: { ...run.report, files } },
            pc.createColors(false)
        ).join("\n")

        expect(text).toContain("out/frame-000001.png")
        expect(text).toContain("... 2 more ... out/frame-000006.png")
        expect(text).not.toContain("out/frame-000004.png")
    })
})
