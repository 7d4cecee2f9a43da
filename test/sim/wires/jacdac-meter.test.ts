// SPDX-License-Identifier: MIT
// The token bucket in front of the VM, and what the Jacdac bus does with frames.

import { describe, expect, it } from "vitest"
import { JacdacBus } from "../../../sim/wires/jacdac-bus.ts"
import { PacketMeter, VM_PACE } from "../../../sim/wires/jacdac-meter.ts"
import {
    METER_TABLE,
    meteredFrame,
    packetsThat,
} from "../../support/jacdac/meter-table.ts"

const request = meteredFrame

describe("PacketMeter, 30 packets/s with a burst of 4", () => {
    const options = { packetsPerSecond: 30, burst: 4 }

    it("lets a burst pass, then one packet each 33.3 ms", () => {
        const meter = new PacketMeter(options)
        const frame = request(1)

        const burst = [0, 1, 2, 3, 4].map(us => meter.take(frame, us))
        const later = [33_000, 33_400, 34_000, 66_800].map(us =>
            meter.take(frame, us)
        )

        expect(burst).toEqual([true, true, true, true, false])
        expect(later).toEqual([false, true, false, true])
        expect(meter.passed).toBe(6)
        expect(meter.dropped).toBe(3)
    })

    it("lets 300 + 4 of 10,000 pass in 10 s", () => {
        const meter = new PacketMeter(options)
        const frame = request(1)

        for (let ms = 0; ms < 10_000; ms++) meter.take(frame, ms * 1000)

        expect(meter.passed).toBe(303)
        expect(meter.dropped).toBe(9697)
    })

    it("counts packets, not frames: one with more than the burst never passes", () => {
        const meter = new PacketMeter(options)

        expect(meter.take(request(5), 1e9)).toBe(false)
        expect(meter.take(request(4), 1e9)).toBe(true)
        expect(meter.passed).toBe(4)
        expect(meter.dropped).toBe(5)
    })

    it("saves no more than a burst in a long pause", () => {
        const meter = new PacketMeter(options)
        const frame = request(4)
        meter.take(frame, 0)

        expect(meter.take(frame, 3600e6)).toBe(true)
        expect(meter.take(request(1), 3600e6)).toBe(false)
    })

    it("says how long the next packet waits", () => {
        const meter = new PacketMeter(options)

        expect(meter.waitUs(0)).toBe(0)
        meter.take(request(4), 0)
        expect(meter.waitUs(0)).toBe(33_334)
        expect(meter.waitUs(33_334)).toBe(0)
    })
})

describe("the pace of the VM", () => {
    it("lets in what the firmware's does", () => {
        const meter = new PacketMeter(VM_PACE)
        for (const { atMs, packets, passes, kind } of METER_TABLE)
            expect(
                meter.take(
                    meteredFrame(packets, kind),
                    1000 * (100_000 + atMs)
                ),
                `${packets} packets at ${atMs} ms`
            ).toBe(passes)
        expect(meter.passed).toBe(packetsThat(true))
        expect(meter.dropped).toBe(packetsThat(false))
    })
})

describe("JacdacBus", () => {
    it("keeps what the VM does not take, in order, and counts damaged frames", () => {
        let woken = 0
        const bus = new JacdacBus({
            nowUs: () => 0,
            onWaiting: () => woken++,
        })
        const first = request(1)
        const second = request(2)
        const damaged = request(1)
        damaged[5]! ^= 1
        const taken: Uint8Array[] = []

        bus.send(first)
        bus.send(damaged)
        bus.send(second)
        const all = bus.deliver(frame => {
            if (taken.length === 1) return false
            taken.push(frame)
            return true
        })
        const rest = bus.deliver(frame => {
            taken.push(frame)
            return true
        })

        expect([all, rest]).toEqual([false, true])
        expect(taken).toEqual([first, second])
        expect(woken).toBe(2)
        expect(bus.counters).toEqual({ passed: 3, dropped: 0, damaged: 1 })
    })

    it("gives each listener bytes of its own, until it ends", () => {
        const bus = new JacdacBus({ nowUs: () => 0, onWaiting: () => {} })
        const heard: Uint8Array[] = []
        const stop = bus.onFrame(frame => heard.push(frame))
        const frame = request(1)

        bus.sent(frame)
        stop()
        bus.sent(frame)

        expect(heard).toEqual([frame])
        expect(heard[0]).not.toBe(frame)
    })
})
