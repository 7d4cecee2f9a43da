// SPDX-License-Identifier: MIT
// Frames of the sensor by their time: whatever happens to VSYNC, every frame is counted once and has its number, and none
// that is not what it should be is handed over. The rig's counters() checks that each frame ends in one place.

import { beforeEach, describe, expect, it } from "vitest"
import type { ParallelFault } from "../../sim/wires/parallel-faults.ts"
import { lineRig, WHOLE } from "../support/native/line-rig.ts"
import {
    bootRig,
    COLUMNS,
    frameOf,
    FRAME_NS,
    ROWS,
    START,
    type Rig,
} from "../support/native/rig.ts"

const ROW_NS = 2_000
const CROP = 1
const STALLED = 3

interface Taken {
    readonly sequence: number
    /** The frame of the camera whose bytes it has; undefined: none. */
    readonly frame: number | undefined
}

/** Take what waits. */
function takeAll(rig: Rig, whole: (frame: number) => Uint8Array): Taken[] {
    const taken: Taken[] = []
    for (let next = rig.next(); next; next = rig.next()) {
        const pixels = rig.pixels(next.index, next.sizeBytes)
        const frame = Array.from({ length: 40 }, (_, i) => i).find(
            i => Buffer.compare(whole(i), pixels) === 0
        )
        taken.push({ sequence: next.sequence, frame })
        rig.release(next.index)
    }
    return taken
}

/** Run past some frames, taking them as they come. */
function runAndTake(
    rig: Rig,
    lastFrame: number,
    whole: (frame: number) => Uint8Array = frameOf
): Taken[] {
    const taken: Taken[] = []
    while (rig.camera.sent <= lastFrame) {
        rig.run(1_000)
        rig.native.poll()
        taken.push(...takeAll(rig, whole))
    }
    rig.run(5_000)
    rig.native.poll()
    taken.push(...takeAll(rig, whole))
    return taken
}

/** Frames with their own numbers. */
function own(...frames: number[]): Taken[] {
    return frames.map(frame => ({ sequence: frame, frame }))
}

async function windowRig(...faults: ParallelFault[]): Promise<Rig> {
    const rig = await bootRig({ faults, permissive: true })
    rig.setMode({ buffers: 3 })
    rig.control(START)
    rig.camera.start()
    return rig
}

/** Rows 3..5, columns 4..11. */
const WINDOW = { x: 4, y: 3, columns: 8, rows: 3 }

async function cropRig(...faults: ParallelFault[]): Promise<Rig> {
    const rig = await bootRig({ faults, permissive: true })
    rig.setMode({
        buffers: 3,
        flags: CROP,
        lineBytes: WINDOW.columns,
        lines: WINDOW.rows,
        settle: 1,
    })
    rig.write32(0x64, (WINDOW.y << 16) | WINDOW.x)
    rig.write32(0x68, ((WINDOW.rows - 1) << 16) | (WINDOW.columns - 1))
    rig.write16(0x7e, FRAME_NS / ROW_NS)
    rig.control(START)
    rig.camera.start()
    return rig
}

function windowOf(frame: number): Uint8Array {
    const all = frameOf(frame)
    const rows = Array.from({ length: WINDOW.rows }, (_, row) => {
        const from = (WINDOW.y + row) * COLUMNS + WINDOW.x
        return [...all.subarray(from, from + WINDOW.columns)]
    })
    return Uint8Array.from(rows.flat())
}

/** A pulse on VSYNC between sensor and DCMI, so long after the start of a frame. */
function glitchIn(rig: Rig, frame: number, afterNs: number): void {
    const { onStart } = rig.camera
    rig.camera.onStart = number => {
        onStart?.(number)
        if (number !== frame) return
        rig.clock.after(afterNs, () => rig.chip.dcmi.vsync(0))
        rig.clock.after(afterNs + 200, () => rig.chip.dcmi.vsync(1))
    }
}

describe("a frame whose VSYNC does not come", () => {
    it("is counted, and so is the next one, which it runs into", async () => {
        const rig = await windowRig({ kind: "missing-vsync", frame: 2 })
        expect(runAndTake(rig, 5)).toEqual(own(0, 1, 4, 5))
        expect(rig.counters()).toMatchObject({
            sensorFrames: 6,
            overrunFrames: 1,
            lost: 1,
        })
    })

    it("takes nothing else with it when the rows do not come either", async () => {
        const rig = await windowRig()
        runAndTake(rig, 1)
        const { sink } = silence(rig)
        runWithout(rig, sink, 6)
        expect(runAndTake(rig, 8)).toEqual(own(7, 8))
        expect(rig.counters()).toMatchObject({ sensorFrames: 9, lost: 5 })
    })
})

