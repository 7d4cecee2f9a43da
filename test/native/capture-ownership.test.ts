// SPDX-License-Identifier: MIT
// Buffer ownership under random frames and random actions of the program: nothing is overwritten, nothing counted twice.

import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import { Clock } from "../../sim/clock.ts"
import { compileNative } from "../../toolchain/wasm/compile-native.ts"
import { NativeCode } from "../../sim/native-code.ts"
import { PaperChip, TIMES, type Outcome } from "../support/native/paper-chip.ts"
import { frameEnds, sumOfEnds } from "../../protocol/frame-ends.ts"
import { readCounters } from "../../sim/observe/grabber-reader.ts"
import { decodeDescriptor } from "../../protocol/descriptor.ts"

const GRABBER = 0x7e
const FRAME_WORDS = 16

type Action = "next" | "release" | "skip" | "restart" | "nothing"

interface Step {
    readonly outcome: Outcome
    /** At start, data and end of the frame. */
    readonly actions: readonly Action[]
}

interface Lent {
    readonly index: number
    readonly address: number
    readonly frame: number
}

const outcome = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Outcome>("whole") },
    { weight: 2, arbitrary: fc.constant<Outcome>("drain") },
    fc.constantFrom<Outcome>(
        "short",
        "one word short",
        "overrun",
        "transfer error"
    )
)
const action = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Action>("next", "release") },
    { weight: 4, arbitrary: fc.constant<Action>("nothing") },
    fc.constantFrom<Action>("skip", "restart")
)
const steps = fc.array(
    fc.record({
        outcome,
        actions: fc.array(action, { minLength: 3, maxLength: 3 }),
    }),
    { minLength: 5, maxLength: 40 }
)
const mode = fc.record({
    buffers: fc.integer({ min: 1, max: 4 }),
    keepNewest: fc.boolean(),
    crop: fc.boolean(),
    settle: fc.integer({ min: 0, max: 2 }),
})

describe("buffer ownership", () => {
    let module: WebAssembly.Module

    beforeAll(async () => {
        module = await compileNative()
    })

    it("lends only whole frames, in order, never overwrites them, and counts each frame of the sensor once", () => {
        fc.assert(
            fc.property(mode, steps, (mode, steps) => {
                const run = new Run(module, mode)
                steps.forEach((step, frame) => run.frame(frame, step))
                run.finish()
            }),
            { numRuns: 200, seed: 1 }
        )
    })
})

/** Of the chip's times: 1,000 frames per second. */
const SCALE = 100

class Run {
    private readonly clock = new Clock()
    private readonly chip: PaperChip
    private readonly native: NativeCode
    private readonly view: DataView
    private readonly board = readBoard("nucleo-f446re")
    private readonly lent: Lent[] = []
    /** Frame number minus sequence number: constant from start to stop. */
    private offset: number | undefined
    private lastFrame = -1

    constructor(
        module: WebAssembly.Module,
        mode: {
            buffers: number
            keepNewest: boolean
            crop: boolean
            settle: number
        }
    ) {
        const memory = new WebAssembly.Memory({ initial: 8200, maximum: 8200 })
        this.view = new DataView(memory.buffer)
        this.chip = new PaperChip(this.clock, this.view, SCALE)
        this.chip.crop = mode.crop
        this.native = new NativeCode({
            module,
            memory,
            board: this.board,
            request: {},
            clock: this.clock,
            bus: this.chip,
            interrupts: this.chip,
            port: {
                vmReceive: () => true,
                frameDelivered: (descriptor, pixels) =>
                    this.delivered(descriptor, pixels),
            },
        })
        this.native.init()
        this.write(0x52, [
            mode.buffers,
            (mode.crop ? 1 : 0) | (mode.keepNewest ? 2 : 0),
        ])
        this.write(0x5c, [0x40, 0x42, 0x0f, 0]) // 1,000 fps
        this.write(0x60, [4 * FRAME_WORDS, 0, 1, 0])
        this.write(0x68, [4 * FRAME_WORDS - 1, 0, 0, 0])
        this.write(0x75, [mode.settle])
        this.write(0x80, [1])
    }

    frame(number: number, { outcome, actions }: Step): void {
        this.chip.schedule(number, outcome)
        const startNs = this.clock.nowNs
        const moments = [
            TIMES.data / 2,
            TIMES.window - 1000,
            TIMES.end + 800,
        ].map(ns => SCALE * ns)
        actions.forEach((action, i) => {
            this.native.runUntil(startNs + moments[i]!)
            this.act(action)
            this.checkLent()
        })
        this.native.runUntil(startNs + SCALE * TIMES.period)
        this.checkLent()
    }

    finish(): void {
        this.write(0x80, [2])
        this.checkLent()
        const counters = readCounters(this.native)
        expect(sumOfEnds(frameEnds(counters))).toBe(counters.sensorFrames)
        expect(counters.sensorFrames).toBe(this.chip.concluded.size)
        expect(counters.frames).toBeLessThanOrEqual(this.chip.whole.size)
    }

    private act(action: Action): void {
        if (action === "next") this.next()
        else if (action === "skip") this.write(0xc3, [1])
        else if (action === "release") {
            const frame = this.lent.shift()
            if (frame) this.write(0xc1, [frame.index])
        } else if (action === "restart") {
            this.write(0x80, [2])
            this.offset = undefined
            this.write(0x80, [1])
        }
    }

    private next(): void {
        this.native.transfer(GRABBER, Uint8Array.of(0xc0), new Uint8Array(48))
    }

    private delivered(bytes: Uint8Array, pixels: Uint8Array): void {
        const { index, sequence } = decodeDescriptor(bytes)
        const address = pixels.byteOffset
        const frame = this.view.getUint32(address, true)
        expect(this.lent.map(other => other.index)).not.toContain(index)
        expect(this.chip.whole.has(frame)).toBe(true)
        expect(frame).toBeGreaterThan(this.lastFrame)
        this.offset ??= frame - sequence
        expect(frame - sequence).toBe(this.offset)
        this.lastFrame = frame
        this.lent.push({ index, address, frame })
    }

    private checkLent(): void {
        for (const { address, frame } of this.lent)
            expect(this.view.getUint32(address, true)).toBe(frame)
    }

    private write(register: number, bytes: readonly number[]): void {
        const status = this.native.transfer(
            GRABBER,
            Uint8Array.of(register, ...bytes),
            new Uint8Array(0)
        )
        expect(status).toBe(0)
    }
}
