// SPDX-License-Identifier: MIT
// DMA2: modes, locks, flags, rules at enable, unreachable memory.

import fc from "fast-check"
import { beforeEach, describe, expect, it } from "vitest"
import type { MemoryRegion } from "../../../boards/ram-layout.ts"
import { Clock } from "../../../sim/clock.ts"
import { Rules } from "../../../sim/rules.ts"
import { Dma, type DmaPort } from "../../../sim/stm32/dma/dma.ts"

// RM0090 §10.5; stream 1.
const LISR = 0x00
const HISR = 0x04
const LIFCR = 0x08
const HIFCR = 0x0c
const S1CR = 0x28
const S1NDTR = 0x2c
const S1PAR = 0x30
const S1M0AR = 0x34
const S1M1AR = 0x38
const S1FCR = 0x3c
const S7CR = 0xb8
const S7NDTR = 0xbc
const S7PAR = 0xc0
const S7M0AR = 0xc4
const EN = 1 << 0
const TEIE = 1 << 2
const HTIE = 1 << 3
const TCIE = 1 << 4
const CIRC = 1 << 8
const PINC = 1 << 9
const MINC = 1 << 10
const WORDS = (2 << 11) | (2 << 13)
const DBM = 1 << 18
const CT = 1 << 19
const CHANNEL_1 = 1 << 25
const PLAIN = CHANNEL_1 | WORDS | MINC
const TEIF1 = 1 << 9
const HTIF1 = 1 << 10
const TCIF1 = 1 << 11
const CLEAR_1 = 0xf40
const CLEAR_7 = 0x0f400000
const DCMI_DR = 0x50050028

// A memory of 4 KB at 0x1000 that DMA reaches, and one at 0x3000 that it does not.
const RAM = 0x1000
const RAM_END = 0x2000
const CCM = 0x3000
const REGIONS: readonly MemoryRegion[] = [
    { name: "RAM", address: RAM, bytes: RAM_END - RAM, dma: true },
    { name: "CCM", address: CCM, bytes: 0x1000, dma: false },
]

interface Fixture {
    readonly dma: Dma
    readonly port: DmaPort
    readonly memory: Uint8Array
    readonly rules: Rules
    readonly clock: Clock
    readonly irqs: Map<number, boolean>
    served: number
}

function makeDma(permissive = false): Fixture {
    const clock = new Clock()
    const rules = new Rules(() => 0, permissive)
    const memory = new Uint8Array(0x4000)
    const irqs = new Map<number, boolean>()
    const dma = new Dma({
        name: "DMA2",
        clock,
        rules,
        memory,
        regions: REGIONS,
        irq: (stream, active) => irqs.set(stream, active),
    })
    const fixture: Fixture = {
        dma,
        memory,
        rules,
        clock,
        irqs,
        served: 0,
        port: dma.connect({
            dataRegister: DCMI_DR,
            routes: [
                [1, 1],
                [7, 1],
            ],
            served: () => fixture.served++,
        }),
    }
    return fixture
}

function begin(dma: Dma, words: number, control = PLAIN, memory0 = RAM): void {
    dma.writeUint32(S1PAR, DCMI_DR)
    dma.writeUint32(S1M0AR, memory0)
    dma.writeUint32(S1NDTR, words)
    dma.writeUint32(S1CR, control | EN)
}

/** Words 1, 2, 3, ... as little-endian bytes. */
function numbered(words: number, first = 1): Uint8Array {
    const array = Uint32Array.from({ length: words }, (_, i) => first + i)
    return new Uint8Array(array.buffer)
}

function wordsAt(memory: Uint8Array, address: number, count: number): number[] {
    const view = new DataView(memory.buffer)
    return Array.from({ length: count }, (_, i) =>
        view.getUint32(address + 4 * i, true)
    )
}