/** Take the wires away; give them back with the returned function. */
function silence(rig: Rig): { readonly sink: () => void } {
    const { dcmi } = rig.chip
    const real = { vsync: dcmi.vsync, hsync: dcmi.hsync, line: dcmi.line }
    dcmi.vsync = () => {}
    dcmi.hsync = () => {}
    dcmi.line = () => {}
    return { sink: () => Object.assign(dcmi, real) }
}

/** Run past a frame, and connect the wires between it and the next. */
function runWithout(rig: Rig, connect: () => void, frame: number): void {
    while (rig.camera.sent <= frame) {
        rig.run(1_000)
        rig.native.poll()
    }
    connect()
}

describe("a dead cable", () => {
    it("is a capture that has stalled, until frames come again", async () => {
        const rig = await windowRig()
        runAndTake(rig, 1)
        const { sink } = silence(rig)
        const faultsBefore = rig.jacdac.length
        runWithout(rig, sink, 50)
        expect(rig.u8(0x81)).toBe(STALLED)
        expect(rig.jacdac.length).toBeGreaterThan(faultsBefore)
        expect(runAndTake(rig, 52).at(-1)).toMatchObject({ sequence: 52 })
        rig.run(1_000_000) // the next look at the time
        runAndTake(rig, rig.camera.sent)
        expect(rig.u8(0x81)).not.toBe(STALLED)
    })

    it("has its frames counted once with a crop window, too", async () => {
        const rig = await cropRig()
        runAndTake(rig, 3, windowOf)
        const { sink } = silence(rig)
        runWithout(rig, sink, 50)
        const taken = runAndTake(rig, 80, windowOf)
        expect(
            taken.filter(({ sequence, frame = sequence }) => frame !== sequence)
        ).toEqual([])
        expect(taken.at(-1)).toMatchObject({ sequence: 80 })
        expect(rig.counters()).toMatchObject({ sensorFrames: 81 })
    })

    it("is none when the program says that frames come when they come", async () => {
        const rig = await windowRig()
        rig.control(4)
        runAndTake(rig, 1)
        const { sink } = silence(rig)
        runWithout(rig, sink, 50)
        expect(rig.u8(0x81)).not.toBe(STALLED)
        expect(rig.counters().lost).toBe(0)
    })
})

// Until its time is known again, VSYNCs in the wrong place end frames after all: theirs is the time from which it goes on.
describe("a sensor that pauses, and goes on at another time of a frame", () => {
    it.each(["frames", "rows"] as const)(
        "captured as %s has each frame counted once",
        async as => {
            const rig = await (as === "rows" ? lineRig(WHOLE) : windowRig())
            rig.control(START)
            rig.camera.start()
            runAndTake(rig, 5)
            rig.camera.stop()
            for (let ms = 0; ms < 3; ms++) {
                rig.run(1_000_000)
                rig.native.poll()
                runAndTake(rig, 5)
            }
            const before = rig.counters().sensorFrames
            rig.camera.sent = 0
            rig.camera.start(FRAME_NS * 0.6)
            runAndTake(rig, 100)
            const counters = rig.counters()
            expect(counters.sensorFrames - before).toBeGreaterThanOrEqual(100)
            expect(counters.sensorFrames - before).toBeLessThanOrEqual(102)
            expect(counters.delivered).toBeGreaterThan(90)
        }
    )
})

describe("a pulse on VSYNC", () => {
    it.each([4, 9, 15])(
        "%i us into a frame costs this frame only",
        async us => {
            const rig = await windowRig()
            glitchIn(rig, 2, us * 1_000)
            expect(runAndTake(rig, 5)).toEqual(own(0, 1, 3, 4, 5))
            expect(rig.counters()).toMatchObject({
                sensorFrames: 6,
                shortFrames: 1,
            })
        }
    )

    // It is taken for the frame's end, which is noted for when it was due: nobody is to count frames up to then.
    it.each(["window", "crop"] as const)(
        "just before the end of a frame (%s) while the time is looked at loses no other number",
        async capture => {
            const rig = await (capture === "crop" ? cropRig() : windowRig())
            const whole = capture === "crop" ? windowOf : frameOf
            glitchIn(rig, 25, 14_000)
            const { onStart } = rig.camera
            rig.camera.onStart = frame => {
                onStart?.(frame)
                // The last look is more than 1 ms ago.
                if (frame === 25)
                    rig.clock.after(14_500, () => rig.native.poll())
            }
            while (rig.camera.sent < 26) rig.run(500)
            expect(runAndTake(rig, 30, whole).slice(-3)).toEqual(
                own(28, 29, 30)
            )
            expect(rig.counters()).toMatchObject({ sensorFrames: 31 })
        }
    )

    it("between two frames while nothing is armed counts none of them", async () => {
        const rig = await windowRig(
            { kind: "missing-vsync", frame: 4 },
            { kind: "missing-vsync", frame: 5 }
        )
        rig.camera.onEnd = frame => {
            if (frame !== 5) return
            rig.clock.after(26_000, () => rig.chip.dcmi.vsync(0))
            rig.clock.after(27_000, () => rig.chip.dcmi.vsync(1))
        }
        expect(runAndTake(rig, 10).slice(-5)).toEqual(own(6, 7, 8, 9, 10))
        expect(rig.counters().sensorFrames).toBe(11)
    })

    it("between two frames costs nothing", async () => {
        const rig = await windowRig()
        rig.camera.onEnd = frame => {
            if (frame !== 2) return
            rig.clock.after(8_000, () => rig.chip.dcmi.vsync(1))
            rig.clock.after(8_200, () => rig.chip.dcmi.vsync(0))
        }
        expect(runAndTake(rig, 5)).toEqual(own(0, 1, 2, 3, 4, 5))
        expect(rig.counters().sensorFrames).toBe(6)
    })

    it.each([3, 5, 9, 13, 17])(
        "%i us into a frame that the DCMI crops hands no shifted window over",
        async us => {
            const rig = await cropRig()
            glitchIn(rig, 3, us * 1_000)
            const taken = runAndTake(rig, 7, windowOf)
            expect(
                taken.filter(({ sequence, frame }) => frame !== sequence)
            ).toEqual([])
            expect(taken.slice(-2)).toEqual(own(6, 7))
            expect(rig.counters().sensorFrames).toBe(8)
        }
    )
})

