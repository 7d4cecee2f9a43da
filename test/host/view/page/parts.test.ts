// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import { RateMeter } from "../../../../host/targets/frame-meter.ts"
import {
    fitted,
    moved,
    resized,
} from "../../../../host/view/page/window-edit.ts"
import { imageStats } from "../../../../host/view/page/image-stats.ts"
import { Pacer } from "../../../../host/targets/in-process/pacer.ts"
import { Recording } from "../../../../host/view/recording.ts"
import { VcdRing } from "../../../../host/targets/in-process/vcd-ring.ts"
import { VcdWriter } from "../../../../sim/trace/vcd.ts"
import { SignalRecorder } from "../../../../sim/trace/signal-trace.ts"
import { fakeFrame } from "../../../support/view/fake-target.ts"

const FIELD = { width: 752, height: 480 }
const WINDOW = { x: 100, y: 50, width: 220, height: 200 }

describe("a window that is dragged", () => {
    it("stays on the field", () => {
        expect(moved(WINDOW, -500, 1000, FIELD)).toEqual({
            ...WINDOW,
            x: 0,
            y: 280,
        })
    })

    it("keeps the corner opposite to the one that is dragged", () => {
        const grown = resized(WINDOW, "nw", { dx: -20, dy: -10, field: FIELD })

        expect(grown).toEqual({ x: 80, y: 40, width: 240, height: 210 })
    })

    it("never turns inside out", () => {
        const shrunk = resized(WINDOW, "se", {
            dx: -999,
            dy: -999,
            field: FIELD,
        })

        expect(shrunk).toEqual({ x: 100, y: 50, width: 16, height: 16 })
    })

    it("fits the field when its size was typed in", () => {
        const typed = { x: 700, y: 0, width: 9999, height: 100 }

        expect(fitted(typed, FIELD)).toEqual({
            x: 0,
            y: 0,
            width: 752,
            height: 100,
        })
    })
})

describe("statistics of an image", () => {
    it("are those of its gray levels", () => {
        const rgba = new Uint8ClampedArray(
            [0, 100, 200, 200].flatMap(gray => [gray, gray, gray, 255])
        )

        const stats = imageStats(rgba, 2)

        expect(stats).toMatchObject({ mean: 125, min: 0, max: 200, focus: 50 })
        expect(stats.histogram[50]).toBe(0.5)
    })
})

describe("a rate", () => {
    it("is that of the last second", () => {
        const meter = new RateMeter()

        for (let tick = 0; tick <= 100; tick++)
            meter.note(tick / 10, tick < 50 ? 0 : (tick - 50) * 12)

        expect(meter.perSecond()).toBeCloseTo(120, 6)
    })

    it("begins anew when the counter was cleared", () => {
        const meter = new RateMeter()
        for (let tick = 0; tick <= 10; tick++) meter.note(tick / 10, 1000)

        meter.note(1.1, 0)
        meter.note(1.2, 6)

        expect(meter.perSecond()).toBeCloseTo(60, 6)
    })

    it("is 0 of a single value", () => {
        const meter = new RateMeter()
        meter.note(1, 1000)

        expect(meter.perSecond()).toBe(0)
    })
})

describe("virtual time", () => {
    it("follows the computer's in small steps", () => {
        const pacer = new Pacer(100, 5)

        expect(pacer.next(100, 5)).toBeUndefined()
        expect(pacer.next(100.002, 5)).toBeUndefined()
        expect(pacer.next(100.005, 5)).toBeCloseTo(5.004, 9)
        expect(pacer.next(100.02, 5.004)).toBeCloseTo(5.008, 9)
    })

    it("does not run after a lag that is too long", () => {
        const pacer = new Pacer(0, 0)

        pacer.next(10, 0)

        expect(pacer.next(10, 0.004)).toBeUndefined()
    })

    it("says how far it keeps up", () => {
        const pacer = new Pacer(0, 0)

        pacer.next(2, 1)

        expect(pacer.ratio).toBe(0.5)
    })
})

describe("the end of a VCD", () => {
    it("has the values from before it, and its own changes only", () => {
        const ring = new VcdRing(1000)
        const writer = new VcdWriter(ring)
        const declare = (name: string) =>
            writer.declare({ scope: "a", name, type: "wire", initial: 0 })
        const [early, late] = [declare("early"), declare("late")]
        writer.set(early, 10, 1)
        // Pieces come when the writer has collected enough of them.
        for (let tick = 1; tick < 40_000; tick++)
            writer.set(late, 100 * tick, tick % 2)
        writer.close(4_000_000)

        const text = ring.text()

        const [head, changes] = text.split("$dumpvars\n") as [string, string]
        expect(head).toContain("$var wire 1 ! early $end")
        expect(head).toMatch(/#\d{5,}\n$/)
        expect(changes).toMatch(/^1!\n[01]"\n\$end\n/)
        expect(changes).toMatch(/#3999900\n1"\n#4000000\n$/)
        expect(text.length).toBeLessThan(150_000)
    })
})

describe("signals of a live trace", () => {
    it("are forgotten but for the level at the new beginning", () => {
        const recorder = new SignalRecorder()
        for (let tick = 0; tick < 10; tick++)
            recorder.set("line", 100 * tick, (tick + 1) % 2)

        recorder.forget(650)

        expect(recorder.changesOf("line")).toEqual([
            [600, 1],
            [700, 0],
            [800, 1],
            [900, 0],
        ])
    })
})

describe("a recording", () => {
    it("ends by itself when the size of the frames changes", () => {
        const recording = new Recording()
        const frame = fakeFrame(1).image()

        recording.take(frame)
        recording.take({ ...frame, width: 2 })
        recording.take(frame)

        expect(recording.state).toMatchObject({
            running: false,
            frames: 1,
            note: "the size of the frames changed",
        })
    })

    it("ends by itself when it is full, with all that fitted", () => {
        const recording = new Recording(2 * 1024 * 1024)
        const pixels = new Uint8Array(1024 * 1024)
        const frame = {
            ...fakeFrame(1).image(),
            width: 1024,
            height: 1024,
            bytes: pixels,
        }

        for (let count = 0; count < 4; count++) recording.take(frame)

        expect(recording.state).toEqual({
            running: false,
            frames: 2,
            bytes: 2 * 1024 * 1024,
            note: "it is full: 2 MB",
        })
        const { bytes } = recording.file()!
        expect(bytes.length).toBeGreaterThan(2 * pixels.length)
        expect(bytes.length).toBeLessThan(2 * pixels.length + 200)
    })

    it("takes 512 MB when nothing else is said", () => {
        const recording = new Recording()
        // The same bytes each time: a recording of 512 MB that needs no memory.
        const bytes = new Uint8Array(64 * 1024 * 1024)
        const frame = { ...fakeFrame(1).image(), bytes }

        for (let count = 0; count < 9; count++) recording.take(frame)

        expect(recording.state).toMatchObject({
            frames: 8,
            note: "it is full: 512 MB",
        })
    })

    it("of no frame is no file", () => {
        expect(new Recording().file()).toBeUndefined()
    })

    it("of colour is YUV 4:4:4", () => {
        const recording = new Recording()
        recording.take({
            ...fakeFrame(1).image(),
            format: "rgb8",
            width: 1,
            height: 1,
            bytes: Uint8Array.of(255, 0, 0),
        })

        const bytes = Buffer.from(recording.file()!.bytes)

        expect(bytes.toString("latin1")).toContain(" C444 ")
        expect([...bytes.subarray(-3)]).toEqual([76, 85, 255])
    })
})
