// SPDX-License-Identifier: MIT
// The page's hand on a camera whose meter drops packets: what was asked for last arrives all the same.

import { beforeEach, describe, expect, it } from "vitest"
import { JacdacCameraControl } from "../../../host/targets/camera-control.ts"
import type { ViewRequest } from "../../../host/view/messages/messages.ts"
import {
    CAMERA_CLASS,
    CAMERA_REGISTERS,
} from "../../../protocol/camera-fields.ts"
import {
    Command,
    decodeFrame,
    encodeFrame,
    type JacdacPacket,
} from "../../../protocol/jacdac-frame.ts"
import {
    PixelFormat,
    Strategy,
    TestPattern,
} from "../../../protocol/capture.ts"

const DEVICE = "c963562396046398"
const WANTED: ViewRequest = {
    window: { x: 266, y: 130, width: 220, height: 220 },
    binning: 1,
    fps: 120,
    strategy: Strategy.AUTO,
    format: PixelFormat.AUTO,
    exposureUs: 0,
    gain: 0,
    testPattern: TestPattern.NONE,
}

let sent: JacdacPacket[]
let nowUs: number
let control: JacdacCameraControl
/** On a line where nobody announces a camera. */
let silent: JacdacCameraControl
/** What waits for its time. */
const late: (() => void)[] = []

beforeEach(async () => {
    sent = []
    nowUs = 0
    let hear: (frame: Uint8Array) => void = () => {}
    const line = {
        send: (frame: Uint8Array) =>
            void sent.push(...decodeFrame(frame.slice()).packets),
        onFrame: (listener: typeof hear) => {
            hear = listener
            return () => {}
        },
    }
    const timers = {
        nowUs: () => nowUs,
        after: (_: number, run: () => void) => void late.push(run),
    }
    late.length = 0
    silent = new JacdacCameraControl(
        { send: () => {}, onFrame: () => () => {} },
        timers,
        WANTED
    )
    control = new JacdacCameraControl(line, timers, WANTED)
    const payload = new Uint8Array(8)
    new DataView(payload.buffer).setUint32(4, CAMERA_CLASS, true)
    hear(
        encodeFrame({
            flags: 0,
            deviceId: DEVICE,
            packets: [{ serviceIndex: 0, command: Command.ANNOUNCE, payload }],
        })
    )
    await new Promise(resolve => setImmediate(resolve))
})

/** Codes of the registers that were written since the last call; time for more passes. */
function written(): number[] {
    const codes = sent
        .filter(({ command }) => (command & 0xf000) === Command.SET)
        .map(({ command }) => command & 0xfff)
    sent = []
    nowUs += 1e6
    return codes
}

const { window, fps } = CAMERA_REGISTERS

describe("a control whose writes may be dropped", () => {
    it("writes them again when something was dropped, and only then", () => {
        control.want({ ...WANTED, fps: 60 })
        const first = written()
        control.lookedAtMeter(false)
        const quiet = written()
        control.lookedAtMeter(true)
        const again = written()

        expect([first, quiet, again]).toEqual([[fps.code], [], [fps.code]])
    })

    it("keeps the newest of each register, until the meter was quiet for a while", () => {
        control.want({ ...WANTED, fps: 60 })
        written()
        control.want({ ...WANTED, fps: 60, window: { ...WANTED.window, x: 8 } })
        written()
        control.lookedAtMeter(true)
        const both = written()
        control.lookedAtMeter(false)
        control.lookedAtMeter(false)
        control.lookedAtMeter(true)

        expect(both.sort()).toEqual([window.code, fps.code])
        expect(written()).toEqual([])
    })
})

it("says that a program offers no camera when it has had three seconds for it", () => {
    expect([silent.absent, control.absent]).toEqual([false, false])
    for (const run of late.splice(0)) run()
    expect([silent.absent, control.absent]).toEqual([true, false])
})
