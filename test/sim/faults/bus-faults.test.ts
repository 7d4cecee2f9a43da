// SPDX-License-Identifier: MIT
// What each fault of the parallel bus does to the wires, as a receiver behind them sees it.

import { describe, expect, it } from "vitest"
import {
    byteOf,
    FIRST_ROW_NS,
    FRAME_NS,
    ROW_NS,
    ROWS,
    throughCable,
    wholeFrame,
} from "../../support/faults/bus-rig.ts"

/** In the middle of frame 1: the first frame that starts after it is frame 2. */
const AT = 1.5 * FRAME_NS * 1e-9

const NS = 1e-9

describe("a fault that hits a frame", () => {
    it("takes the first that starts at or after its time, and no other", () => {
        const { frames, effects } = throughCable(5, [
            { at: AT, fault: "row-lost", row: 1 },
        ])
        for (const frame of [0, 1, 3, 4])
            expect(frames[frame]).toEqual(wholeFrame(frame))
        expect(frames[2]).toEqual([
            ...wholeFrame(2).slice(0, 4),
            ...wholeFrame(2).slice(7),
        ])
        expect(effects[0]).toMatchObject({
            happenedNs: 2 * FRAME_NS + FIRST_ROW_NS + ROW_NS,
            overNs: 2 * FRAME_NS + ROWS * ROW_NS,
        })
    })

    it("takes the frame that starts exactly at its time", () => {
        const { frames } = throughCable(4, [
            { at: 2 * FRAME_NS * NS, fault: "row-lost", row: 0 },
        ])
        expect(frames[1]).toEqual(wholeFrame(1))
        expect(frames[2]).toHaveLength(wholeFrame(2).length - 3)
        expect(frames[3]).toEqual(wholeFrame(3))
    })

    it("hits every frame that starts within its time when it has one", () => {
        const { frames, effects } = throughCable(6, [
            { at: AT, for: 2 * FRAME_NS * NS, fault: "row-lost", row: 0 },
        ])
        expect(frames.map(({ length }) => length)).toEqual([
            14, 14, 11, 11, 14, 14,
        ])
        expect(effects[0]!.overNs).toBe(3.5 * FRAME_NS)
    })

    it("never happens when the frame has no such row", () => {
        const { frames, effects } = throughCable(4, [
            { at: AT, fault: "row-lost", row: 4 },
        ])
        expect(frames[2]).toEqual(wholeFrame(2))
        expect(effects[0]!.happenedNs).toBeUndefined()
    })

    it("chooses the row by the seed, the same each time, from the rows of the frame before", () => {
        const rowOf = (seed: number): number => {
            const faults = [{ at: AT, fault: "row-lost" }]
            const { frames } = throughCable(3, faults, undefined, seed)
            const whole = wholeFrame(2)
            return frames[2]!.findIndex((what, i) => what !== whole[i]) / 3
        }
        const seeds = Array.from({ length: 40 }, (_, seed) => seed)
        const rows = seeds.map(seed => Math.floor(rowOf(seed)))
        expect(seeds.map(seed => Math.floor(rowOf(seed)))).toEqual(rows)
        expect([...new Set(rows)].sort()).toEqual([0, 1, 2, 3])
    })
})