describe("DMA2 in normal mode", () => {
    let f: Fixture

    beforeEach(() => {
        f = makeDma()
    })

    it("resets FCR to 0x21 and everything else to 0", () => {
        expect(f.dma.readUint32(S1FCR)).toBe(0x21)
        expect(f.dma.readUint32(S1CR)).toBe(0)
        expect(f.dma.registerName(S7M0AR)).toBe("S7M0AR")
        expect(f.dma.registerName(0xd0)).toBeUndefined()
    })

    it("takes no word before EN is set", () => {
        expect(f.port.takeWords(numbered(1), 0, 1)).toBe(0)
        expect(f.port.servedSinceNs()).toBe(Infinity)
    })

    it("stores the words and counts NDTR down", () => {
        begin(f.dma, 5)

        expect(f.port.takeWords(numbered(3), 0, 3)).toBe(3)

        expect(wordsAt(f.memory, RAM, 4)).toEqual([1, 2, 3, 0])
        expect(f.dma.readUint32(S1NDTR)).toBe(2)
        expect(f.dma.readUint32(LISR)).toBe(HTIF1)
    })

    it("ends with TCIF and EN = 0, and takes no more", () => {
        begin(f.dma, 5)

        expect(f.port.takeWords(numbered(8), 0, 8)).toBe(5)

        expect(f.dma.readUint32(LISR)).toBe(HTIF1 | TCIF1)
        expect(f.dma.readUint32(S1CR) & EN).toBe(0)
        expect(f.dma.readUint32(S1NDTR)).toBe(0)
        expect(wordsAt(f.memory, RAM, 6)).toEqual([1, 2, 3, 4, 5, 0])
    })

    it("starts at the given byte of the source", () => {
        begin(f.dma, 2)
        f.port.takeWords(numbered(5), 8, 2)

        expect(wordsAt(f.memory, RAM, 2)).toEqual([3, 4])
    })

    it("tells an observer the address and bytes it wrote", () => {
        const seen: [number, number[]][] = []
        f.dma.onWrite = (address, bytes) => seen.push([address, [...bytes]])
        begin(f.dma, 2)
        f.port.takeWords(numbered(1), 0, 1)
        f.port.takeWords(numbered(1, 9), 0, 1)

        expect(seen).toEqual([
            [RAM, [1, 0, 0, 0]],
            [RAM + 4, [9, 0, 0, 0]],
        ])
    })

    it("writes one address again and again without MINC", () => {
        begin(f.dma, 4, CHANNEL_1 | WORDS)
        f.port.takeWords(numbered(3), 0, 3)

        expect(wordsAt(f.memory, RAM, 2)).toEqual([3, 0])
    })

    it("says since when a stream serves the request", () => {
        f.clock.step(700)
        begin(f.dma, 2)

        expect(f.port.servedSinceNs()).toBe(700)
        expect(f.served).toBe(1)
    })

    it("sets TCIF when software clears EN, as the FIFO is flushed", () => {
        begin(f.dma, 5)
        f.dma.writeUint32(S1CR, PLAIN)

        expect(f.dma.readUint32(LISR)).toBe(TCIF1)
        expect(f.dma.readUint32(S1NDTR)).toBe(5)
    })
})

