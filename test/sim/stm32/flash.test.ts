// SPDX-License-Identifier: MIT
// FLASH: locks, programming and erasing with their times and errors, banks, wait states, power cuts.

import { beforeEach, describe, expect, it } from "vitest"
import { Clock } from "../../../sim/clock.ts"
import { Rules } from "../../../sim/rules.ts"
import type { ChipKind } from "../../../sim/stm32/chip-kind.ts"
import { Flash } from "../../../sim/stm32/flash/flash.ts"
import { pass } from "../../support/stm32/chip.ts"

// RM0090 §3.9.
const ACR = 0x00
const KEYR = 0x04
const OPTKEYR = 0x08
const SR = 0x0c
const CR = 0x10
const OPTCR = 0x14
const EOP = 1 << 0
const OPERR = 1 << 1
const WRPERR = 1 << 4
const PGAERR = 1 << 5
const PGPERR = 1 << 6
const PGSERR = 1 << 7
const BSY = 1 << 16
const PG = 1 << 0
const SER = 1 << 1
const MER = 1 << 2
const X32 = 2 << 8
const STRT = 1 << 16
const EOPIE = 1 << 24
const ERRIE = 1 << 25
const LOCK = 0x80000000
const BASE = 0x08000000
const WORD_NS = 16_000
const MS = 1e6

// One array for all tests: 129 MB of address space below the flash, never touched.
const memory = new Uint8Array(BASE + 0x200000)

let clock: Clock
let flash: Flash
let irq: boolean
let hclkHz: number

function makeFlash(
    chip: ChipKind = "stm32f446",
    flashBytes = 0x80000,
    permissive = false
): void {
    clock = new Clock()
    irq = false
    hclkHz = 16e6
    memory.fill(0xff, BASE, BASE + flashBytes)
    flash = new Flash({
        chip,
        clock,
        rules: new Rules(() => clock.nowNs, permissive),
        memory,
        flashBytes,
        irq: active => (irq = active),
        hclkHz: () => hclkHz,
    })
}

function unlock(): void {
    flash.writeUint32(KEYR, 0x45670123)
    flash.writeUint32(KEYR, 0xcdef89ab)
}

function startErase(code: number, extra = 0): void {
    flash.writeUint32(CR, SER | X32 | (code << 3) | extra)
    flash.writeUint32(CR, SER | X32 | (code << 3) | STRT | extra)
}

function word(address: number): number {
    return new DataView(memory.buffer).getUint32(address, true)
}

beforeEach(() => makeFlash())

describe("FLASH lock", () => {
    it("is closed after reset, opens by the two keys and closes by LOCK", () => {
        expect(flash.readUint32(CR)).toBe(LOCK)
        unlock()
        expect(flash.readUint32(CR)).toBe(0)
        flash.writeUint32(CR, LOCK)
        expect(flash.readUint32(CR)).toBe(LOCK)
        unlock()

        expect(flash.readUint32(CR)).toBe(0)
    })

    it("stays shut until the next reset after a wrong key", () => {
        makeFlash("stm32f446", 0x80000, true)
        flash.writeUint32(KEYR, 0xcdef89ab)
        unlock()
        expect(flash.readUint32(CR)).toBe(LOCK)
        flash.reset()
        unlock()

        expect(flash.readUint32(CR)).toBe(0)
    })

    it("refuses a wrong key and a write to CR behind it", () => {
        expect(() => flash.writeUint32(CR, PG)).toThrow("LOCK is 1")
        expect(() => flash.writeUint32(KEYR, 1)).toThrow(
            "FLASH_KEYR = 0x00000001: is the wrong key"
        )
    })
})

