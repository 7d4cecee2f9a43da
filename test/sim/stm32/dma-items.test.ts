// SPDX-License-Identifier: MIT
// DMA item by item: packing through the FIFO, read-ahead, memory to memory with its limits, priorities.

import { beforeEach, describe, expect, it } from "vitest"
import { Clock } from "../../../sim/clock.ts"
import { Rules } from "../../../sim/rules.ts"
import { Dma } from "../../../sim/stm32/dma/dma.ts"
import { pass } from "../../support/stm32/chip.ts"

// RM0090 §10.5.
const CR = 0x10
const NDTR = 0x14
const PAR = 0x18
const M0AR = 0x1c
const M1AR = 0x20
const FCR = 0x24
const LISR = 0x00
const EN = 1
const M2P = 1 << 6
const M2M = 2 << 6
const CIRC = 1 << 8
const PINC = 1 << 9
const MINC = 1 << 10
const MSIZE_WORD = 2 << 13
const WORDS = (2 << 11) | MSIZE_WORD
const DBM = 1 << 18
const CT = 1 << 19
const FIFO_FULL = 7
const PRIORITY = 16
const CHANNEL_2 = 2 << 25
const TCIF0 = 1 << 5
const TEIF0 = 1 << 3
const RAM = 0x1000
const FLASH = 0x3000
const DATA_REGISTER = 0x40004404

interface Line {
    pending: boolean
    readonly written: number[]
    next: number
    raise(): void
}

let clock: Clock
let memory: Uint8Array
let dma: Dma
let order: number[]

function makeDma(name: "DMA1" | "DMA2" = "DMA2", permissive = false): void {
    clock = new Clock()
    memory = new Uint8Array(0x4000)
    order = []
    dma = new Dma({
        name,
        clock,
        rules: new Rules(() => 0, permissive),
        memory,
        regions: [{ name: "RAM", address: RAM, bytes: 0x1000, dma: true }],
        readOnly: [{ address: FLASH, bytes: 0x1000 }],
        hclkHz: () => 100e6,
        irq: () => {},
    })
}

/** A peripheral at a stream, channel 2, with its request line; each served item lowers it. */
function connect(stream: number, direction: 0 | 1): Line {
    const line: Line = {
        pending: false,
        written: [],
        next: 1,
        raise() {
            this.pending = true
            port.changed()
        },
    }
    const served = (): void => {
        order.push(stream)
        line.pending = false
    }
    const port = dma.connectItems({
        name: `LINE${stream}`,
        dataRegister: DATA_REGISTER,
        direction,
        routes: [[stream, 2]],
        largestItemBytes: 4,
        pending: () => line.pending,
        read: () => {
            served()
            return line.next++
        },
        write: value => {
            served()
            line.written.push(value)
        },
    })
    return line
}

function begin(
    control: number,
    items: number,
    options: { par?: number; m0?: number; fcr?: number; stream?: number } = {}
): void {
    const at = 0x18 * (options.stream ?? 0)
    dma.writeUint32(at + PAR, options.par ?? DATA_REGISTER)
    dma.writeUint32(at + M0AR, options.m0 ?? RAM)
    dma.writeUint32(at + M1AR, RAM + 0x800)
    dma.writeUint32(at + NDTR, items)
    dma.writeUint32(at + FCR, options.fcr ?? 0)
    dma.writeUint32(at + CR, control | EN)
}

function serve(line: Line, times: number): void {
    for (let i = 0; i < times; i++) {
        line.raise()
        pass(clock, 1000)
    }
}

beforeEach(() => makeDma())

describe("DMA peripheral to memory, item by item", () => {
    it("stores a byte with each request in direct mode", () => {
        const line = connect(0, 0)
        begin(CHANNEL_2 | MINC, 3)
        serve(line, 2)

        expect([...memory.slice(RAM, RAM + 3)]).toEqual([1, 2, 0])
        expect(dma.readUint32(NDTR)).toBe(1)
    })

    it("keeps bytes in the FIFO up to the threshold and packs them into words", () => {
        const line = connect(0, 0)
        begin(CHANNEL_2 | MINC | MSIZE_WORD, 12, { fcr: 4 | 1 })
        serve(line, 7)
        expect([...memory.slice(RAM, RAM + 8)]).toEqual(Array(8).fill(0))
        expect((dma.readUint32(FCR) >>> 3) & 7).toBe(1)
        serve(line, 1)
        expect([...memory.slice(RAM, RAM + 8)]).toEqual([
            1, 2, 3, 4, 5, 6, 7, 8,
        ])
        serve(line, 4)

        expect(memory[RAM + 11]).toBe(12)
        expect(dma.readUint32(LISR) & TCIF0).toBe(TCIF0)
    })

    it("flushes the FIFO to memory when software clears EN", () => {
        const line = connect(0, 0)
        begin(CHANNEL_2 | MINC, 12, { fcr: FIFO_FULL })
        serve(line, 3)
        expect(memory[RAM]).toBe(0)
        dma.writeUint32(CR, CHANNEL_2 | MINC)

        expect([...memory.slice(RAM, RAM + 4)]).toEqual([1, 2, 3, 0])
    })

    it("takes turns between two buffers with DBM", () => {
        const line = connect(0, 0)
        begin(CHANNEL_2 | MINC | DBM, 2)
        serve(line, 5)

        expect([...memory.slice(RAM, RAM + 2)]).toEqual([5, 2])
        expect([...memory.slice(RAM + 0x800, RAM + 0x802)]).toEqual([3, 4])
        expect(dma.readUint32(CR) & (CT | CIRC)).toBe(CIRC)
    })
})