describe("DMA2 interrupts", () => {
    it.each([
        ["TCIE", TCIE, 4],
        ["HTIE", HTIE, 2],
    ])(
        "drives the line of stream 1 by %s until LIFCR clears the flag",
        (_, enable, words) => {
            const f = makeDma()
            begin(f.dma, 4, PLAIN | enable)
            f.port.takeWords(numbered(words - 1), 0, words - 1)
            expect(f.irqs.get(1) ?? false).toBe(false)

            f.port.takeWords(numbered(1), 0, 1)
            expect(f.irqs.get(1)).toBe(true)

            f.dma.writeUint32(LIFCR, CLEAR_1)
            expect(f.irqs.get(1)).toBe(false)
            expect(f.dma.readUint32(LISR)).toBe(0)
        }
    )

    it("shows stream 7 in HISR and clears it by HIFCR", () => {
        const f = makeDma()
        f.dma.writeUint32(S7PAR, DCMI_DR)
        f.dma.writeUint32(S7M0AR, RAM)
        f.dma.writeUint32(S7NDTR, 1)
        f.dma.writeUint32(S7CR, PLAIN | TCIE | EN)
        f.port.takeWords(numbered(1), 0, 1)
        expect(f.dma.readUint32(HISR)).toBe(1 << 27)
        expect(f.irqs.get(7)).toBe(true)

        f.dma.writeUint32(HIFCR, CLEAR_7)

        expect(f.dma.readUint32(HISR)).toBe(0)
        expect(f.irqs.get(7)).toBe(false)
    })

    it("ignores LISR writes, with a warning", () => {
        const f = makeDma()
        f.dma.writeUint32(LISR, 0)

        expect(f.rules.warnings[0]?.message).toBe(
            "DMA2_LISR = 0x00000000: is read only: the write takes no effect (RM0090 10.5.1)"
        )
    })

    it("clears a stream's flags by 0x3f in its place, and warns of the reserved bit", () => {
        const f = makeDma()
        begin(f.dma, 2)
        f.port.takeWords(numbered(2), 0, 2)
        expect(f.dma.readUint32(LISR)).toBe(HTIF1 | TCIF1)
        f.dma.writeUint32(LIFCR, 0x3f << 6)
        f.dma.writeUint32(LIFCR, 0x3f << 6)
        f.dma.writeUint32(HIFCR, 0x3f << 22)

        expect(f.dma.readUint32(LISR)).toBe(0)
        expect(f.rules.warnings).toEqual([
            {
                message:
                    "DMA2_LIFCR = 0x00000fc0: reserved bits 0x80 are written 1 and take no effect (RM0090 10.5.3)",
                section: "RM0090 10.5.3",
                firstNs: 0,
                count: 2,
            },
            {
                message:
                    "DMA2_HIFCR = 0x0fc00000: reserved bits 0x800000 are written 1 and take no effect (RM0090 10.5.4)",
                section: "RM0090 10.5.4",
                firstNs: 0,
                count: 1,
            },
        ])
    })

    it("does not warn of the flags' own bits", () => {
        const f = makeDma()
        f.dma.writeUint32(LIFCR, 0x0f7d0f7d)

        expect(f.rules.warnings).toEqual([])
    })
})

describe("DMA2 in circular mode", () => {
    it("stores word n at n modulo NDTR, whatever the chunks", () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 1, max: 40 }),
                fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 12 }),
                (size, chunks) => {
                    const f = makeDma()
                    begin(f.dma, size, PLAIN | CIRC)
                    const expected = new Array<number>(size).fill(0)
                    let sent = 0
                    for (const chunk of chunks) {
                        expect(
                            f.port.takeWords(
                                numbered(chunk, sent + 1),
                                0,
                                chunk
                            )
                        ).toBe(chunk)
                        for (let i = 0; i < chunk; i++)
                            expected[(sent + i) % size] = sent + i + 1
                        sent += chunk
                    }

                    expect(wordsAt(f.memory, RAM, size)).toEqual(expected)
                    expect(f.dma.readUint32(S1NDTR)).toBe(size - (sent % size))
                    expect((f.dma.readUint32(LISR) & TCIF1) !== 0).toBe(
                        sent >= size
                    )
                }
            )
        )
    })
})

