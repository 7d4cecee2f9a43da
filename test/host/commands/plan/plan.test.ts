// SPDX-License-Identifier: MIT
// `camscript plan` as people and as programs read it.

import { describe, expect, it } from "vitest"
import { main } from "../../../../host/main.ts"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"
import type {
    ImpossibleStrategy,
    PlannedStrategy,
    PlanReport,
} from "../../../../protocol/plan-report.ts"

async function plan(line: string) {
    const terminal = recordingTerminal()
    const exitCode = await main(["plan", ...line.split(" ")], terminal)
    return { exitCode, stdout: terminal.stdout, stderr: terminal.stderr }
}

async function report(line: string): Promise<PlanReport> {
    const { stdout, stderr } = await plan(`${line} --json`)
    expect(stderr).toBe("")
    expect(stdout).toMatch(/^\{.*\}\n$/)
    return JSON.parse(stdout) as PlanReport
}

function strategy(report: PlanReport, name: string): PlannedStrategy {
    const found = report.strategies.find(entry => entry.name === name)
    if (!found?.ok) throw new Error(`${name} is not possible`)
    return found
}

describe("camscript plan --json", () => {
    it.each([
        { timing: "default", whole: 60.02, sensor: 77.81, rows: 77.81 },
        { timing: "fastest", whole: 67.75, sensor: 104.03, rows: 90.09 },
    ])(
        "has the frame rates of 360x360 on the board with 192 KB, $timing",
        async ({ timing, whole, sensor, rows }) => {
            const made = await report(
                `--board nucleo-f429zi --window 360x360 --timing ${timing}`
            )

            expect(made.chosen).toBe("sensor-window")
            expect(made.sensor).toBe("mt9v034")
            expect(made.strategies.map(({ name }) => name)).toEqual([
                "line",
                "dcmi-crop",
                "sensor-window",
                "rows+crop",
                "jpeg",
            ])
            expect(strategy(made, "line").fps).toBeCloseTo(whole, 2)
            expect(strategy(made, "dcmi-crop").fps).toBeCloseTo(whole, 2)
            expect(strategy(made, "sensor-window").fps).toBeCloseTo(sensor, 2)
            expect(strategy(made, "rows+crop").fps).toBeCloseTo(rows, 2)
        }
    )

    it("has stages, registers and costs of a DCMI crop", async () => {
        const made = await report(
            "--window 220x220 --timing default --strategy dcmi-crop"
        )
        const crop = strategy(made, "dcmi-crop")

        const window = { x: 266, y: 130, width: 220, height: 220 }
        expect(made.chosen).toBe("dcmi-crop")
        expect(crop).toMatchObject({
            reason: null,
            window,
            size: { width: 220, height: 220 },
            dma: { transfers: 1, words: 12_100 },
            busBytesPerFrame: 360_960,
            storedBytesPerFrame: 48_400,
            buffers: 1,
            ramBytes: 48_400,
        })
        expect(crop.stages).toEqual([
            {
                stage: "sensor",
                window: { x: 0, y: 0, width: 752, height: 480 },
                bytes: 360_960,
            },
            { stage: "dcmi", window, bytes: 48_400 },
            { stage: "software", window, bytes: 48_400 },
        ])
        expect(crop.registers).toContainEqual({
            part: "DCMI",
            name: "DCMI_CWSTRT",
            value: 130 * 65_536 + 266,
        })
        expect(crop.registers).toContainEqual({
            part: "MT9V034",
            name: "VERTICAL_BLANKING",
            value: 45,
        })
        expect(crop.irqsPerSecond).toBeCloseTo(2 * 60.024, 1)
        // 522 rows of 846 clocks
        expect(crop.exposureMaxUs).toBeCloseTo((522 * 846) / 26.66, 1)
    })

    it("counts the two rows of line mode in its RAM, and lets the DCMI drop the columns before them", async () => {
        const rowsOf = async (flip: string): Promise<PlannedStrategy> =>
            strategy(
                await report(`--window 220x220+100+130 --flip ${flip}`),
                "line"
            )
        const line = await rowsOf("none")

        expect(line.ramBytes).toBe(48_400 + 2 * 652)
        expect(line.stages.map(({ bytes }) => bytes)).toEqual([
            360_960,
            652 * 480,
            48_400,
        ])
        expect(line.stages[1]!.window).toEqual({
            x: 100,
            y: 0,
            width: 652,
            height: 480,
        })
        // 752 - 100 - 220 columns are before the window that the sensor reads from the right.
        expect((await rowsOf("hflip")).stages[1]!.window).toEqual({
            x: 0,
            y: 0,
            width: 320,
            height: 480,
        })
    })

    it("answers which stage should crop", async () => {
        const { answer } = await report("--window 220x220 --timing fastest")

        expect(answer).toMatch(
            /^The sensor should crop: 48,400 bytes per frame on the bus at 169\.06 fps, 169 interrupts\/s, instead of 360,960 /
        )
    })

    it("says that a whole field is not cropped", async () => {
        const { answer } = await report(
            "--sensor ov2640 --board nucleo-f429zi --window 1600x1200 --size 400x300"
        )

        expect(answer).toMatch(/^Nothing is to be cropped: 120,000 bytes/)
    })

    it("has a JPEG's bytes and latency as null", async () => {
        const made = await report(
            "--sensor ov2640 --size 640x480 --format jpeg"
        )

        expect(made.chosen).toBe("jpeg")
        expect(strategy(made, "jpeg")).toMatchObject({
            busBytesPerFrame: null,
            latencyUs: null,
            size: { width: 640, height: 480 },
        })
    })

    it("has the reason, with the sum, for each that cannot be had", async () => {
        const made = await report("--window 360x360")

        expect(made.chosen).toBeNull()
        expect(made.answer).toMatch(
            /^No stage can: .*129600 bytes per frame.*; the largest window of this shape that fits is 280x280\.$/
        )
        const reasons = made.strategies as readonly ImpossibleStrategy[]
        expect(reasons.every(({ ok }) => !ok)).toBe(true)
        expect(reasons[2]!.reason).toBe(
            "window 360x360 needs 129600 bytes per frame; the board has 79360 bytes of frame memory " +
                "(131072 of RAM - 51712 for stacks, VM and heaps)"
        )
        expect(reasons[4]!.reason).toBe(
            "strategy jpeg needs an encoder, the MT9V034 has none"
        )
    })
})

describe("camscript plan", () => {
    it("marks the chosen strategy and lists its registers", async () => {
        const { exitCode, stdout } = await plan("--window 220x220 --fps 120")

        expect(exitCode).toBe(0)
        expect(stdout).toMatch(/^\* sensor-window +120\.00 +48,400/m)
        expect(stdout).toMatch(/^ {2}dcmi-crop +67\.75 +360,960/m)
        expect(stdout).toMatch(
            /^ {2}jpeg +out: strategy jpeg needs an encoder/m
        )
        expect(stdout).toMatch(/COLUMN_START=0x10b/)
    })

    it("exits with 1 when what was asked for is impossible, though another strategy is not", async () => {
        const { exitCode, stdout } = await plan("--strategy jpeg")

        expect(exitCode).toBe(1)
        expect(stdout).not.toMatch(/^\*/m)
        expect(stdout).toMatch(/The sensor should crop/)
    })

    it("exits with 2 for wrong usage", async () => {
        const { exitCode, stderr } = await plan("--ram 0")

        expect(exitCode).toBe(2)
        expect(stderr).toMatch(/--ram 0/)
    })
})
