// SPDX-License-Identifier: MIT
// What the MPU gives a kernel of a piece of memory (firmware/kernel/kernel_regions.c): all of it, and little more.

import { beforeAll, describe, expect, it } from "vitest"
import { boardNames, readBoard } from "../../../boards/board-file.ts"
import { randomWords } from "../../support/firmware/slots/fake-flash.ts"
import {
    compileFirmware,
    mcuMemory,
    SCRATCH,
    startFirmware,
} from "../../support/firmware/slots/firmware-wasm.ts"

const REGIONS = 3
const EIGHTHS = 8
const SRAM = 0x20000000

interface Region {
    readonly start: number
    readonly bytes: number
    readonly off: number
}

let cover: (start: number, end: number) => readonly Region[]

beforeAll(async () => {
    const memory = mcuMemory()
    const unused = () => 0
    const { cam_cover } = startFirmware(await compileFirmware(), memory, {
        read32: unused,
        write32: unused,
    })
    cover = (start, end) => {
        cam_cover(start, end, SCRATCH)
        const words = new Uint32Array(memory.buffer, SCRATCH, 3 * REGIONS)
        return Array.from({ length: REGIONS }, (_, i) => ({
            start: words[3 * i]!,
            bytes: words[3 * i + 1]!,
            off: words[3 * i + 2]!,
        }))
    }
})

/** The pieces that may be reached, in order, joined where they touch. */
function reached(regions: readonly Region[]): [number, number][] {
    const pieces = regions.flatMap(({ start, bytes, off }) =>
        bytes === 0
            ? []
            : Array.from({ length: EIGHTHS }, (_, i): [number, number] => [
                  start + (i * bytes) / EIGHTHS,
                  start + ((i + 1) * bytes) / EIGHTHS,
              ]).filter((_, i) => ((off >> i) & 1) === 0)
    )
    const joined: [number, number][] = []
    for (const [from, to] of pieces.sort((a, b) => a[0] - b[0])) {
        const last = joined.at(-1)
        if (last !== undefined && from <= last[1])
            last[1] = Math.max(last[1], to)
        else joined.push([from, to])
    }
    return joined
}

/** The smallest power of two, 2,048 or more, a multiple of which holds all of it. */
function around(start: number, end: number): number {
    let bytes = 2048
    while (Math.floor(start / bytes) !== Math.floor((end - 1) / bytes))
        bytes *= 2
    return bytes
}

describe("regions for a piece of memory", () => {
    it("hold all of it and less than a 64th of its surroundings more at each end, whatever it is", () => {
        const next = randomWords(7)
        for (let turn = 0; turn < 1000; turn++) {
            const start = SRAM + (next() % 0x30000)
            const end = start + 1 + (next() % (turn % 2 ? 0x12000 : 300))
            const regions = cover(start, end)
            const [piece, ...more] = reached(regions)
            const grain = around(start, end) / 64
            const what = `${start.toString(16)} to ${end.toString(16)}`

            expect(more, what).toEqual([])
            expect(piece![0], what).toBeLessThanOrEqual(start)
            expect(piece![0], what).toBeGreaterThan(start - grain)
            expect(piece![1], what).toBeGreaterThanOrEqual(end)
            expect(piece![1], what).toBeLessThan(end + grain)
        }
    })

    it("are regions that the MPU has: powers of two from 256 on, each at a multiple of itself", () => {
        const next = randomWords(8)
        for (let turn = 0; turn < 1000; turn++) {
            const start = SRAM + (next() % 0x30000)
            for (const { start: at, bytes } of cover(
                start,
                start + 1 + (next() % 0x8000)
            )) {
                if (bytes === 0) continue
                expect(bytes).toBeGreaterThanOrEqual(256)
                expect(Math.log2(bytes) % 1).toBe(0)
                expect(at % bytes).toBe(0)
            }
        }
    })

    it.each(boardNames())(
        "keep what is native below the frames of %s from a kernel exactly",
        name => {
            const { address } = readBoard(name).frameMemory
            const start = address - (address % 4096)
            const [region, ...edges] = cover(start, address)

            expect(reached([region!])).toEqual([[start, address]])
            expect(edges.map(({ bytes }) => bytes)).toEqual([0, 0])
        }
    )
})