describe("DMA2 in double buffer mode", () => {
    const other = RAM + 0x800

    function beginDouble(f: Fixture, words: number): void {
        f.dma.writeUint32(S1M1AR, other)
        begin(f.dma, words, PLAIN | DBM)
    }

    it("fills M0AR and M1AR in turn and toggles CT, whatever the chunks", () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 1, max: 20 }),
                fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 10 }),
                (size, chunks) => {
                    const f = makeDma()
                    beginDouble(f, size)
                    const expected = [
                        new Array<number>(size).fill(0),
                        new Array<number>(size).fill(0),
                    ]
                    let sent = 0
                    for (const chunk of chunks) {
                        f.port.takeWords(numbered(chunk, sent + 1), 0, chunk)
                        for (let i = 0; i < chunk; i++, sent++)
                            expected[Math.floor(sent / size) % 2]![
                                sent % size
                            ] = sent + 1
                    }

                    expect(wordsAt(f.memory, RAM, size)).toEqual(expected[0])
                    expect(wordsAt(f.memory, other, size)).toEqual(expected[1])
                    expect((f.dma.readUint32(S1CR) & CT) !== 0).toBe(
                        Math.floor(sent / size) % 2 === 1
                    )
                }
            )
        )
    })

    it("forces CIRC", () => {
        const f = makeDma()
        beginDouble(f, 4)

        expect(f.dma.readUint32(S1CR) & CIRC).toBe(CIRC)
    })

    it("starts with the target that CT names", () => {
        const f = makeDma()
        f.dma.writeUint32(S1M1AR, other)
        begin(f.dma, 2, PLAIN | DBM | CT)
        f.port.takeWords(numbered(1), 0, 1)

        expect(wordsAt(f.memory, other, 1)).toEqual([1])
    })

    it("takes a new address for the idle target, used from the next swap on", () => {
        const f = makeDma()
        beginDouble(f, 2)
        f.port.takeWords(numbered(1), 0, 1)
        f.dma.writeUint32(S1M1AR, RAM + 0x400)
        f.port.takeWords(numbered(2, 2), 0, 2)

        expect(wordsAt(f.memory, RAM, 2)).toEqual([1, 2])
        expect(wordsAt(f.memory, RAM + 0x400, 1)).toEqual([3])
    })

    it("refuses a new address for the target in use", () => {
        const f = makeDma()
        beginDouble(f, 2)

        expect(() => f.dma.writeUint32(S1M0AR, RAM)).toThrow(
            /^DMA2_S1M0AR.*in use \(CT = 0\)/
        )
        f.port.takeWords(numbered(2), 0, 2)
        expect(() => f.dma.writeUint32(S1M1AR, RAM)).toThrow(
            /^DMA2_S1M1AR.*in use \(CT = 1\)/
        )
    })

    it("ends in permissive mode with TEIF and EN = 0 when the target in use is written", () => {
        const f = makeDma(true)
        beginDouble(f, 2)
        f.dma.writeUint32(S1M0AR, RAM + 4)

        expect(f.dma.readUint32(LISR) & TEIF1).toBe(TEIF1)
        expect(f.dma.readUint32(S1CR) & EN).toBe(0)
        expect(f.dma.readUint32(S1M0AR)).toBe(RAM)
    })
})

describe("DMA2 locks while EN is 1", () => {
    it.each([
        ["S1NDTR", S1NDTR],
        ["S1PAR", S1PAR],
        ["S1M0AR", S1M0AR],
    ])("refuses a write to %s", (name, register) => {
        const f = makeDma()
        begin(f.dma, 4)

        expect(() => f.dma.writeUint32(register, 4)).toThrow(
            new RegExp(`^DMA2_${name} .*locked`)
        )
    })

    it("takes M1AR with CT = 0 outside double buffer mode, with a warning and no effect", () => {
        const f = makeDma()
        begin(f.dma, 4)
        f.dma.writeUint32(S1M1AR, RAM + 0x800)
        f.port.takeWords(numbered(4), 0, 4)

        expect(f.dma.readUint32(S1M1AR)).toBe(RAM + 0x800)
        expect(wordsAt(f.memory, RAM, 4)).toEqual([1, 2, 3, 4])
        expect(wordsAt(f.memory, RAM + 0x800, 1)).toEqual([0])
        expect(f.rules.warnings.map(({ message }) => message)).toEqual([
            "DMA2_S1M1AR = 0x00001800: is written while EN is 1, and is used in double buffer mode only (RM0090 10.5.9)",
        ])
    })

    it("refuses M1AR with CT = 1 outside double buffer mode", () => {
        const f = makeDma()
        begin(f.dma, 4, PLAIN | CT)

        expect(() => f.dma.writeUint32(S1M1AR, RAM)).toThrow(
            /^DMA2_S1M1AR .*locked/
        )
    })

    it("does not warn of the idle address in double buffer mode", () => {
        const f = makeDma()
        begin(f.dma, 4, PLAIN | DBM)
        f.dma.writeUint32(S1M1AR, RAM + 0x800)

        expect(f.rules.warnings).toEqual([])
    })

    it("refuses to change the mode but not the interrupt enables", () => {
        const f = makeDma()
        begin(f.dma, 4)

        expect(() =>
            f.dma.writeUint32(S1CR, (PLAIN | CIRC | EN) >>> 0)
        ).toThrow("0x00000100 are locked")
        f.dma.writeUint32(S1CR, PLAIN | EN | TCIE | TEIE)
        expect(f.dma.readUint32(S1CR)).toBe(PLAIN | EN | TCIE | TEIE)
    })

    it("refuses to change FTH and DMDIS but not FEIE", () => {
        const f = makeDma()
        begin(f.dma, 4)

        expect(() => f.dma.writeUint32(S1FCR, 0x23)).toThrow("DMA2_S1FCR")
        f.dma.writeUint32(S1FCR, 0x21 | (1 << 7))
        expect(f.dma.readUint32(S1FCR)).toBe(0x21 | (1 << 7))
    })
})

