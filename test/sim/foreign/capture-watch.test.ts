// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import {
    CaptureWatch,
    type TakenFrame,
} from "../../../sim/foreign/capture-watch.ts"
import type { SensorFrame } from "../../../sim/sensors/sensor-model.ts"
import type { CaptureEvent } from "../../../sim/stm32/dcmi/dcmi-capture.ts"

const MB = 1 << 20

/** A watch whose parts are moved by hand. */
function watched() {
    const taken: TakenFrame[] = []
    const sensor = {
        onFrame: undefined as ((frame: SensorFrame) => void) | undefined,
        expected: () => new Uint8Array(MB),
    }
    const dcmi = {
        onCapture: undefined as ((event: CaptureEvent) => void) | undefined,
        readUint32: () => 0,
    }
    const dma2 = {
        onWrite: undefined as
            ((address: number, bytes: Uint8Array) => void) | undefined,
    }
    const watch = new CaptureWatch(sensor, dcmi, dma2, frame =>
        taken.push(frame)
    )
    const tell = (kind: CaptureEvent["kind"], timeNs: number) =>
        dcmi.onCapture!({ kind, timeNs, lastByteNs: timeNs })
    const write = (address: number, bytes: number) =>
        dma2.onWrite!(address, new Uint8Array(bytes))
    return { watch, taken, sensor, tell, write }
}

describe("a watch of any firmware's capture", () => {
    it("keeps 8 MB of a frame that never ends", () => {
        const { watch, taken, sensor, tell, write } = watched()
        tell("start", 0)
        for (let piece = 0; piece < 64; piece++) write(0x20000000, MB)
        sensor.onFrame!({ sequence: 0 } as SensorFrame)
        tell("end", 1)
        watch.finish()

        expect(taken).toHaveLength(1)
        expect(taken[0]!.bytes).toHaveLength(8 * MB)
        expect(taken[0]!.runs).toHaveLength(8)
        expect(taken[0]!.exact).toBe(false)
    })

    it("judges a frame by what the sensor sent of it, not by what it sent until the next capture", () => {
        const { watch, taken, sensor, tell } = watched()
        const send = (sequence: number, startNs: number, unusable: boolean) =>
            sensor.onFrame!({ sequence, startNs, unusable } as SensorFrame)
        tell("start", 0)
        tell("end", 8)
        send(0, 0, true)
        send(1, 10, false)
        send(2, 20, false)
        tell("start", 30)
        send(3, 30, false)
        tell("end", 38)
        send(4, 40, false)
        watch.finish()

        expect(taken.map(({ sent }) => sent.sequence)).toEqual([0, 3])
        expect(watch.unusableFrames).toBe(1)
    })
})
