// SPDX-License-Identifier: MIT
// Faults inside the chip, by what the native code captures of a fake camera's frames.

import { beforeEach, describe, expect, it } from "vitest"
import { chipFaults } from "../../../sim/faults/chip-faults.ts"
import type { Effect } from "../../../sim/faults/effect.ts"
import { EdgeSampler } from "../../../sim/stm32/dcmi/edge-sampler.ts"
import {
    bootRig,
    FRAME_NS,
    frameOf,
    START,
    type Rig,
} from "../../support/native/rig.ts"
import { scheduled } from "../../support/faults/fault-rig.ts"

/** Between the start of frame 3 and its first row. */
const HURT = 3
const START_DELAY_NS = 10_000

let rig: Rig

beforeEach(async () => {
    rig = await bootRig({})
    rig.rules.permit()
    rig.setMode({ buffers: 4 })
    rig.control(START)
})

function inject(fault: object, laterNs = 0): Effect {
    const { clock, chip } = rig
    const atNs = clock.nowNs + START_DELAY_NS + HURT * FRAME_NS + 1000 + laterNs
    const [effect] = scheduled(clock, chipFaults(clock, chip), [
        { at: atNs * 1e-9, ...fault },
    ])
    rig.camera.start(START_DELAY_NS)
    return effect!
}

/** Numbers of the frames that come, each of which must be right. */
function framesThat(last: number): number[] {
    const taken: number[] = []
    for (let frame = 0; frame <= last; frame++) {
        rig.runPast(frame)
        for (let lent = rig.next(); lent; lent = rig.next()) {
            const pixels = rig.pixels(lent.index)
            for (let n = 0; n <= last; n++)
                if (Buffer.compare(pixels, frameOf(n)) === 0) taken.push(n)
            rig.release(lent.index)
        }
    }
    return taken
}

describe("inside the chip", () => {
    it("without a fault every frame comes", () => {
        rig.camera.start(START_DELAY_NS)
        expect(framesThat(6)).toEqual([0, 1, 2, 3, 4, 5, 6])
    })

    it("dcmi-overrun: the frame is lost, by OVR", () => {
        const effect = inject({ fault: "dcmi-overrun" })
        expect(framesThat(6)).toEqual([0, 1, 2, 4, 5, 6])
        expect(rig.counters()).toMatchObject({ overruns: 1, dmaErrors: 0 })
        expect(effect.overNs).toBe(effect.happenedNs)
    })

    it("dma-error: the frame is lost, by TEIF", () => {
        inject({ fault: "dma-error" })
        expect(framesThat(6)).not.toContain(HURT)
        expect(rig.counters().dmaErrors).toBe(1)
    })

    it("fifo-error: the flag is set, and the words are moved", () => {
        const effect = inject({ fault: "fifo-error" })
        const taken = framesThat(HURT - 1)
        while (effect.happenedNs === undefined) rig.run(100)
        // LISR, FEIF1 (RM0090 §10.5.1).
        expect(rig.chip.bus.read32(0x40026400) & (1 << 6)).not.toBe(0)
        expect([...taken, ...framesThat(6)]).toEqual([0, 1, 2, 3, 4, 5, 6])
    })

    it("dma-late: longer than the FIFO holds out, the frame is lost", () => {
        inject({ fault: "dma-late", us: 10 })
        expect(framesThat(6)).toEqual([0, 1, 2, 4, 5, 6])
        expect(rig.counters().overruns).toBe(1)
    })

    it("dma-late: between two rows it costs nothing", () => {
        // A row of 16 bytes is on the bus for 640 ns, before its end every 2 us.
        inject({ fault: "dma-late", us: 1 }, 1_050)
        expect(framesThat(6)).toEqual([0, 1, 2, 3, 4, 5, 6])
    })

    it("irq-late: the interrupts come so much later, and frames with them", () => {
        const handled: number[] = []
        rig.chip.nvic.onHandler = (_, active) => {
            if (active) handled.push(rig.clock.nowNs)
        }
        inject({ fault: "irq-late", us: 20, for: 1 })
        // The newest frame's interrupt is still to come.
        expect(framesThat(6)).toEqual([0, 1, 2, 3, 4, 5])
        const ends = rig.delivered.map(({ descriptor }) => descriptor.endUs)
        const steps = ends.slice(1).map((end, i) => end - ends[i]!)
        expect(steps).toEqual([50, 50, 70, 50, 50])
        expect(handled.length).toBeGreaterThan(0)
    })

    it("register-upset: the store is made as the CPU makes it", () => {
        // DCMI_IER: nobody hears of frames any more.
        inject({ fault: "register-upset", address: "0x5005000c", value: 0 })
        expect(framesThat(6)).toEqual([0, 1, 2])
        expect(rig.chip.bus.read32(0x5005000c)).toBe(0)
    })
})

describe("the wrong edge of PIXCLK", () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) & 0xff)
    const line = {
        bytes,
        startNs: 0,
        periodNs: 37,
        stableEdge: "rising" as const,
    }

    it("gives each bit of the byte before or of the byte after", () => {
        const got = new EdgeSampler().sampled(line).bytes
        for (let i = 0; i < bytes.length; i++) {
            const before = bytes[i - 1] ?? 0
            const same = ~(before ^ bytes[i]!) & 0xff
            expect(got[i]! & same).toBe(bytes[i]! & same)
        }
        expect(got).not.toEqual(bytes)
        expect(got.slice(1)).not.toEqual(bytes.slice(0, -1))
    })

    it("gives the same each time, and another mixture in the next row", () => {
        const one = new EdgeSampler()
        const other = new EdgeSampler()
        const first = one.sampled(line).bytes.slice()
        expect(other.sampled(line).bytes.slice()).toEqual(first)
        expect(one.sampled(line).bytes.slice()).not.toEqual(first)
    })

    it("leaves alone what does not change", () => {
        const flat = new Uint8Array(64).fill(0x5a)
        const got = new EdgeSampler().sampled({ ...line, bytes: flat }).bytes
        expect([...got.slice(1)]).toEqual([...flat.slice(1)])
    })
})