describe("DMA2 rules when EN is set", () => {
    const INC4 = 1 << 23
    const INC8 = 2 << 23
    const FIFO = 1 << 2

    function enable(settings: {
        control?: number
        fcr?: number
        words?: number
        par?: number
        memory0?: number
    }): () => void {
        const { dma } = makeDma()
        const {
            control = PLAIN,
            fcr = 0,
            words = 16,
            par = DCMI_DR,
            memory0 = RAM,
        } = settings
        dma.writeUint32(S1FCR, fcr)
        dma.writeUint32(S1PAR, par)
        dma.writeUint32(S1M0AR, memory0)
        dma.writeUint32(S1NDTR, words)
        return () => dma.writeUint32(S1CR, control | EN)
    }

    it("refuses NDTR 0, and more than 16 bits in NDTR", () => {
        expect(enable({ words: 0 })).toThrow("DMA2_S1NDTR")
        expect(() => enable({ words: 65536 })).toThrow(
            "DMA2_S1NDTR = 0x00010000"
        )
        expect(enable({ words: 65535 })).not.toThrow()
    })

    it("runs with flags that were not cleared, with a warning", () => {
        const f = makeDma()
        begin(f.dma, 1)
        f.port.takeWords(numbered(1), 0, 1)
        begin(f.dma, 1)
        expect(f.port.takeWords(numbered(1), 0, 1)).toBe(1)
        f.dma.writeUint32(LIFCR, CLEAR_1)
        begin(f.dma, 1)

        expect(
            f.rules.warnings.map(({ message, count }) => [message, count])
        ).toEqual([[expect.stringContaining("EN is set while flags"), 1]])
    })

    it("refuses addresses that are not aligned to their size", () => {
        expect(enable({ memory0: RAM + 2 })).toThrow("DMA2_S1M0AR")
        expect(enable({ par: DCMI_DR + 2 })).toThrow("DMA2_S1PAR")
    })

    it.each([
        ["memory to memory in direct mode", PLAIN | (2 << 6)],
        ["DIR 3", PLAIN | (3 << 6)],
        ["PFCTRL", PLAIN | (1 << 5)],
        ["PINCOS", PLAIN | (1 << 15)],
        ["PSIZE 3", PLAIN | (3 << 11)],
        ["MSIZE 3", PLAIN | (3 << 13)],
    ])("refuses %s", (_, control) => {
        expect(enable({ control })).toThrow("DMA2_S1CR")
    })

    it.each([20, 28])("ignores reserved bit %i of CR, with a warning", bit => {
        const f = makeDma()
        f.dma.writeUint32(S1CR, 1 << bit)

        expect(f.dma.readUint32(S1CR)).toBe(0)
        expect(f.rules.warnings[0]?.message).toMatch(/S1CR.*10\.5\.5/)
    })

    it("refuses more items than NDTR holds: fewer would be moved", () => {
        const f = makeDma()

        expect(() => f.dma.writeUint32(S1NDTR, 0x10001)).toThrow(
            "has 16 bits: 1 of 65537 items are moved (RM0090 10.5.6)"
        )
    })

    it("refuses bursts and different sizes in direct mode", () => {
        expect(enable({ control: PLAIN | INC4 })).toThrow(
            "bursts need the FIFO"
        )
        expect(enable({ control: CHANNEL_1 | MINC | (2 << 11) })).toThrow(
            "PSIZE equal to MSIZE"
        )
    })

    it.each([
        // MSIZE, beats, thresholds in quarters that hold whole bursts (RM0090 table 48)
        ["byte", 0, 1, [1, 2, 3, 4]],
        ["byte", 0, 2, [2, 4]],
        ["byte", 0, 3, [4]],
        ["half-word", 1, 1, [2, 4]],
        ["half-word", 1, 2, [4]],
        ["half-word", 1, 3, []],
        ["word", 2, 1, [4]],
        ["word", 2, 2, []],
        ["word", 2, 3, []],
    ])(
        "allows %s bursts with code %i %i only at thresholds %j",
        (_, msize, burst, allowed) => {
            for (const quarters of [1, 2, 3, 4]) {
                const control =
                    CHANNEL_1 | MINC | (2 << 11) | (msize << 13) | (burst << 23)
                const attempt = enable({ control, fcr: FIFO | (quarters - 1) })
                if (allowed.includes(quarters)) expect(attempt).not.toThrow()
                else expect(attempt).toThrow("DMA2_S1FCR")
            }
        }
    )

    it("needs whole bursts in circular mode, not in normal mode", () => {
        const fcr = FIFO | 3
        expect(
            enable({ control: PLAIN | INC4 | CIRC, fcr, words: 18 })
        ).toThrow("DMA2_S1NDTR")
        expect(enable({ control: PLAIN | INC4, fcr, words: 18 })).not.toThrow()
        expect(
            enable({ control: PLAIN | INC4 | CIRC, fcr, words: 20 })
        ).not.toThrow()
    })

    it("refuses bursts that would cross a kilobyte", () => {
        const fcr = FIFO | 3
        const control = PLAIN | INC4
        expect(enable({ control, fcr, memory0: RAM + 0x3f8 })).toThrow("1 KB")
        expect(enable({ control, fcr, memory0: RAM + 0x3f0 })).not.toThrow()
        expect(enable({ control: PLAIN | INC8, fcr })).toThrow("does not fit")
    })
})

