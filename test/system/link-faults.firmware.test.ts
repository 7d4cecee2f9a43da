// SPDX-License-Identifier: MIT
// A link that is saturated, that nobody reads any more, or that talks rubbish: the capture loses no frame to it.

import { afterEach, describe, expect, it } from "vitest"
import { CAMERA_CLASS } from "../../protocol/camera-fields.ts"
import { encodeFrame } from "../../protocol/jacdac-frame.ts"
import { randomWords } from "../support/firmware/slots/fake-flash.ts"
import { LinkRig, type LinkRigOptions } from "../support/system/link-rig.ts"

/** Virtual s of each trouble. */
const TROUBLE_S = 0.7
/** Every frame another one: a byte of a wrong frame would not pass. */
const MOVING = "noise:moving"

const open: LinkRig[] = []
afterEach(() => {
    for (const rig of open.splice(0)) rig.close()
})

async function create(name: string, options: LinkRigOptions): Promise<LinkRig> {
    const rig = await LinkRig.create(name, options)
    open.push(rig)
    return rig
}

/** What a trouble cost: frames that were delivered and not, and what the link sent meanwhile. */
interface Cost {
    readonly delivered: number
    readonly lost: number
    readonly sentBytes: number
}

async function cost(rig: LinkRig, trouble: () => Promise<void>): Promise<Cost> {
    const { board, serial } = rig
    const before = board.record.counters()
    const sentBytes = serial.sentBytes
    await trouble()
    const after = board.record.counters()
    const lost = (["dropped", "skipped", "overruns", "shortFrames"] as const)
        .map(name => after[name] - before[name])
        .reduce((sum, count) => sum + count, 0)
    return {
        delivered: after.delivered - before.delivered,
        lost,
        sentBytes: serial.sentBytes - sentBytes,
    }
}

/** Images, logs, and requests of a Jacdac host at three times the rate that the VM takes. */
async function saturate(rig: LinkRig, deviceId: string): Promise<void> {
    const read = encodeFrame({
        flags: 1,
        deviceId,
        packets: [
            { serviceIndex: 1, command: 0x1180, payload: new Uint8Array(0) },
        ],
    })
    let next = 0
    await rig.run(TROUBLE_S, () => {
        if (rig.board.seconds < next) return
        next = rig.board.seconds + 0.01
        rig.client.sendJacdac(read)
    })
}

/** The line is never silent. */
async function talkRubbish(rig: LinkRig): Promise<void> {
    const random = randomWords(5)
    const usart = rig.board.chip.usart(2)
    await rig.run(TROUBLE_S, () => {
        if (usart.incoming >= 400) return
        const bytes = Uint8Array.from({ length: 400 }, () => random() & 0xff)
        usart.receive(bytes, random() & 1 ? "framing" : undefined)
    })
}

async function helloAgain(rig: LinkRig, reduce: 2 | 4): Promise<void> {
    rig.connect()
    await rig.serial.until(rig.client.hello())
    rig.images.length = 0
    await rig.serial.until(rig.client.stream({ reduce }))
    for (let i = 0; i < 500 && rig.images.length < 2; i++) await rig.run(0.01)
    expect(rig.images.length).toBeGreaterThanOrEqual(2)
}

describe("two buffers, 220x220 at 120 fps", () => {
    it("lose no frame to a link that is saturated, unplugged, or talks rubbish", async () => {
        const rig = await create("stm32f407ve", {
            app: "test/system/programs/talkative.ts",
            scene: MOVING,
        })
        const { serial, board } = rig
        await serial.until(rig.client.hello({ tries: 30 }))
        const lines: string[] = []
        rig.client.onLog = (_, line) => lines.push(line)
        const answers: Uint8Array[] = []
        const host = rig.jacdacHost()
        const { deviceId } = await serial.until(host.find(CAMERA_CLASS))
        const { client } = rig
        client.onJacdac = frame => answers.push(frame.slice())
        await serial.until(client.stream({ reduce: 1 }))
        const line = (client.welcome!.baud / 10) * TROUBLE_S

        const saturated = await cost(rig, () => saturate(rig, deviceId))
        const counters = await serial.until(client.boardCounters())
        expect(saturated.lost).toBe(0)
        expect(saturated.delivered).toBeGreaterThan(80)
        expect(saturated.sentBytes / line).toBeGreaterThan(0.97)
        expect(rig.images.length).toBeGreaterThan(0)
        expect(lines.length).toBeGreaterThan(20)
        expect(answers.length).toBeGreaterThan(15)
        expect(counters.jacdacMetered).toBeGreaterThan(20)

        // Nobody reads, and the board goes on sending.
        client.close()
        const unplugged = await cost(rig, () => rig.run(TROUBLE_S))
        expect(unplugged.lost).toBe(0)
        expect(unplugged.delivered).toBeGreaterThan(80)
        expect(unplugged.sentBytes / line).toBeGreaterThan(0.97)

        const rubbish = await cost(rig, () => talkRubbish(rig))
        expect(rubbish.lost).toBe(0)
        expect(rubbish.delivered).toBeGreaterThan(80)

        await helloAgain(rig, 2)
        const after = await serial.until(rig.client.boardCounters())
        expect(after.badFrames).toBeGreaterThan(100)
        expect(after.lineErrors).toBeGreaterThan(100)
        expect(board.record.counters().dropped).toBe(0)
        expect(rig.wrongBytes).toBe(0)
        expect(rig.client.images.corrupt).toBe(0)
    })
})

describe("one buffer, 220x220 at 120 fps", () => {
    it("loses no more frames than without a link", async () => {
        const rig = await create("nucleo-f446re", { scene: MOVING })
        const { serial, board } = rig
        await serial.until(rig.client.hello({ tries: 30 }))
        await serial.until(rig.client.stream({ reduce: 1 }))
        // To nobody: what the program does for an answer takes its own time, whoever asks.
        await saturate(rig, "0102030405060708")
        const { jacdacReceived, jacdacMetered } = await serial.until(
            rig.client.boardCounters()
        )
        rig.client.close()
        await rig.run(TROUBLE_S)
        await talkRubbish(rig)
        await helloAgain(rig, 4)
        const alone = await create("nucleo-f446re", { scene: MOVING })
        alone.board.run({ seconds: board.seconds })

        expect(jacdacReceived).toBeGreaterThan(15)
        expect(jacdacMetered).toBeGreaterThan(20)
        const { dropped, delivered, overruns } = board.record.counters()
        expect({ dropped, delivered, overruns }).toEqual({
            dropped: alone.board.record.counters().dropped,
            delivered: alone.board.record.counters().delivered,
            overruns: 0,
        })
        expect(rig.wrongBytes).toBe(0)
        expect(rig.images[0]!.bands.length).toBeGreaterThan(1)
    })
})
