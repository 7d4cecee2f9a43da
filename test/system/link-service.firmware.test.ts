// SPDX-License-Identifier: MIT
// A host that floods the camera service of an emulated board over its link.

import { afterEach, describe, expect, it } from "vitest"
import type { LinkCounters } from "../../protocol/link/messages.ts"
import { CameraClient } from "../../host/jacdac/camera-client.ts"
import { CAMERA_CLASS } from "../../protocol/camera-fields.ts"
import { encodeFrame } from "../../protocol/jacdac-frame.ts"
import { LinkRig } from "../support/system/link-rig.ts"

const SECONDS = 10
/** What the VM takes: 30 per second, 8 at once. */
const LET_IN_MAX = 30 * SECONDS + 8

/** Registers of all sorts: window, mode, counters, latest_frame, error, requests, and one that there is not. */
const READS = [0x1080, 0x1180, 0x1184, 0x1185, 0x1187, 0x1189, 0x10ff]

let rig: LinkRig | undefined
afterEach(() => rig?.close())

function requests(deviceId: string): (i: number) => Uint8Array {
    const request = (command: number, ...payload: number[]): Uint8Array =>
        encodeFrame({
            flags: 1,
            deviceId,
            packets: [
                {
                    serviceIndex: 1,
                    command,
                    payload: Uint8Array.from(payload),
                },
            ],
        })
    const reads = READS.map(command => request(command))
    return i =>
        reads[i % 8] ??
        request(0x2080, i & 0xff, 0, (i >> 4) & 0xff, 0, 0, 0, 0, 0)
}

describe("1,000 service requests per second for 10 s, on a board of two buffers", () => {
    it("end no program, lose no frame of 220x220 at 120 fps, and the excess is counted", async () => {
        rig = await LinkRig.create("stm32f407ve")
        const { board, serial, client } = rig
        await serial.until(client.hello({ tries: 30 }))
        const host = rig.jacdacHost()
        const { deviceId } = await serial.until(host.find(CAMERA_CLASS))
        const request = requests(deviceId)
        const { clock } = board
        const before = await serial.until(client.boardCounters())
        const frames = board.record.counters().delivered

        // As the line takes them: each at its own millisecond.
        for (let i = 0; i < 1000 * SECONDS; i++)
            clock.after(i * 1e6, () => client.sendJacdac(request(i)))
        await rig.run(SECONDS)
        const after = await serial.until(client.boardCounters())
        const came = (name: keyof LinkCounters): number =>
            after[name] - before[name]
        await rig.run(0.5)

        const { dropped, skipped, delivered, overruns } =
            board.record.counters()
        expect({ dropped, skipped, overruns }).toEqual({
            dropped: 0,
            skipped: 0,
            overruns: 0,
        })
        expect(delivered - frames).toBeGreaterThan(120 * SECONDS - 2)
        expect(
            came("jacdacReceived") +
                came("jacdacMetered") +
                came("jacdacRefused")
        ).toBe(1000 * SECONDS)
        expect(came("jacdacReceived")).toBeLessThanOrEqual(LET_IN_MAX)
        expect(came("jacdacReceived")).toBeGreaterThan(LET_IN_MAX - 20)
        // It still answers, and has done what was let in.
        const camera = await serial.until(CameraClient.find(host))
        const { applied } = await serial.until(camera.read("requests"))
        expect(applied).toBeGreaterThan(10)
    })
})