describe("DMA2 and its addresses", () => {
    it("refuses memory that the bus matrix does not connect, by its address", () => {
        const f = makeDma()
        begin(f.dma, 4, PLAIN, CCM)

        expect(() => f.port.takeWords(numbered(1), 0, 1)).toThrow(
            "DMA2_S1M0AR: transfer error at 0x00003000"
        )
    })

    it("refuses to run past the end of a memory", () => {
        const f = makeDma()
        begin(f.dma, 4, PLAIN, RAM_END - 8)
        f.port.takeWords(numbered(2), 0, 2)

        expect(() => f.port.takeWords(numbered(1), 0, 1)).toThrow("0x00002000")
    })

    it("sets TEIF and clears EN in permissive mode", () => {
        const f = makeDma(true)
        begin(f.dma, 4, PLAIN | TEIE, CCM)

        expect(f.port.takeWords(numbered(1), 0, 1)).toBe(0)

        expect(f.dma.readUint32(LISR)).toBe(TEIF1)
        expect(f.dma.readUint32(S1CR) & EN).toBe(0)
        expect(f.irqs.get(1)).toBe(true)
        expect(f.rules.violations).toHaveLength(1)
    })

    it("refuses a stream that reads another register than DCMI_DR, or not as words", () => {
        const wrong = makeDma()
        wrong.dma.writeUint32(S1PAR, 0x50050000)
        wrong.dma.writeUint32(S1M0AR, RAM)
        wrong.dma.writeUint32(S1NDTR, 4)
        wrong.dma.writeUint32(S1CR, PLAIN | EN)
        expect(() => wrong.port.takeWords(numbered(1), 0, 1)).toThrow(
            "DMA2_S1PAR = 0x50050000"
        )

        const moving = makeDma()
        begin(moving.dma, 4, PLAIN | PINC)
        expect(() => moving.port.takeWords(numbered(1), 0, 1)).toThrow(
            "DMA2_S1CR"
        )
    })

    it("refuses words from a peripheral at a stream that writes to peripherals", () => {
        const f = makeDma()
        begin(f.dma, 4, PLAIN | (1 << 6))

        expect(() => f.port.takeWords(numbered(1), 0, 1)).toThrow(
            "DIR is 1, the request of this channel needs 0"
        )
    })

    it("refuses two streams at one request", () => {
        const f = makeDma()
        begin(f.dma, 4)
        f.dma.writeUint32(S7PAR, DCMI_DR)
        f.dma.writeUint32(S7M0AR, RAM)
        f.dma.writeUint32(S7NDTR, 4)

        expect(() => f.dma.writeUint32(S7CR, PLAIN | EN)).toThrow(
            "streams 1 and 7"
        )
    })

    it("does not serve the DCMI on another channel", () => {
        const f = makeDma()
        begin(f.dma, 4, WORDS | MINC | (2 << 25))

        expect(f.port.takeWords(numbered(1), 0, 1)).toBe(0)
    })
})
