// SPDX-License-Identifier: MIT
// A buffer that the link pins: its bytes stay while it does, and it never costs the program a frame.

import assert from "node:assert/strict"
import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import { Clock } from "../../sim/clock.ts"
import {
    compileSources,
    nativeSources,
} from "../../toolchain/wasm/compile-native.ts"
import { NativeCode } from "../../sim/native-code.ts"
import { PaperChip, TIMES, type Outcome } from "../support/native/paper-chip.ts"
import { decodeDescriptor } from "../../protocol/descriptor.ts"

const GRABBER = 0x7e
const FRAME_WORDS = 16
const COUNTERS = 10
const PIN_FUNCTIONS = [
    "cam_capture_pin",
    "cam_capture_is_pinned",
    "cam_capture_unpin",
    "cam_capture_tick",
] as const

type Pinning = Readonly<
    Record<(typeof PIN_FUNCTIONS)[number], (...args: number[]) => number>
>

type Action =
    | "next"
    | "release"
    | "look" // take the next frame and give it back
    | "skip"
    | "restart"
    | "pin"
    | "unpin"
    | "nothing"

interface Mode {
    readonly buffers: number
    readonly keepNewest: boolean
    readonly crop: boolean
    readonly settle: number
    /** Of PaperChip. 100: 0.2 ms between two frames, too little to wait; 1000: 2 ms, the tick decides. */
    readonly scale: number
    /** When in a millisecond the tick comes, us. */
    readonly tickUs: number
}

const MODE: Mode = {
    buffers: 2,
    keepNewest: false,
    crop: false,
    settle: 0,
    scale: 1000,
    tickUs: 0,
}

interface Step {
    readonly outcome: Outcome
    /** Before data, before the end of the window, after the end of the frame. */
    readonly actions: readonly Action[]
}

interface Frame {
    readonly index: number
    readonly address: number
    readonly frame: number
}

let module: WebAssembly.Module

beforeAll(async () => {
    module = await compileSources(nativeSources(), PIN_FUNCTIONS)
})

/** One grabber on paper, its program and its link. */
class Run {
    /** Frames that the program got. */
    readonly got: number[] = []
    /** Pins that were granted, and that the capture took back or was given back. */
    readonly pins = { granted: 0, refused: 0, takenBack: 0 }
    readonly link: Pinning
    private readonly clock = new Clock()
    private readonly chip: PaperChip
    private readonly native: NativeCode
    private readonly view: DataView
    private readonly lent: Frame[] = []
    private pinned: Frame | undefined
    private number = 0
    private nextTickNs: number

    constructor(private readonly mode: Mode) {
        const { buffers, keepNewest, crop, settle, scale } = mode
        const memory = new WebAssembly.Memory({ initial: 8200, maximum: 8200 })
        this.view = new DataView(memory.buffer)
        this.chip = new PaperChip(this.clock, this.view, scale)
        this.chip.crop = crop
        this.native = new NativeCode({
            module,
            memory,
            board: readBoard("nucleo-f446re"),
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
        // The simulator needs none of them: this module exports them for this test.
        this.link = (this.native as unknown as { exports: Pinning }).exports
        this.native.init()
        this.write(0x52, [buffers, (crop ? 1 : 0) | (keepNewest ? 2 : 0)])
        const fps = new DataView(new ArrayBuffer(4))
        fps.setUint32(0, 1e12 / (scale * TIMES.period), true)
        this.write(0x5c, [...new Uint8Array(fps.buffer)])
        this.write(0x60, [4 * FRAME_WORDS, 0, 1, 0])
        this.write(0x68, [4 * FRAME_WORDS - 1, 0, 0, 0])
        this.write(0x75, [settle])
        this.nextTickNs = this.clock.nowNs + mode.tickUs * 1000
        this.write(0x80, [1])
    }

    get readoutUs(): number {
        return (this.mode.scale * TIMES.end) / 1000
    }

    frame({ outcome, actions }: Step): void {
        const { scale } = this.mode
        const startNs = this.clock.nowNs
        this.chip.schedule(this.number++, outcome)
        const moments = [TIMES.data / 2, TIMES.window - 1000, TIMES.end + 800]
        actions.forEach((action, i) => {
            this.runUntil(startNs + scale * moments[i]!)
            this.act(action)
            this.check()
        })
        this.runUntil(startNs + scale * TIMES.period)
    }

    counters(): number[] {
        const read = new Uint8Array(4 * COUNTERS)
        this.native.transfer(GRABBER, Uint8Array.of(0x90), read)
        const view = new DataView(read.buffer)
        return Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true))
    }

