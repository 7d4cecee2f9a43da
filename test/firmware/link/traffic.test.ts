// SPDX-License-Identifier: MIT
// The link under load: the token bucket, a saturated USART, a capture beside it.

import { beforeAll, beforeEach, describe, expect, it } from "vitest"
import { LinkClient } from "../../../host/link/link-client.ts"
import { encodeMessage } from "../../../protocol/link/message-codec.ts"
import { COUNTER_NAMES } from "../../../protocol/link/messages.ts"
import { MessageType } from "../../../protocol/link/wire.ts"
import {
    METER_TABLE,
    meteredFrame,
    packetsThat,
} from "../../support/jacdac/meter-table.ts"
import { randomWords } from "../../support/firmware/slots/fake-flash.ts"
import { compileFirmware } from "../../support/firmware/slots/firmware-wasm.ts"
import { CaptureRig } from "../../support/firmware/link/capture-rig.ts"
import { ChipRig } from "../../support/firmware/link/chip-rig.ts"

const MS = 1e6
const S = 1e9

let rig: ChipRig
let client: LinkClient

beforeAll(async () => {
    await compileFirmware()
})

beforeEach(async () => {
    rig = await ChipRig.create()
    client = new LinkClient({ stream: rig, timer: rig.timer, session: 1 })
    await rig.until(client.hello())
})

/** A Jacdac frame of `bytes` bytes in all, of one packet. */
function jacdacFrame(bytes: number, fill = 0): Uint8Array {
    const frame = new Uint8Array(bytes).fill(fill)
    frame[2] = bytes - 12
    frame[12] = bytes - 16
    return frame
}

describe("Jacdac frames of a host", () => {
    it("reach the VM unchanged, in order", () => {
        const frames = [16, 20, 252].map((bytes, i) =>
            jacdacFrame(bytes, i + 1)
        )
        for (const frame of frames) {
            client.sendJacdac(frame)
            rig.run(5 * MS)
        }

        expect(rig.jacdac).toEqual(frames)
    })

    it("are let in at 30 per second after a burst of 8; the rest is counted", async () => {
        const { clock } = rig
        const startNs = clock.nowNs
        let sent = 0
        // 500 per second for 2 s.
        rig.run(2 * S, () => {
            if ((clock.nowNs - startNs) / (2 * MS) < sent) return
            sent++
            client.sendJacdac(jacdacFrame(16, 1))
        })
        rig.run(10 * MS)
        const counters = await rig.until(client.boardCounters())

        expect(sent).toBeGreaterThan(900)
        expect(rig.jacdac.length).toBeGreaterThanOrEqual(8 + 59)
        expect(rig.jacdac.length).toBeLessThanOrEqual(8 + 61)
        expect(counters.jacdacReceived).toBe(rig.jacdac.length)
        expect(counters.jacdacMetered).toBe(sent - rig.jacdac.length)
    })

    it("are let in by packets, as by the simulator's bus", async () => {
        const startNs = rig.clock.nowNs
        let packetsIn = 0
        for (const { atMs, packets, passes, kind } of METER_TABLE) {
            // A frame is on the line for up to 3 ms: it is given to the link when it is due.
            rig.run(startNs + atMs * MS - rig.clock.nowNs)
            rig.takeJacdac(meteredFrame(packets, kind))
            packetsIn += passes ? packets : 0
            expect(
                rig.counters(COUNTER_NAMES)["jacdacReceived"],
                `${packets} packets at ${atMs} ms`
            ).toBe(packetsIn)
        }

        expect(rig.counters(COUNTER_NAMES)).toMatchObject({
            jacdacReceived: packetsThat(true),
            jacdacMetered: packetsThat(false),
        })
    })

    it("that come slower than 30 per second all get through", () => {
        for (let i = 0; i < 60; i++) {
            client.sendJacdac(jacdacFrame(16))
            rig.run(34 * MS)
        }

        expect(rig.jacdac).toHaveLength(60)
    })

    it("are counted as refused when the VM's queue is full", async () => {
        rig.vmAccepts = false
        client.sendJacdac(jacdacFrame(16))
        rig.run(5 * MS)

        expect(await rig.until(client.boardCounters())).toMatchObject({
            jacdacReceived: 0,
            jacdacRefused: 1,
        })
    })

    it("whose length is not what they say are refused by the board, and by the client before", async () => {
        const refused: string[] = []
        client.onRefused = error => refused.push(error.message)
        rig.send(
            encodeMessage(
                {
                    type: MessageType.JACDAC,
                    body: jacdacFrame(16).subarray(0, 14),
                },
                1
            )
        )
        rig.run(5 * MS)

        expect(refused).toEqual([
            "the board refuses JACDAC: a body of 14 bytes, it takes 16",
        ])
        expect(() => client.sendJacdac(new Uint8Array(20))).toThrow(
            "a Jacdac frame of 20 bytes says that it has 12"
        )
    })
})

