// SPDX-License-Identifier: MIT
// `camscript compare`: what it measures is what the sensor's data sheet makes of window, row time and blanking.

import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import type {
    ComparedStrategy,
    CompareReport,
} from "../../host/commands/compare/compare-report.ts"
import { main } from "../../host/main.ts"
import { locateChart } from "../../sim/scene/chart.ts"
import { simulate } from "../../sim/testing.ts"
import { CaptureTrace } from "../../sim/trace/capture-trace.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { Strategy, TimingMode } from "../../protocol/capture.ts"

const folder = mkdtempSync(join(tmpdir(), "camscript-compare-"))

const FS_MHZ = 26.66

type Timing = "default" | "fastest"

interface Window {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
}

async function compare(line: string): Promise<CompareReport> {
    const terminal = recordingTerminal()
    const args = `compare --json --frames 4 --out ${folder} ${line}`
    const exitCode = await main(args.split(" "), terminal)
    expect(terminal.stderr).toBe("")
    expect(exitCode).toBe(0)
    return JSON.parse(terminal.stdout) as CompareReport
}

/** What the sensor reads for a strategy, and where in it the wanted window is. */
function readOut(strategy: string, { x, y, width, height }: Window) {
    const all = { columns: 752, rows: 480, x, y }
    const read: Record<string, typeof all> = {
        line: all,
        "dcmi-crop": all,
        "rows+crop": { columns: 752, rows: height, x, y: 0 },
        "sensor-window": { columns: width, rows: height, x: 0, y: 0 },
    }
    return read[strategy]!
}

/** MT9V034 DS tables 4 to 6: pixel clocks of a row, rows of a frame; 4 clocks more. */
function expected(strategy: string, timing: Timing, window: Window) {
    const { columns, rows, x, y } = readOut(strategy, window)
    const { width, height } = window
    const row = timing === "default" ? 846 : Math.max(704, columns + 61)
    const vblank = timing === "default" ? 45 : 4
    const frame = (rows + vblank) * row + 4
    const end = (y + height - 1) * row + x + width
    return {
        fps: (FS_MHZ * 1e6) / frame,
        busBytes: columns * rows,
        captureUs: ((height - 1) * row + width) / FS_MHZ,
        slackToLastLineUs:
            ((rows - y - height) * row + (columns - x - width)) / FS_MHZ,
        slackToNextFrameUs: (frame - end) / FS_MHZ,
        // A frame by lines is whole at VSYNC, and its buffer is wanted again with the first row of the window.
        restUs:
            (strategy === "line" ? (vblank + y) * row : frame - end) / FS_MHZ,
    }
}

/** Of four frames the default program has each back after at most so long. */
const GIVEN_BACK_US = 1400

function expectFigures(
    strategy: ComparedStrategy,
    timing: Timing,
    window: Window
): void {
    const wanted = expected(strategy.strategy, timing, window)
    expect(strategy.window).toEqual(window)
    // With the shortest blanking the only buffer is not always back in time.
    if (wanted.restUs > GIVEN_BACK_US) expect(strategy.dropped).toBe(0)
    // time stamps are whole microseconds, and there are four of them
    expect(strategy.fps.measured).toBeCloseTo(wanted.fps, 1)
    expect(strategy.fps.planned).toBeCloseTo(wanted.fps, 2)
    expect(strategy.busBytesPerFrame).toBe(wanted.busBytes)
    expect(strategy.captureUs).toBeCloseTo(wanted.captureUs, 2)
    expect(strategy.slackToLastLineUs).toBeCloseTo(wanted.slackToLastLineUs, 2)
    expect(strategy.slackToNextFrameUs).toBeCloseTo(
        wanted.slackToNextFrameUs,
        2
    )
}

function of(report: CompareReport, name: string): ComparedStrategy {
    return report.strategies.find(({ strategy }) => strategy === name)!
}