    stop(): void {
        this.write(0x80, [2])
    }

    act(action: Action): void {
        if (action === "next")
            this.native.transfer(
                GRABBER,
                Uint8Array.of(0xc0),
                new Uint8Array(48)
            )
        else if (action === "look") {
            this.act("next")
            this.act("release")
        } else if (action === "skip") this.write(0xc3, [1])
        else if (action === "release") {
            const frame = this.lent.shift()
            if (frame) this.write(0xc1, [frame.index])
        } else if (action === "restart") {
            this.write(0x80, [2])
            this.write(0x80, [1])
        } else if (action === "pin") this.pin()
        else if (action === "unpin") {
            this.link.cam_capture_unpin()
            this.pinned = undefined
        }
    }

    /** The newest lent frame. */
    pin(): boolean {
        const frame = this.lent.at(-1)
        if (frame === undefined) return false
        const granted = this.link.cam_capture_pin(frame.index, this.readoutUs)
        this.pins[granted ? "granted" : "refused"]++
        if (granted) this.pinned = frame
        return granted !== 0
    }

    get pinning(): boolean {
        return this.pinned !== undefined
    }

    /** The SysTick goes on meanwhile. */
    private runUntil(timeNs: number): void {
        while (this.nextTickNs <= timeNs) {
            this.native.runUntil(this.nextTickNs)
            this.nextTickNs += 1e6
            this.link.cam_capture_tick()
            this.check()
        }
        this.native.runUntil(timeNs)
        this.check()
    }

    private delivered(bytes: Uint8Array, pixels: Uint8Array): void {
        const { index } = decodeDescriptor(bytes)
        const address = pixels.byteOffset
        const frame = this.view.getUint32(address, true)
        this.got.push(frame)
        this.lent.push({ index, address, frame })
    }

    /** What the program or the link has is what it was. Often called: vitest's expect would take a third of the time. */
    private check(): void {
        if (
            this.pinned &&
            !this.link.cam_capture_is_pinned(this.pinned.index)
        ) {
            this.pinned = undefined
            this.pins.takenBack++
        }
        const theirs = this.pinned ? [...this.lent, this.pinned] : this.lent
        for (const { address, frame } of theirs)
            assert.equal(this.view.getUint32(address, true), frame)
    }

    private write(register: number, bytes: readonly number[]): void {
        const status = this.native.transfer(
            GRABBER,
            Uint8Array.of(register, ...bytes),
            new Uint8Array(0)
        )
        assert.equal(status, 0)
    }
}

function run(mode: Partial<Mode>, steps: readonly Step[]): Run {
    const made = new Run({ ...MODE, ...mode })
    for (const step of steps) made.frame(step)
    return made
}

const whole = (...actions: Action[]): Step => ({ outcome: "whole", actions })
const times = (count: number, step: Step): Step[] =>
    Array.from({ length: count }, () => step)
/** The program gets a frame, the link pins it, the program gives it back. */
const PINNED: readonly Step[] = [
    whole("nothing", "nothing", "next"),
    whole("pin", "release", "look"),
]
const DROPPED = 2