describe("FLASH programming", () => {
    it("takes 16 us per word and keeps the CPU from the flash for so long", () => {
        unlock()
        flash.writeUint32(CR, PG | X32)
        flash.program(BASE + 0x40000, 4, 0x12345678)
        expect(flash.readUint32(SR)).toBe(BSY)
        expect(flash.stallUntilNs).toBe(WORD_NS)
        pass(clock, WORD_NS)

        expect(flash.readUint32(SR)).toBe(0)
        expect(word(BASE + 0x40000)).toBe(0x12345678)
    })

    it("runs words that are stored without a wait one after the other", () => {
        unlock()
        flash.writeUint32(CR, PG | X32)
        for (let i = 0; i < 3; i++) flash.program(BASE + 4 * i, 4, i)

        expect(flash.stallUntilNs).toBe(3 * WORD_NS)
    })

    it("only pulls bits down", () => {
        unlock()
        flash.writeUint32(CR, PG)
        flash.program(BASE, 1, 0b11110011)
        flash.program(BASE, 1, 0b00111111)

        expect(memory[BASE]).toBe(0b00110011)
    })

    it.each([
        ["PGSERR without PG", X32, BASE, 4, PGSERR],
        ["PGSERR in erase mode", PG | SER | X32, BASE, 4, PGSERR],
        ["PGPERR for a byte with PSIZE x32", PG | X32, BASE, 1, PGPERR],
        ["PGPERR for an unaligned word", PG | X32, BASE + 2, 4, PGPERR],
        ["PGAERR across a row of 16 bytes", PG | X32, BASE + 14, 4, PGAERR],
    ] as const)("reports %s and changes nothing", (_, cr, at, bytes, error) => {
        unlock()
        flash.writeUint32(CR, cr)
        flash.program(at, bytes, 0)

        expect(flash.readUint32(SR)).toBe(error)
        expect(word(BASE)).toBe(0xffffffff)
        flash.writeUint32(SR, error)
        expect(flash.readUint32(SR)).toBe(0)
    })

    it("sets EOP and OPERR and the interrupt only while they are enabled", () => {
        unlock()
        flash.writeUint32(CR, PG | X32)
        flash.program(BASE, 4, 1)
        pass(clock, WORD_NS)
        expect(flash.readUint32(SR)).toBe(0)
        flash.writeUint32(CR, PG | X32 | EOPIE | ERRIE)
        flash.program(BASE + 4, 4, 1)
        pass(clock, WORD_NS)
        expect([flash.readUint32(SR), irq]).toEqual([EOP, true])
        flash.writeUint32(SR, EOP)
        flash.program(BASE + 8, 2, 1)

        expect([flash.readUint32(SR), irq]).toEqual([OPERR | PGPERR, true])
    })
})

describe("FLASH erase", () => {
    it.each([
        [0, 0x4000, 250],
        [4, 0x10000, 550],
        [7, 0x20000, 1000],
    ])("of sector %i clears %i bytes in %i ms", (code, bytes, ms) => {
        memory.fill(0, BASE, BASE + 0x80000)
        unlock()
        startErase(code)
        pass(clock, ms * MS - 1)
        expect(flash.readUint32(SR) & BSY).toBe(BSY)
        pass(clock, 1)

        expect(flash.readUint32(SR) & BSY).toBe(0)
        const erased = memory.subarray(BASE, BASE + 0x80000).indexOf(0xff)
        expect(
            memory
                .subarray(BASE + erased, BASE + erased + bytes)
                .every(byte => byte === 0xff)
        ).toBe(true)
        expect(memory[BASE + erased + bytes] ?? 0).toBe(0)
    })

    it("of everything takes the sum of the sectors, 4.55 s", () => {
        unlock()
        flash.writeUint32(CR, MER | X32 | STRT)

        expect(flash.stallUntilNs).toBe(4550 * MS)
    })

    it("refuses sectors that the part lacks, x64, CR writes while busy, and STRT alone", () => {
        unlock()
        expect(() => startErase(8)).toThrow("SNB 8 names no sector")
        expect(() => startErase(1, 3 << 8)).toThrow("Vpp")
        expect(() => flash.writeUint32(CR, STRT)).toThrow("neither SER nor MER")
        startErase(1)
        expect(() => flash.writeUint32(CR, 0)).toThrow("SR_BSY is 1")
    })

    it("of a protected sector sets WRPERR, after OPTSTRT and until the protection is off", () => {
        flash.writeUint32(OPTKEYR, 0x08192a3b)
        flash.writeUint32(OPTKEYR, 0x4c5d6e7f)
        flash.writeUint32(OPTCR, 0x0fffaaec & ~(1 << 18))
        flash.writeUint32(OPTCR, (0x0fffaaec & ~(1 << 18)) | 2)
        pass(clock, 1e9)
        unlock()
        startErase(2)
        expect(flash.readUint32(SR)).toBe(WRPERR)
        flash.writeUint32(SR, WRPERR)
        startErase(3)

        expect(flash.readUint32(SR)).toBe(BSY)
    })
})

describe("FLASH of 2 MB on the F429", () => {
    beforeEach(() => makeFlash("stm32f429", 0x200000))

    it("has sectors 12 to 23 in a second bank, with codes from 0x10", () => {
        expect(
            flash.sectors.map(({ number, code, offset }) => [
                number,
                code,
                offset,
            ])
        ).toEqual(
            [0, 1].flatMap(bank =>
                [
                    0, 0x4000, 0x8000, 0xc000, 0x10000, 0x20000, 0x40000,
                    0x60000, 0x80000, 0xa0000, 0xc0000, 0xe0000,
                ].map((offset, i) => [
                    bank * 12 + i,
                    bank * 16 + i,
                    bank * 0x100000 + offset,
                ])
            )
        )
    })

    it("lets the first bank be read while the second is erased", () => {
        unlock()
        startErase(0x17)

        expect(flash.stallUntilNs).toBe(0)
        expect(flash.readableAtNs(BASE + 0x100000)).toBe(1000 * MS)
        expect(flash.readUint32(SR)).toBe(BSY)
    })
})