describe("VSYNC and HSYNC", () => {
    it("vsync-lost: two frames look like one", () => {
        const { frames } = throughCable(5, [{ at: AT, fault: "vsync-lost" }])
        expect(frames[2]).toEqual(wholeFrame(2).slice(0, -1))
        expect(frames[3]).toEqual(wholeFrame(3).slice(1))
        expect(frames[4]).toEqual(wholeFrame(4))
    })

    it("vsync-glitch: a pulse of its length before the row, from the end of the row before", () => {
        const { told } = throughCable(3, [
            { at: AT, fault: "vsync-glitch", row: 2, us: 1 },
        ])
        const falls = told.filter(
            ({ ns, what }) => what === "V0" && ns > 2 * FRAME_NS
        )
        const endOfRow1 = 2 * FRAME_NS + FIRST_ROW_NS + ROW_NS + 400
        expect(falls[0]!.ns).toBe(endOfRow1)
        const rises = told.filter(
            ({ ns, what }) => what === "V1" && ns > 2 * FRAME_NS
        )
        expect(rises[0]!.ns).toBe(endOfRow1 + 1000)
    })

    it("vsync-stuck: no edge until it is over, and then the level of the sensor", () => {
        const { frames } = throughCable(6, [
            { at: AT, for: 2 * FRAME_NS * NS, fault: "vsync-stuck", level: 1 },
        ])
        expect(frames[1]).toEqual([...wholeFrame(1), "V1"])
        expect(frames[2]).toEqual(wholeFrame(2).slice(1, -1))
        expect(frames[3]).toEqual([...wholeFrame(3).slice(1, -1), "V0"])
        expect(frames[4]).toEqual(wholeFrame(4))
    })

    it("vsync-stuck at the level without a frame: no pixels are taken", () => {
        const { frames } = throughCable(5, [
            { at: AT, for: FRAME_NS * NS, fault: "vsync-stuck" },
        ])
        const rows = Array.from({ length: ROWS }, () => ["H1", "H0"]).flat()
        expect(frames[2]).toEqual(rows)
        expect(frames[3]).toEqual(wholeFrame(3))
    })

    it("hsync-lost: a frame without rows", () => {
        const { frames } = throughCable(4, [{ at: AT, fault: "hsync-lost" }])
        expect(frames[2]).toEqual(["V1", "V0"])
        expect(frames[3]).toEqual(wholeFrame(3))
    })

    it("row-doubled: the row twice, what follows a row later", () => {
        const { frames, told } = throughCable(4, [
            { at: AT, fault: "row-doubled", row: 1 },
        ])
        const whole = wholeFrame(2)
        expect(frames[2]).toEqual([
            ...whole.slice(0, 7),
            ...whole.slice(4, 7),
            ...whole.slice(7),
        ])
        const end = told.findLast(({ ns }) => ns < 3 * FRAME_NS)
        expect(end).toEqual({
            ns: 2 * FRAME_NS + (ROWS + 1) * ROW_NS,
            what: "V0",
        })
        expect(frames[3]).toEqual(wholeFrame(3))
    })

    it.each(["vsync-polarity", "hsync-polarity"])(
        "%s: the level is the other one, from begin to end",
        fault => {
            const signal = fault[0]!.toUpperCase()
            const { frames } = throughCable(5, [
                { at: AT, for: FRAME_NS * NS, fault },
            ])
            const swap = (what: string): string =>
                what === `${signal}1`
                    ? `${signal}0`
                    : what === `${signal}0`
                      ? `${signal}1`
                      : what
            expect(frames[1]).toEqual([...wholeFrame(1), `${signal}1`])
            expect(frames[2]).toEqual([
                ...wholeFrame(2).map(swap),
                `${signal}0`,
            ])
            expect(frames[3]).toEqual(wholeFrame(3))
        }
    )
})

describe("PIXCLK", () => {
    it("pixclk-lost: bytes of the row are missed", () => {
        const { frames } = throughCable(3, [
            { at: AT, fault: "pixclk-lost", row: 1, column: 1, count: 2 },
        ])
        expect(frames[2]![5]).toBe(
            `${byteOf(2, 1, 0)} ${byteOf(2, 1, 3)} rising`
        )
    })

    it("pixclk-added: a byte is found again", () => {
        const { frames } = throughCable(3, [
            { at: AT, fault: "pixclk-added", row: 0, column: 3, count: 1 },
        ])
        const bytes = [0, 1, 2, 3, 3].map(column => byteOf(2, 0, column))
        expect(frames[2]![2]).toBe(`${bytes.join(" ")} rising`)
    })

    it("pixclk-stopped: nothing of what the other lines do is seen, while it lasts", () => {
        const { frames } = throughCable(6, [
            { at: AT, for: 2 * FRAME_NS * NS, fault: "pixclk-stopped" },
        ])
        expect(frames[2]).toEqual([])
        // The levels of then, when it moves again.
        expect(frames[3]).toEqual(["V0", "H0"])
        expect(frames[4]).toEqual(wholeFrame(4))
    })

    it("pixclk-stopped in the middle of a row: the bytes before it were taken", () => {
        const startNs = 2 * FRAME_NS + FIRST_ROW_NS + ROW_NS
        const { frames } = throughCable(4, [
            {
                at: (startNs + 200) * NS,
                for: ROW_NS * NS,
                fault: "pixclk-stopped",
            },
        ])
        expect(frames[2]!.slice(4, 6)).toEqual([
            "H1",
            `${byteOf(2, 1, 0)} ${byteOf(2, 1, 1)} rising`,
        ])
        expect(frames[2]!.slice(-4)).toEqual(wholeFrame(2).slice(-4))
    })

    it("pixclk-stopped leaves the pins of VSYNC and HSYNC moving", () => {
        const { pins } = throughCable(4, [
            { at: AT, for: 2 * FRAME_NS * NS, fault: "pixclk-stopped" },
        ])
        const { pins: whole } = throughCable(4, [])
        expect(pins).toEqual(whole)
        expect(new Set(pins.map(({ hsync }) => hsync)).size).toBe(2)
    })

    it("pixclk-edge: the data is stable at the other edge", () => {
        const { frames } = throughCable(5, [
            { at: AT, for: FRAME_NS * NS, fault: "pixclk-edge" },
        ])
        const edges = frames[2]!.filter(what => / falling$/.test(what))
        expect(edges).toHaveLength(ROWS)
        expect(frames[3]).toEqual(wholeFrame(3))
    })
})