describe("a frame that the link pins", () => {
    it.each([2, 3, 4])(
        "stays while the program is on time, with %i buffers",
        buffers => {
            const made = run({ buffers }, [
                ...PINNED,
                ...times(10, whole("nothing", "nothing", "look")),
            ])

            expect(made.pins.granted).toBe(1)
            expect(made.counters()[DROPPED]).toBe(0)
            // At each frame's end the capture has no buffer for a moment: with two it waits, and the program is faster.
            expect(made.pinning).toBe(true)
            expect(made.got.length).toBeGreaterThanOrEqual(10)
        }
    )

    it("comes back at a frame's end when there is no time to wait for the program", () => {
        const made = run({ scale: 100 }, [
            ...PINNED,
            ...times(3, whole("nothing", "nothing", "nothing")),
        ])

        expect(made.pins.takenBack).toBe(1)
        // Two fill the buffers; only then does the program's lateness cost a frame.
        made.act("look")
        made.act("look")
        expect(made.got).toEqual([0, 1, 2, 3])
        expect(made.counters()[DROPPED]).toBe(1)
    })

    it.each([0, 250, 500, 750])(
        "comes back by the tick, before the next frame starts, when the program is late (tick at %i us)",
        tickUs => {
            const made = run({ tickUs }, [
                ...PINNED,
                ...times(3, whole("nothing", "nothing", "nothing")),
            ])

            expect(made.pins.takenBack).toBe(1)
            made.act("look")
            made.act("look")
            expect(made.got).toEqual([0, 1, 2, 3])
            expect(made.counters()[DROPPED]).toBe(1)
        }
    )

    it("comes back when the link lets go of it", () => {
        const made = run({}, [...PINNED, whole("unpin", "nothing", "nothing")])

        expect(made.pinning).toBe(false)
        made.frame(whole("nothing", "nothing", "nothing"))
        made.act("look")
        made.act("look")
        expect(made.got).toEqual([0, 1, 2, 3])
        expect(made.counters()[DROPPED]).toBe(0)
    })

    it("stays the program's as well: given back while the capture has no buffer, it is not pinned", () => {
        const made = run({ scale: 100 }, [
            whole("nothing", "nothing", "next"),
            whole("pin", "nothing", "nothing"),
        ])
        made.act("release")
        made.frame(whole("nothing", "nothing", "nothing"))

        expect(made.pinning).toBe(false)
        expect(made.counters()[DROPPED]).toBe(0)
    })

    it("does not outlive a start", () => {
        const made = run({}, [...PINNED])
        made.act("restart")
        made.frame(whole("nothing", "nothing", "nothing"))

        expect(made.pinning).toBe(false)
    })
})

describe("a frame that the link cannot pin", () => {
    it("is the only buffer's", () => {
        const made = run({ buffers: 1 }, [whole("nothing", "nothing", "next")])

        expect(made.pin()).toBe(false)
    })

    it("is one that the program has given back, or none", () => {
        const made = run({}, [whole("nothing", "nothing", "look")])

        for (const index of [0, 1, 2, 3, 4, 31, 32])
            expect(made.link.cam_capture_pin(index, 8000)).toBe(0)
    })

    it("is a second one", () => {
        const made = run({ buffers: 3 }, [
            whole("nothing", "nothing", "next"),
            whole("nothing", "nothing", "next"),
        ])

        expect(made.pin()).toBe(true)
        expect(made.pin()).toBe(false)
    })
})

describe("a link that pins frames whenever it can", () => {
    const outcome = fc.oneof(
        { weight: 8, arbitrary: fc.constant<Outcome>("whole") },
        { weight: 2, arbitrary: fc.constant<Outcome>("drain") },
        fc.constantFrom<Outcome>(
            "short",
            "one word short",
            "overrun",
            "transfer error"
        )
    )
    const action = fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom<Action>("next", "release") },
        { weight: 6, arbitrary: fc.constantFrom<Action>("look", "pin") },
        { weight: 4, arbitrary: fc.constant<Action>("nothing") },
        fc.constantFrom<Action>("skip", "restart", "unpin")
    )
    const steps = fc.array(
        fc.record({
            outcome,
            actions: fc.array(action, { minLength: 3, maxLength: 3 }),
        }),
        { minLength: 20, maxLength: 60 }
    )
    const mode = fc.record({
        buffers: fc.integer({ min: 1, max: 4 }),
        keepNewest: fc.boolean(),
        crop: fc.boolean(),
        settle: fc.integer({ min: 0, max: 2 }),
        scale: fc.constantFrom(100, 1000),
        tickUs: fc.nat(999),
    })
    const NOT_LINKS: readonly Action[] = ["pin", "unpin"]

    it("costs the program no frame, and never has a byte of another one", () => {
        const pins = { granted: 0, takenBack: 0 }
        fc.assert(
            fc.property(mode, steps, (mode, steps) => {
                const withLink = run(mode, steps)
                const without = run(
                    mode,
                    steps.map(({ outcome, actions }) => ({
                        outcome,
                        actions: actions.map(each =>
                            NOT_LINKS.includes(each) ? "nothing" : each
                        ),
                    }))
                )
                withLink.stop()
                without.stop()
                pins.granted += withLink.pins.granted
                pins.takenBack += withLink.pins.takenBack

                expect(withLink.got).toEqual(without.got)
                expect(withLink.counters()).toEqual(without.counters())
            }),
            { numRuns: 170, seed: 1 }
        )
        expect(pins.granted).toBeGreaterThan(300)
        expect(pins.takenBack).toBeGreaterThan(100)
    })
})
