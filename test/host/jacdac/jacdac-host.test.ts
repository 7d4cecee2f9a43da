// SPDX-License-Identifier: MIT
// A Jacdac host on a line whose other end the test plays: finding, reading, writing, events, losses.

import { beforeEach, describe, expect, it } from "vitest"
import {
    decodeFrame,
    encodeFrame,
    type JacdacFrame,
} from "../../../protocol/jacdac-frame.ts"
import {
    JacdacHost,
    type ServiceEvent,
} from "../../../host/jacdac/jacdac-host.ts"

const CLASS = 0x12fa29c9
const DEVICE = "c963562396046398"
const SERVICE = { deviceId: DEVICE, serviceIndex: 1, serviceClass: CLASS }

let nowUs: number
let timers: { atUs: number; run: () => void }[]
let sent: JacdacFrame[]
let listener: ((frame: Uint8Array) => void) | undefined
let host: JacdacHost

beforeEach(() => {
    nowUs = 0
    timers = []
    sent = []
    host = new JacdacHost(
        {
            send: frame => sent.push(decodeFrame(frame)),
            onFrame: hears => {
                listener = hears
                return () => {
                    listener = undefined
                }
            },
        },
        {
            nowUs: () => nowUs,
            after: (delayUs, run) =>
                timers.push({ atUs: nowUs + delayUs, run }),
        }
    )
})

/** Let time pass, timer by timer. */
function advance(us: number): void {
    const endUs = nowUs + us
    for (;;) {
        timers.sort((a, b) => a.atUs - b.atUs)
        const next = timers[0]
        if (!next || next.atUs > endUs) break
        timers.shift()
        nowUs = next.atUs
        next.run()
    }
    nowUs = endUs
}

function report(
    serviceIndex: number,
    command: number,
    payload: readonly number[],
    deviceId = DEVICE
): void {
    listener?.(
        encodeFrame({
            flags: 0,
            deviceId,
            packets: [
                { serviceIndex, command, payload: new Uint8Array(payload) },
            ],
        })
    )
}

function write(register: number, value: number): void {
    host.write(SERVICE, [{ register, payload: new Uint8Array([value]) }])
}

function announce(deviceId = DEVICE): void {
    report(0, 0, [1, 0, 1, 0, 0xc9, 0x29, 0xfa, 0x12], deviceId)
}

describe("JacdacHost, services", () => {
    it("are found when their device announces them, and lost after 2 s of silence", async () => {
        const found = host.find(CLASS)
        expect(host.services(CLASS)).toEqual([])

        announce()

        expect(await found).toEqual(SERVICE)
        advance(2_000_000)
        expect(host.services(CLASS)).toEqual([SERVICE])
        advance(1)
        expect(host.services(CLASS)).toEqual([])
    })
})

describe("JacdacHost, reading", () => {
    it("asks the service, and hands over its answer", async () => {
        const value = host.read(SERVICE, 0x81)

        report(1, 0x1081, [0xc3, 0xd4, 0x01, 0x00])

        expect(sent).toEqual([
            {
                flags: 1,
                deviceId: DEVICE,
                packets: [
                    {
                        serviceIndex: 1,
                        command: 0x1081,
                        payload: new Uint8Array(0),
                    },
                ],
            },
        ])
        expect([...(await value)]).toEqual([0xc3, 0xd4, 0x01, 0x00])
    })

    it("has one read on its way at a time", async () => {
        const first = host.read(SERVICE, 0x80)
        const second = host.read(SERVICE, 0x81)
        expect(sent).toHaveLength(1)

        report(1, 0x1080, [1])
        expect(sent).toHaveLength(2)
        report(1, 0x1081, [2])

        expect([...(await first), ...(await second)]).toEqual([1, 2])
    })

    it("takes no answer of another device, service or register", async () => {
        const value = host.read(SERVICE, 0x80)

        report(1, 0x1080, [1], "0000000000000001")
        report(2, 0x1080, [2])
        report(1, 0x1081, [3])
        report(1, 0x1080, [4])

        expect([...(await value)]).toEqual([4])
    })

    it("asks once more when no answer comes in 2 s, and then gives up", async () => {
        const value = host.read(SERVICE, 0x80)
        const failed = expect(value).rejects.toThrow(
            `register 0x80 of device ${DEVICE}: no answer in 2 attempts of 2 s`
        )

        advance(2_000_000)
        expect(sent).toHaveLength(2)
        advance(2_000_000)

        await failed
        expect(sent).toHaveLength(2)
    })

    it("fails at once when there is no such register", async () => {
        const value = host.read(SERVICE, 0xff)

        report(1, 0x0003, [0xff, 0x10, 0, 0])

        await expect(value).rejects.toThrow("has no register 0xff")
    })

    it("fails when the line is closed", async () => {
        const value = host.read(SERVICE, 0x80)

        host.close()

        await expect(value).rejects.toThrow("the Jacdac line was closed")
        expect(listener).toBeUndefined()
    })

    it("is not disturbed by damaged frames", async () => {
        const value = host.read(SERVICE, 0x80)

        listener!(new Uint8Array(20))
        report(1, 0x1080, [4])

        expect([...(await value)]).toEqual([4])
    })
})

describe("JacdacHost, writing", () => {
    it("keeps to 25 packets/s, and sends only the newest of what waits for one register", () => {
        for (let x = 0; x < 50; x++) write(0x80, x)
        expect(sent).toHaveLength(8)

        advance(1_000_000)

        expect(sent.map(({ packets }) => packets[0]!.payload[0])).toEqual([
            0, 1, 2, 3, 4, 5, 6, 7, 49,
        ])
    })

    it("never sends faster than the VM takes", () => {
        for (let register = 0x80; register < 0xb0; register++)
            write(register, 1)

        advance(1_000_000)

        expect(sent).toHaveLength(33)
    })

    it("puts registers that belong together into one frame, less those that are newer", () => {
        for (let i = 0; i < 8; i++) write(0x90, i)
        const payload = new Uint8Array([1])
        host.write(SERVICE, [
            { register: 0x80, payload },
            { register: 0x89, payload },
        ])
        write(0x80, 2)

        advance(1_000_000)

        expect(
            sent
                .slice(8)
                .map(({ packets }) =>
                    packets.map(({ command, payload: [value] }) => [
                        command,
                        value,
                    ])
                )
        ).toEqual([[[0x2089, 1]], [[0x2080, 2]]])
    })

    it("refuses more registers at once than the VM takes", () => {
        const payload = new Uint8Array(1)
        const writes = Array.from({ length: 9 }, (_, i) => ({
            register: 0x80 + i,
            payload,
        }))

        expect(() => host.write(SERVICE, writes)).toThrow(
            "9 registers at once, at most 8 pass"
        )
    })
})

describe("JacdacHost, events", () => {
    it("come once, however often they are repeated, and only to their service", () => {
        const events: ServiceEvent[] = []
        host.onEvent(SERVICE, event => events.push(event))

        for (const command of [0x8183, 0x8183, 0x8183, 0x8283])
            report(1, command, [7])
        report(2, 0x8384, [])
        report(1, 0x8483, [8], "0000000000000001")

        expect(events.map(({ code, payload }) => [code, ...payload])).toEqual([
            [0x83, 7],
            [0x83, 7],
        ])
    })

    it("with a number used again are new after half a second", () => {
        let events = 0
        const stop = host.onEvent(SERVICE, () => events++)

        report(1, 0x8183, [])
        advance(500_000)
        report(1, 0x8183, [])
        stop()
        report(1, 0x8283, [])

        expect(events).toBe(2)
    })
})