describe.each([
    { board: "nucleo-f429zi", size: 360 },
    { board: "nucleo-f446re", size: 220 },
])("compare of $size x $size on $board", ({ board, size }) => {
    const x = (752 - size) / 2
    const places = { top: 0, centred: (480 - size) / 2, bottom: 480 - size }

    describe.each(Object.entries(places))("%s", (_place, y) => {
        it.each(["default", "fastest"] as const)(
            "measures what the formulas say with %s timing, and no wrong pixel",
            async timing => {
                const window = { x, y, width: size, height: size }

                const { strategies } = await compare(
                    `--board ${board} --window ${size}x${size}+${x}+${y} --timing ${timing}`
                )

                expect(strategies.map(({ strategy }) => strategy)).toEqual([
                    "line",
                    "dcmi-crop",
                    "sensor-window",
                    "rows+crop",
                ])
                for (const strategy of strategies) {
                    expectFigures(strategy, timing, window)
                    expect(strategy).toMatchObject({
                        frames: 4,
                        overruns: 0,
                        torn: 0,
                        pixelErrors: 0,
                        storedBytesPerFrame: size * size,
                    })
                }
            }
        )
    })
})

describe("a comparison of 360x360", () => {
    it("has the frame rates of the sensor's full field and of its window", async () => {
        const board = "--board nucleo-f429zi --window 360x360"

        const slow = await compare(`${board} --timing default`)
        const fast = await compare(`${board} --timing fastest`)

        expect(of(slow, "dcmi-crop").fps.measured).toBeCloseTo(60.02, 1)
        expect(of(fast, "dcmi-crop").fps.measured).toBeCloseTo(67.75, 1)
        expect(of(fast, "sensor-window").fps.measured).toBeCloseTo(104.0, 1)
    })

    // ms until the end of the last row and until the next frame, 752x480 at 26.66 MHz and 846 clocks per row
    it.each([
        { y: 0, rows: 3.815, frame: 5.247 },
        { y: 60, rows: 1.911, frame: 3.343 },
        { y: 120, rows: 0.007, frame: 1.439 },
    ])(
        "from row $y on ends $rows ms before the rows with the DCMI's crop",
        async ({ y, rows, frame }) => {
            const report = await compare(
                `--board nucleo-f429zi --window 360x360+196+${y} --timing default`
            )

            const crop = of(report, "dcmi-crop")
            expect(crop.captureUs / 1000).toBeCloseTo(11.406, 3)
            expect(crop.slackToLastLineUs / 1000).toBeCloseTo(rows, 3)
            expect(crop.slackToNextFrameUs / 1000).toBeCloseTo(frame, 3)
            expect(of(report, "sensor-window").slackToLastLineUs).toBe(0)
        }
    )
})

describe("a comparison of 220x220", () => {
    it("reaches 169.1 fps with the sensor's window", async () => {
        const report = await compare("--board nucleo-f446re")

        expect(of(report, "sensor-window").fps.measured).toBeCloseTo(169.1, 1)
    })

    it("can be asked for a frame rate", async () => {
        const report = await compare("--fps 50")

        for (const { fps } of report.strategies)
            expect(Math.abs(fps.measured! - 50)).toBeLessThan(0.1)
    })

    it("says why there is no JPEG", async () => {
        const { rejected } = await compare("--seed 2")

        expect(rejected).toEqual([
            {
                strategy: "jpeg",
                reason: expect.stringMatching(/encoder.*MT9V034/) as string,
            },
        ])
    })
})

describe("a comparison of an OV2640", () => {
    it("has every way to crop, and the compressed frame", async () => {
        const { strategies, rejected } = await compare(
            "--sensor ov2640 --board nucleo-f429zi --window 224x160"
        )

        expect(rejected).toEqual([])
        expect(strategies.map(({ strategy }) => strategy)).toEqual([
            "line",
            "dcmi-crop",
            "sensor-window",
            "rows+crop",
            "jpeg",
        ])
        for (const { pixelErrors, torn, window } of strategies) {
            expect({ pixelErrors, torn }).toEqual({ pixelErrors: 0, torn: 0 })
            expect(window).toMatchObject({ width: 224, height: 160 })
        }
        // Line and DCMI read all 1200 rows, of which the window's last is number 680.
        const [line, crop, window, rows, jpeg] = strategies
        expect(crop!.slackToLastLineUs).toBeCloseTo(line!.slackToLastLineUs, 2)
        expect(crop!.slackToLastLineUs / crop!.captureUs).toBeCloseTo(
            (1200 - 680) / 160,
            1
        )
        expect(window!.slackToLastLineUs).toBe(0)
        expect(rows!.slackToLastLineUs).toBeGreaterThan(0)
        // The filler after the end marker.
        expect(jpeg!.slackToLastLineUs).toBeGreaterThan(0)
        expect(jpeg!.busBytesPerFrame).toBeLessThan(224 * 160)
        await expect(sharp(jpeg!.files[0]!).metadata()).resolves.toMatchObject({
            format: "jpeg",
            width: 224,
            height: 160,
        })
    })
})