describe("FLASH_ACR", () => {
    it.each([
        [30e6, 0],
        [30.1e6, 1],
        [84e6, 2],
        [168e6, 5],
        [180e6, 5],
    ])("at %i Hz needs %i wait states", (hz, states) => {
        hclkHz = hz
        flash.writeUint32(ACR, 5)
        expect(() => flash.writeUint32(ACR, states)).not.toThrow()
        if (states === 0) return

        expect(() => flash.writeUint32(ACR, states - 1)).toThrow(
            `needs ${states} wait states`
        )
    })

    it("resets a cache only while it is off", () => {
        flash.writeUint32(ACR, 1 << 9)
        expect(() => flash.writeUint32(ACR, (1 << 9) | (1 << 11))).toThrow(
            "ICRST"
        )
        flash.writeUint32(ACR, 0)
        flash.writeUint32(ACR, 1 << 11)
        flash.writeUint32(ACR, 1 << 12)
        flash.writeUint32(ACR, 7 << 8)

        expect(flash.readUint32(ACR)).toBe(7 << 8)
    })
})

describe("FLASH at a power cut", () => {
    it("leaves a word with some of its bits fallen, the same for the same seed", () => {
        const words = [1, 1, 2].map(seed => {
            makeFlash()
            unlock()
            flash.writeUint32(CR, PG | X32)
            let cutNs = 0
            flash.onPowerCut = () => (cutNs = clock.nowNs)
            flash.powerCut(1, seed)
            flash.program(BASE, 4, 0)
            pass(clock, WORD_NS)
            flash.program(BASE + 4, 4, 0x0000ffff)
            flash.program(BASE + 8, 4, 0)
            pass(clock, WORD_NS)
            expect(cutNs).toBe(1.5 * WORD_NS)
            expect([word(BASE), word(BASE + 8)]).toEqual([0, 0xffffffff])
            return word(BASE + 4)
        })

        expect(words[0]! & 0xffff).toBe(0xffff)
        expect(words[0]).not.toBe(0xffffffff)
        expect(words[0]).not.toBe(0x0000ffff)
        expect(words[1]).toBe(words[0])
        expect(words[2]).not.toBe(words[0])
    })

    it("leaves a sector partly erased, and works again after power-on", () => {
        memory.fill(0, BASE, BASE + 0x8000)
        unlock()
        flash.powerCut(0)
        startErase(0)
        const cells = memory.subarray(BASE, BASE + 0x4000)
        expect(cells.includes(0) && cells.includes(0xff)).toBe(true)
        expect(word(BASE + 0x4000)).toBe(0)
        pass(clock, 1e9)
        flash.reset(true)
        unlock()
        startErase(0)

        expect(cells.every(byte => byte === 0xff)).toBe(true)
    })
})

describe("FLASH faults", () => {
    it("fails so many programmings and erasings with PGSERR, and changes nothing", () => {
        let taken = 0
        flash.injectError(() => taken++)
        flash.injectError(() => taken++)
        unlock()
        flash.writeUint32(CR, PG | X32)
        flash.program(BASE, 4, 0)
        expect(flash.readUint32(SR) & PGSERR).toBe(PGSERR)
        expect(word(BASE)).toBe(0xffffffff)
        flash.writeUint32(SR, PGSERR)
        memory.fill(0, BASE, BASE + 4)
        startErase(0)
        expect(flash.readUint32(SR) & PGSERR).toBe(PGSERR)
        expect(word(BASE)).toBe(0)
        flash.writeUint32(SR, PGSERR)
        startErase(0)
        expect(flash.readUint32(SR) & PGSERR).toBe(0)
        expect(word(BASE)).toBe(0xffffffff)
        expect(taken).toBe(2)
    })

    it("leaves half done what runs when the power goes, and whole what has ended", () => {
        flash.powerGoesAt(1.5 * WORD_NS, 3)
        unlock()
        flash.writeUint32(CR, PG | X32)
        flash.program(BASE, 4, 0)
        pass(clock, WORD_NS)
        flash.program(BASE + 4, 4, 0)
        expect(word(BASE)).toBe(0)
        expect([0, 0xffffffff]).not.toContain(word(BASE + 4))
    })
})
