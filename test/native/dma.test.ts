// SPDX-License-Identifier: MIT
// Configurations of the DMA stream: what is written, and what is refused before anything is written.

import { beforeAll, beforeEach, describe, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import {
    compileSources,
    nativeSources,
} from "../../toolchain/wasm/compile-native.ts"
import { boardFields, writeFields } from "../../boards/board-block.ts"

const S1CR = 0x40026428
const S1NDTR = 0x4002642c
const S1PAR = 0x40026430
const S1M0AR = 0x40026434
const S1M1AR = 0x40026438
const S1FCR = 0x4002643c

const NORMAL = 0
const CIRCULAR = 1
const DOUBLE = 2

const BAD_GEOMETRY = 5
const TOO_MANY_WORDS = 6
const NO_MEMORY = 4

/** Where this test keeps the C structures. */
const STATUS = 0x1ff00000
const CONFIG = 0x1ff00100

describe("cam_dma_configure", () => {
    const { address: frames, bytes } = readBoard("nucleo-f446re").frameMemory
    let registers: Map<number, number>
    let view: DataView
    let configureC: (status: number, config: number) => void

    let module: WebAssembly.Module

    beforeAll(async () => {
        module = await compileSources(nativeSources(), ["cam_dma_configure"])
    })

    beforeEach(() => {
        const memory = new WebAssembly.Memory({ initial: 8200, maximum: 8200 })
        registers = new Map()
        view = new DataView(memory.buffer)
        const read = (at: number): number => registers.get(at >>> 0) ?? 0
        const instance = new WebAssembly.Instance(module, {
            env: { memory },
            mmio: {
                read32: read,
                write32: (at: number, value: number) =>
                    void registers.set(at >>> 0, value >>> 0),
                wait_set: read,
                wait_clear: read,
                delay_us: () => {},
                irq_save: () => 0,
                irq_restore: () => {},
            },
            port: {
                now_us: () => 0,
                vm_receive: () => 1,
                frame_delivered: () => {},
                row_stored: () => {},
                capture_changed: () => {},
                kernel_run: () => 0x100,
            },
        })
        const board = instance.exports["cam_board"] as WebAssembly.Global
        writeFields(
            view,
            board.value as number,
            boardFields(readBoard("nucleo-f446re"))
        )
        configureC = instance.exports["cam_dma_configure"] as typeof configureC
    })

    function configure(
        mode: number,
        memory0: number,
        memory1: number,
        words: number
    ): { code: number; value: number; limit: number } {
        const words32 = [mode, memory0, memory1, words]
        words32.forEach((word, i) => view.setUint32(CONFIG + 4 * i, word, true))
        configureC(STATUS, CONFIG)
        const at = (i: number): number => view.getUint32(STATUS + 4 * i, true)
        return { code: at(0), value: at(1), limit: at(2) }
    }

    const control = (): number => registers.get(S1CR)!

    it("moves words from DCMI_DR to memory by channel 1, through the FIFO, one by one", () => {
        expect(configure(NORMAL, frames, 0, 12_100).code).toBe(0)
        expect((control() >>> 25) & 7).toBe(1) // CHSEL
        expect((control() >>> 6) & 3).toBe(0) // DIR: peripheral to memory
        expect((control() >>> 11) & 3).toBe(2) // PSIZE: word
        expect((control() >>> 13) & 3).toBe(2) // MSIZE: word
        expect((control() >>> 10) & 1).toBe(1) // MINC
        expect((control() >>> 9) & 1).toBe(0) // PINC
        expect((control() >>> 21) & 0xf).toBe(0) // bursts: single
        expect((control() >>> 8) & 1).toBe(0) // CIRC
        expect(control() & 1).toBe(0) // EN
        expect(registers.get(S1FCR)! & 7).toBe(7) // DMDIS, threshold full
        expect(registers.get(S1PAR)).toBe(0x50050028)
        expect(registers.get(S1M0AR)).toBe(frames)
        expect(registers.get(S1NDTR)).toBe(12_100)
    })

    it("sets CIRC in circular mode", () => {
        configure(CIRCULAR, frames, 0, 100)
        expect((control() >>> 8) & 1).toBe(1)
        expect((control() >>> 18) & 1).toBe(0)
    })

    it("sets DBM, CIRC and both addresses in double buffer mode", () => {
        configure(DOUBLE, frames, frames + 400, 100)
        expect((control() >>> 8) & 1).toBe(1)
        expect((control() >>> 18) & 1).toBe(1)
        expect((control() >>> 19) & 1).toBe(0) // CT: starts with M0AR
        expect(registers.get(S1M1AR)).toBe(frames + 400)
    })

    it("accepts the last word of frame memory, and no more", () => {
        const words = bytes / 4
        expect(configure(NORMAL, frames, 0, words).code).toBe(0)
        expect(configure(NORMAL, frames + 4, 0, words)).toEqual({
            code: NO_MEMORY,
            value: frames + 4 + bytes,
            limit: frames + bytes,
        })
    })

    it.each([
        ["no words", NORMAL, frames, 0, 0, BAD_GEOMETRY, 0],
        ["an odd address", NORMAL, frames + 2, 0, 10, BAD_GEOMETRY, frames + 2],
        ["65,536 words", NORMAL, frames, 0, 65_536, TOO_MANY_WORDS, 65_536],
        ["SRAM below", NORMAL, frames - 4, 0, 1, NO_MEMORY, frames],
        ["CCM", NORMAL, 0x10000000, 0, 1, NO_MEMORY, 0x10000004],
        [
            "the top of the address space",
            NORMAL,
            0xfffffffc,
            0,
            65_535,
            NO_MEMORY,
            0x0003fff8,
        ],
        [
            "a second buffer outside",
            DOUBLE,
            frames,
            frames + bytes,
            1,
            NO_MEMORY,
            frames + bytes + 4,
        ],
    ])(
        "refuses %s, and writes nothing",
        (_, mode, m0, m1, words, code, value) => {
            expect(configure(mode, m0, m1, words)).toMatchObject({
                code,
                value,
            })
            expect(registers.size).toBe(0)
        }
    )
})