describe("what a comparison leaves in its folder", () => {
    it("is the same in two runs", async () => {
        const first = await compare("--timing default")
        const scopes = texts(first)

        const second = await compare("--timing default")

        expect(second).toEqual(first)
        expect(texts(second)).toEqual(scopes)
    })

    it("is the window of the scene and a scope image of each strategy", async () => {
        const { strategies } = await compare("--window 200x100+300+30")

        for (const { strategy, files } of strategies) {
            const name = strategy.replace("+", "-")
            expect(files.map(file => basename(file))).toEqual([
                `compare-${name}.png`,
                `compare-${name}.svg`,
            ])
            const { data, info } = await sharp(files[0]!)
                .extractChannel(0)
                .raw()
                .toBuffer({ resolveWithObject: true })
            expect([info.width, info.height]).toEqual([200, 100])
            expect(locateChart(data, 200, 100)).toEqual({ x: 300, y: 30 })
        }
    })

    it("shows that rows still come after a DCMI crop, and that a sensor's window ends with its rows", async () => {
        const report = await compare(
            "--board nucleo-f429zi --window 360x360 --timing default"
        )

        const [crop, window] = ["dcmi-crop", "sensor-window"].map(name =>
            readFileSync(of(report, name).files[1]!, "utf8")
        )
        expect(crop).toContain("the capture ends 1.91 ms before the rows end")
        expect(crop).toContain("3.34 ms until the next frame")
        expect(crop).toContain("480 rows, 360 wanted")
        expect(window).toContain("capture and rows end together")
        expect(window).not.toContain("before the rows end")
    })
})

function texts(report: CompareReport): string[] {
    return report.strategies.map(({ files }) => readFileSync(files[1]!, "utf8"))
}

describe("a traced capture", () => {
    const options = {
        board: "nucleo-f446re",
        strategy: Strategy.DCMI_CROP,
        timing: TimingMode.DEFAULT,
        exposureUs: 2000,
        frames: 3,
    } as const

    it("is the same as one that is not traced", async () => {
        const traced = await simulate({ ...options, trace: new CaptureTrace() })
        const plain = await simulate(options)

        expect(traced.log).toEqual(plain.log)
        expect(traced.frames).toEqual(plain.frames)
    })

    it("has the DCMI's crop end with the window's last pixel, and its interrupt with the row", async () => {
        const trace = new CaptureTrace()
        await simulate({ ...options, trace })

        // 220x220 centred: the last wanted pixel is column 486 of row 349
        const { lines } = trace.frames.at(-1)!
        const row = lines[349]!
        const lastWantedNs = row.startNs + 486 * row.periodNs
        const rowEndNs = row.startNs + 752 * row.periodNs
        const fallsNs = trace
            .changesOf("capture")
            .filter(([, level]) => level === 0)
            .map(([timeNs]) => timeNs)
        expect(Math.abs(fallsNs.at(-1)! - lastWantedNs)).toBeLessThan(2)
        const irqNs = trace.signals
            .find(({ name }) => name === "IRQ DCMI")!
            .changes.filter(([, level]) => level === 1)
            .map(([timeNs]) => timeNs)
        const nearest = Math.min(...irqNs.map(ns => Math.abs(ns - rowEndNs)))
        expect(nearest).toBeLessThan(100)
    })

    it("has an exposure of 2 ms that ends where the readout begins", async () => {
        const trace = new CaptureTrace()
        await simulate({ ...options, trace })

        const { sent } = trace.frames.at(-1)!
        const [rise, fall] = trace.changesOf("exposure").slice(-2)
        // whole rows of 31.73 us
        expect((fall![0] - rise![0]) / 1000).toBeCloseTo(sent.exposureUs, 2)
        expect(Math.abs(sent.exposureUs - 2000)).toBeLessThan(32)
        expect(fall![0]).toBe(sent.startNs)
    })
})
