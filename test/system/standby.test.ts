// SPDX-License-Identifier: MIT
// camera.sleep() and wake(): no pixel clock while the sensor stands by, the same frames afterwards.

import { describe, expect, it } from "vitest"
import { readBoard, type BoardFile } from "../../boards/board-file.ts"
import { PixelFormat, type CaptureRequest } from "../../protocol/capture.ts"
import type { SensorName } from "../../protocol/names.ts"
import { CableRig } from "../support/system/cable-rig.ts"

const GRAY: CaptureRequest = {
    format: PixelFormat.GRAY8,
    size: { width: 160, height: 120 },
}

/** A board that wires neither STANDBY nor RESET. */
function withoutPins(sensor: SensorName): BoardFile {
    const board = readBoard("nucleo-f446re", sensor)
    return {
        ...board,
        sensor: { ...board.sensor, standbyPin: undefined, resetPin: undefined },
    }
}

describe("a sensor that stands by", () => {
    it.each([
        [
            "mt9v034",
            "by its pin",
            readBoard("nucleo-f446re", "mt9v034"),
            { window: { width: 220, height: 220 }, fps: 120 },
        ],
        ["ov2640", "by its pin", readBoard("nucleo-f446re", "ov2640"), GRAY],
        ["ov2640", "by register", withoutPins("ov2640"), GRAY],
    ] as const)("%s, %s", async (sensor, _how, board, request) => {
        const rig = await CableRig.boot({
            app: "test/system/programs/sleeps.ts",
            sensor,
            board,
            request,
        })
        while (!rig.console.includes("asleep")) rig.run(0.01)
        const asleepMs = rig.nowMs
        rig.run(0.2)
        expect(rig.simulation.sensor.pixclkNs).toBe(0)
        expect(rig.framesAfter(asleepMs)).toEqual([])
        const before = rig.frames.at(-1)!.frame

        while (!rig.console.includes("awake")) rig.run(0.01)
        const awakeMs = rig.nowMs
        rig.run(0.6)
        const after = rig.framesAfter(awakeMs)

        expect(after.length).toBeGreaterThan(3)
        expect(after.at(-1)!.window).toEqual(before.window)
        expect(rig.simulation.record.counters()).toMatchObject({
            torn: 0,
            pixelErrors: 0,
            restarts: 0,
        })
    })
})