describe("a crop window of the DCMI", () => {
    it.each([
        ["drop-row", 0],
        ["drop-row", 2],
        ["drop-row", 4],
        ["add-row", 0],
        ["add-row", 4],
    ] as const)(
        "is not handed over when %s hits row %i, at or above it",
        async (kind, row) => {
            const rig = await cropRig({ kind, frame: 3, row })
            const taken = runAndTake(rig, 6, windowOf)
            expect(taken).toEqual(own(1, 2, 4, 5, 6))
            expect(rig.counters()).toMatchObject({
                sensorFrames: 7,
                settling: 1,
                doubtful: 1,
            })
        }
    )

    it.each([6, 7])("is good when row %i, below it, is lost", async row => {
        const rig = await cropRig({ kind: "drop-row", frame: 3, row })
        expect(runAndTake(rig, 6, windowOf)).toEqual(own(1, 2, 3, 4, 5, 6))
    })

    it("is right again after one wrong frame when the first one of all is wrong", async () => {
        const rig = await cropRig({ kind: "drop-row", frame: 0, row: 0 })
        const taken = runAndTake(rig, 5, windowOf)
        expect(
            taken.filter(({ sequence, frame }) => frame !== sequence)
        ).toEqual([])
        expect(taken.slice(-3)).toEqual(own(3, 4, 5))
    })
})

describe("registers that somebody else writes", () => {
    const upsets: readonly (readonly [string, number, number])[] = [
        ["DCMI_IER", 0x5005000c, 0],
        ["DCMI_CR", 0x50050000, 0],
        ["DMA2_S1CR", 0x40026428, 0],
    ]
    let rig: Rig

    beforeEach(async () => {
        rig = await windowRig()
    })

    it.each(upsets)(
        "%s: the capture goes on, and no wrong frame is handed over",
        (_, address, value) => {
            expect(runAndTake(rig, 2)).toEqual(own(0, 1, 2))
            rig.chip.bus.write32(address, value)
            rig.run(1_100_000)
            rig.native.poll()
            takeAll(rig, frameOf)
            const last = rig.camera.sent + 3
            rig.camera.onEnd = () => {}
            const taken: number[] = []
            while (rig.camera.sent < last) {
                rig.run(1_000)
                for (let next = rig.next(); next; next = rig.next()) {
                    taken.push(next.sequence)
                    rig.release(next.index)
                }
            }
            expect(taken.length).toBeGreaterThanOrEqual(2)
            rig.counters()
        }
    )

    it("DCMI_CWSIZE of a crop window: frames since the last look are doubtful", async () => {
        const crop = await cropRig()
        expect(runAndTake(crop, 2, windowOf)).toEqual(own(1, 2))
        crop.chip.bus.write32(0x50050028 - 8, (5 << 16) | WINDOW.x) // CWSTRT
        const taken = runAndTake(crop, 30, windowOf)
        expect(
            taken.filter(({ sequence, frame }) => frame !== sequence)
        ).toEqual([])
        expect(taken.length).toBeGreaterThan(10)
        expect(crop.counters().doubtful).toBeGreaterThan(0)
    })
})

describe("the last row", () => {
    it("that comes short costs its frame only, and blames nobody else", async () => {
        const rig = await windowRig({
            kind: "lose-clocks",
            frame: 2,
            row: ROWS - 1,
            clocks: 1,
            column: 3,
        })
        expect(runAndTake(rig, 5)).toEqual(own(0, 1, 3, 4, 5))
        expect(rig.counters()).toMatchObject({
            sensorFrames: 6,
            shortFrames: 1,
            dropped: 0,
        })
    })
})