describe("DMA memory to peripheral", () => {
    it("has read one item ahead in direct mode", () => {
        const line = connect(0, 1)
        memory.set([1, 2, 3], RAM)
        begin(CHANNEL_2 | MINC | M2P, 3)
        memory.set([9, 9, 9], RAM)
        serve(line, 3)

        expect(line.written).toEqual([1, 9, 9])
        expect(dma.readUint32(LISR) & TCIF0).toBe(TCIF0)
    })

    it("has read 16 bytes ahead with the FIFO, in words", () => {
        const line = connect(0, 1)
        memory.fill(1, RAM, RAM + 20)
        begin(CHANNEL_2 | MINC | M2P | MSIZE_WORD, 20, { fcr: 4 })
        memory.fill(9, RAM, RAM + 20)
        serve(line, 20)

        expect(line.written).toEqual([
            ...Array<number>(16).fill(1),
            ...Array<number>(4).fill(9),
        ])
    })

    it("sends a circular buffer again and again, from flash too", () => {
        const line = connect(0, 1)
        memory.set([1, 2], FLASH)
        begin(CHANNEL_2 | MINC | M2P | CIRC, 2, { m0: FLASH })
        serve(line, 5)

        expect(line.written).toEqual([1, 2, 1, 2, 1])
    })
})

describe("DMA memory to memory", () => {
    const COPY = M2M | PINC | MINC | WORDS

    it("copies by DMA2 in the time of its accesses", () => {
        for (let i = 0; i < 64; i++) memory[FLASH + i] = i
        begin(COPY, 16, { par: FLASH, fcr: FIFO_FULL })
        expect(dma.readUint32(LISR)).toBe(0)
        pass(clock, 799) // 16 words of 5 cycles at 100 MHz
        expect(dma.readUint32(LISR) & TCIF0).toBe(0)
        pass(clock, 2)

        expect(dma.readUint32(LISR) & TCIF0).toBe(TCIF0)
        expect([...memory.slice(RAM, RAM + 64)]).toEqual([
            ...memory.slice(FLASH, FLASH + 64),
        ])
    })

    it.each([
        ["circular mode", COPY | CIRC, FIFO_FULL],
        ["double buffer mode", COPY | DBM, FIFO_FULL],
        ["direct mode", COPY, 0],
        ["direction 3", COPY | (3 << 6), FIFO_FULL],
    ])("refuses %s", (_, control, fcr) => {
        expect(() => begin(control, 4, { par: FLASH, fcr })).toThrow(
            "DMA2_S0CR"
        )
    })

    it("is not possible with DMA1", () => {
        makeDma("DMA1")

        expect(() => begin(COPY, 4, { par: FLASH, fcr: FIFO_FULL })).toThrow(
            "the peripheral port of DMA1 does not reach memories"
        )
    })

    it("cannot write flash: TEIF", () => {
        makeDma("DMA2", true)
        begin(COPY, 4, { par: RAM, m0: FLASH, fcr: FIFO_FULL })
        pass(clock, 1000)

        expect(dma.readUint32(LISR) & TEIF0).toBe(TEIF0)
        expect(dma.readUint32(CR) & EN).toBe(0)
    })
})

describe("DMA priorities where requests meet", () => {
    it.each([
        ["the lower stream of equal priority", 0, 0, [1, 3]],
        ["the higher priority", 0, 2, [3, 1]],
    ])("serve %s first", (_, priority1, priority3, expected) => {
        const first = connect(1, 0)
        const third = connect(3, 0)
        begin(CHANNEL_2 | (priority1 << PRIORITY), 4, { stream: 1 })
        begin(CHANNEL_2 | (priority3 << PRIORITY), 4, { stream: 3 })
        third.raise()
        first.raise()
        pass(clock, 1000)

        expect(order).toEqual(expected)
    })

    it("let a request in between two groups of a copy of lower priority", () => {
        const line = connect(1, 0)
        begin(CHANNEL_2 | (1 << PRIORITY), 1, { stream: 1 })
        begin(M2M | PINC | MINC | WORDS, 100, { par: FLASH, fcr: FIFO_FULL })
        pass(clock, 1000)
        line.raise()
        pass(clock, 400)

        expect(order).toEqual([1])
        expect(dma.readUint32(NDTR)).toBeGreaterThan(0)
    })
})