describe("data lines", () => {
    const row = [0x00, 0xff, 0x04, 0x20]
    const sent = (): readonly number[] => row

    it.each([
        [{ fault: "data-stuck", line: 2, level: 1 }, [0x04, 0xff, 0x04, 0x24]],
        [{ fault: "data-stuck", line: 5, level: 0 }, [0x00, 0xdf, 0x04, 0x00]],
        [{ fault: "data-swapped", lines: [2, 5] }, [0x00, 0xff, 0x20, 0x04]],
        [{ fault: "data-shorted", lines: [2, 5] }, [0x00, 0xff, 0x00, 0x00]],
    ])("%o", (fault, arrived) => {
        const { frames } = throughCable(
            5,
            [{ at: AT, for: FRAME_NS * NS, ...fault }],
            sent
        )
        const lines = frames[2]!.filter(what => what.endsWith(" rising"))
        expect(lines).toEqual(
            Array.from({ length: ROWS }, () => `${arrived.join(" ")} rising`)
        )
        for (const frame of [0, 1, 3, 4])
            expect(frames[frame]).toEqual(wholeFrame(frame, sent))
    })

    it("lasts to the end of the run without a time", () => {
        const { frames, effects } = throughCable(
            5,
            [{ at: AT, fault: "data-stuck", line: 0, level: 1 }],
            sent
        )
        expect(frames[4]![2]).toBe("1 255 5 33 rising")
        expect(effects[0]!.overNs).toBeUndefined()
    })
})

describe("JPEG", () => {
    const image = [
        [0xff, 0xd8, 0x11, 0x22],
        [0x33, 0x44, 0x55, 0x66],
        [0x77, 0x88, 0x99, 0xff],
        [0xd9, 0x00, 0x00, 0x00],
    ]
    const sent = (_frame: number, row: number): readonly number[] => image[row]!
    const bytesOf = (frame: readonly string[]): number[] =>
        frame
            .filter(what => what.endsWith(" rising"))
            .flatMap(what => what.split(" ").slice(0, -1).map(Number))

    it("jpeg-no-end: the end marker is missing, also when it is cut in two", () => {
        const { frames } = throughCable(
            4,
            [{ at: AT, fault: "jpeg-no-end" }],
            sent
        )
        const wanted = image.flat()
        wanted[12] = 0
        expect(bytesOf(frames[2]!)).toEqual(wanted)
        expect(frames[3]).toEqual(wholeFrame(3, sent))
    })

    it("jpeg-broken: wrong bytes in the middle, and no marker more or less", () => {
        const { frames, effects } = throughCable(
            4,
            [{ at: AT, fault: "jpeg-broken", count: 2 }],
            sent
        )
        const got = bytesOf(frames[2]!)
        const wrong = got.flatMap((byte, i) =>
            byte === image.flat()[i] ? [] : [i]
        )
        expect(wrong.length).toBeGreaterThanOrEqual(1)
        expect(wrong.length).toBeLessThanOrEqual(2)
        expect(Math.min(...wrong)).toBeGreaterThanOrEqual(4)
        expect(got.filter(byte => byte === 0xff)).toHaveLength(2)
        expect(effects[0]!.happenedNs).toBeDefined()
        expect(frames[3]).toEqual(wholeFrame(3, sent))
    })

    it("leaves a frame alone that is none", () => {
        const { frames, effects } = throughCable(4, [
            { at: AT, fault: "jpeg-no-end" },
            { at: AT, fault: "jpeg-broken" },
        ])
        expect(frames[2]).toEqual(wholeFrame(2))
        expect(effects.map(({ happenedNs }) => happenedNs)).toEqual([
            undefined,
            undefined,
        ])
    })
})

describe("several faults in one frame", () => {
    it("each count the rows of the sensor", () => {
        const { frames } = throughCable(3, [
            { at: AT, fault: "row-lost", row: 0 },
            { at: AT, fault: "row-lost", row: 2 },
            { at: AT, fault: "pixclk-lost", row: 3, column: 0, count: 3 },
        ])
        expect(frames[2]).toEqual([
            "V1",
            ...wholeFrame(2).slice(4, 7),
            "H1",
            `${byteOf(2, 3, 3)} rising`,
            "H0",
            "V0",
        ])
    })
})