describe("Jacdac frames of the VM", () => {
    it("reach the host; those that find the queue full are counted", async () => {
        const frames: Uint8Array[] = []
        client.onJacdac = frame => frames.push(frame.slice())
        for (let i = 0; i < 10; i++) rig.sendJacdac(jacdacFrame(252, i))
        rig.run(30 * MS)
        const { jacdacUnsent } = await rig.until(client.boardCounters())

        expect(frames).toEqual(
            [0, 1, 2].map(i => jacdacFrame(252, i)) // 262 bytes each on the wire
        )
        expect(jacdacUnsent).toBe(7)
    })
})

describe("a saturated transmitter", () => {
    it("sends without a gap, and 0.95 of its bytes are bodies", () => {
        const startBytes = rig.sent.length
        const startNs = rig.clock.nowNs
        let bodies = 0
        client.onJacdac = frame => (bodies += frame.length)
        rig.run(1 * S, () => {
            while (rig.exports.cam_usart_tx_free() > 500)
                rig.sendJacdac(jacdacFrame(252, 0xaa))
        })

        const seconds = (rig.clock.nowNs - startNs) / S
        const line = (918_367 / 10) * seconds
        expect((rig.sent.length - startBytes) / line).toBeGreaterThan(0.99)
        expect(bodies / line).toBeGreaterThan(0.95)
    })

    it("answers a request within the time that its queue takes", async () => {
        const flood = (): void => {
            for (let i = 0; i < 8; i++) rig.log(1, "x".repeat(200))
        }
        rig.run(20 * MS, flood)
        const startNs = rig.clock.nowNs
        let answeredNs = 0
        const answer = client.boardCounters().then(counters => {
            answeredNs = rig.clock.nowNs
            return counters
        })
        while (answeredNs === 0) {
            rig.run(1 * MS, flood)
            await new Promise(resolve => setImmediate(resolve))
        }

        expect((await answer).logsDropped).toBeGreaterThan(0)
        expect(answeredNs - startNs).toBeLessThan(20 * MS)
    })
})

describe("a capture beside the link", () => {
    it("drops no frame while the link is saturated both ways and talks rubbish", () => {
        const random = randomWords(3)
        // Frames of two buffers, looked at once per millisecond; the camera needs 1.8 ms for one.
        const capture = new CaptureRig(rig)
        rig.run(1 * S, () => {
            capture.look()
            for (let i = 0; i < 4; i++) rig.log(1, "x".repeat(200))
            rig.send(Uint8Array.from({ length: 92 }, () => random() & 0xff))
        })
        capture.camera.stop()
        const [frames, delivered, dropped, , , overruns, short, dmaErrors] =
            capture.counters()

        expect(frames).toBeGreaterThan(500)
        expect(delivered).toBeGreaterThan(500)
        expect([dropped, overruns, short, dmaErrors]).toEqual([0, 0, 0, 0])
        expect(rig.interrupts.get(17)).toBeGreaterThan(50)
        expect(rig.interrupts.get(17)).toBeLessThan(400)
    })
})
