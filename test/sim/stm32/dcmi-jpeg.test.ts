// SPDX-License-Identifier: MIT
// DCMI in JPEG mode: a stream of any length between two edges of VSYNC, HSYNC as data enable; with DMA in circular mode.

import { beforeEach, describe, expect, it } from "vitest"
import { readBoard } from "../../../boards/board-file.ts"
import { Clock } from "../../../sim/clock.ts"
import { Rules } from "../../../sim/rules.ts"
import { Dcmi } from "../../../sim/stm32/dcmi/dcmi.ts"
import { Dma } from "../../../sim/stm32/dma/dma.ts"

// Typed again from RM0090 §15.8 and §10.5.
const DCMI_CR = 0x00
const DCMI_RIS = 0x08
const CAPTURE = 1 << 0
const CROP = 1 << 2
const JPEG = 1 << 3
const PCKPOL = 1 << 5
const ENABLE = 1 << 14
const FRAME = 1 << 0
const OVR = 1 << 1
const VSYNC = 1 << 3
const S1CR = 0x28
const S1NDTR = 0x2c
const S1PAR = 0x30
const S1M0AR = 0x34
const S1FCR = 0x3c
const LISR = 0x00
const LIFCR = 0x08
const TCIF = 1 << 11
const CIRC = 1 << 8
/** Channel 1, words, memory increment, EN. */
const STREAM = (1 << 25) | (2 << 13) | (2 << 11) | (1 << 10) | 1

const BUFFER = 0x20010000
const WORDS = 8

describe("DCMI in JPEG mode with DMA in circular mode", () => {
    let dcmi: Dcmi
    let dma: Dma
    let memory: Uint8Array
    let clock: Clock

    beforeEach(() => {
        clock = new Clock()
        const rules = new Rules(() => clock.nowNs)
        const board = readBoard("nucleo-f446re")
        memory = new Uint8Array(0x20020000)
        dma = new Dma({
            name: "DMA2",
            clock,
            rules,
            memory,
            regions: board.memories,
            irq: () => {},
        })
        dcmi = new Dcmi({
            chip: "stm32f446",
            clock,
            rules,
            hclkHz: 180_000_000,
            irq: () => {},
            connectDma: served =>
                dma.connect({
                    dataRegister: 0x50050028,
                    routes: [[1, 1]],
                    served,
                }),
            pinProblem: () => undefined,
        })
        dma.writeUint32(S1PAR, 0x50050028)
        dma.writeUint32(S1M0AR, BUFFER)
        dma.writeUint32(S1NDTR, WORDS)
        dma.writeUint32(S1FCR, 7)
        dma.writeUint32(S1CR, STREAM | CIRC)
        dcmi.writeUint32(DCMI_CR, ENABLE | CAPTURE | PCKPOL | JPEG)
    })

    function send(...bursts: number[][]): void {
        dcmi.vsync(1)
        for (const bytes of bursts) {
            dcmi.hsync(1)
            const startNs = clock.nowNs
            clock.step(startNs + bytes.length * 40)
            dcmi.line({
                bytes: Uint8Array.from(bytes),
                startNs,
                periodNs: 40,
                stableEdge: "rising",
            })
            dcmi.hsync(0)
        }
        dcmi.vsync(0)
    }

    const stored = (bytes: number): number[] => [
        ...memory.subarray(BUFFER, BUFFER + bytes),
    ]

    it("packs bursts of any length without a gap, and fills the last word up with zeros", () => {
        memory.fill(0xee, BUFFER, BUFFER + 4 * WORDS)
        send([1, 2, 3], [4, 5, 6, 7, 8, 9], [10])

        expect(stored(13)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0, 0xee])
        expect(dma.readUint32(S1NDTR)).toBe(WORDS - 3)
    })

    it("sends no word more when the last one is whole", () => {
        send([1, 2, 3, 4], [5, 6, 7, 8])

        expect(dma.readUint32(S1NDTR)).toBe(WORDS - 2)
    })

    it("sets FRAME and VSYNC at the end, and LINE never", () => {
        send([1, 2], [3])

        expect(dcmi.readUint32(DCMI_RIS)).toBe(FRAME | VSYNC)
    })

    it("starts the next stream in a word of its own", () => {
        send([1])
        send([2])

        expect(stored(8)).toEqual([1, 0, 0, 0, 2, 0, 0, 0])
    })

    it("goes on at the start of the buffer, sets TCIF, and counts from there", () => {
        memory.fill(0xee, BUFFER, BUFFER + 4 * WORDS + 4)
        send(Array.from({ length: 4 * WORDS + 5 }, (_, i) => i))

        expect(dma.readUint32(LISR) & TCIF).toBe(TCIF)
        expect(dma.readUint32(S1NDTR)).toBe(WORDS - 2)
        expect(stored(9)).toEqual([32, 33, 34, 35, 36, 0, 0, 0, 8])
        expect(memory[BUFFER + 4 * WORDS]).toBe(0xee)
    })

    it("loses the last word when nobody takes it: OVR", () => {
        dma.writeUint32(S1CR, (STREAM | CIRC) & ~1)
        dma.writeUint32(LIFCR, 0xf40)
        send(Array.from({ length: 17 }, (_, i) => i)) // four words fill the FIFO

        expect(dcmi.readUint32(DCMI_RIS) & (OVR | FRAME)).toBe(OVR)
    })

    it("refuses the crop window", () => {
        dcmi.writeUint32(DCMI_CR, 0)
        expect(() =>
            dcmi.writeUint32(DCMI_CR, ENABLE | PCKPOL | JPEG | CROP)
        ).toThrow(/CROP cannot be used in JPEG mode/)
    })
})
