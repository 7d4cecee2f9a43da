// SPDX-License-Identifier: MIT
// DCMI: capture modes, crop, FIFO and overrun, polarities, rules.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Clock } from "../../../sim/clock.ts"
import type { ClockEdge, Level } from "../../../sim/wires/parallel-bus.ts"
import { Rules } from "../../../sim/rules.ts"
import { Dcmi } from "../../../sim/stm32/dcmi/dcmi.ts"
import type { CaptureEvent } from "../../../sim/stm32/dcmi/dcmi-capture.ts"
import type { ChipKind } from "../../../sim/stm32/chip-kind.ts"

// Typed again from RM0090 §15.8: a typo in the model must not hide here.
const CR = 0x00
const SR = 0x04
const RIS = 0x08
const IER = 0x0c
const MIS = 0x10
const ICR = 0x14
const CWSTRT = 0x20
const CWSIZE = 0x24
const DR = 0x28
const CAPTURE = 1 << 0
const SNAPSHOT = 1 << 1
const CROP = 1 << 2
const ESS = 1 << 4
const PCKPOL = 1 << 5
const HSPOL = 1 << 6
const VSPOL = 1 << 7
const EDM_10 = 1 << 10
const ENABLE = 1 << 14
const FRAME = 1 << 0
const OVR = 1 << 1
const VSYNC = 1 << 3
const LINE = 1 << 4
const RUN = ENABLE | CAPTURE | PCKPOL

/** A DMA that takes all, `limit` words, or nothing. */
class Sink {
    readonly bytes: number[] = []
    limit = Infinity
    servedSince = 0
    /** For how long others had the memory, ns. */
    stalled = 0
    /** Words that the stream's FIFO holds. */
    buffered = 0
    served: () => void = () => {}

    stalledSinceNs(): number {
        return Infinity
    }

    stalledNs(): number {
        return this.stalled
    }

    bufferedWords(): number {
        return this.buffered
    }

    servedSinceNs(): number {
        return this.limit > 0 ? this.servedSince : Infinity
    }

    takeWords(source: Uint8Array, start: number, words: number): number {
        const taken = Math.min(words, this.limit)
        this.limit -= taken
        this.bytes.push(...source.subarray(start, start + taken * 4))
        return taken
    }
}

interface FrameOptions {
    readonly columns: number
    readonly rows: number
    readonly edge?: ClockEdge
    /** When the data changes after the other edge, ns. */
    readonly change?: readonly [earliestNs: number, latestNs: number]
    readonly periodNs?: number
    /** Called after the line with this index. */
    readonly after?: (row: number) => void
    /** First value; each byte is one more. */
    readonly first?: number
    /** Level of the sync pins while data is valid. */
    readonly valid?: Level
}

class Fixture {
    readonly clock = new Clock()
    readonly rules: Rules
    readonly sink = new Sink()
    readonly events: CaptureEvent[] = []
    readonly dcmi: Dcmi
    irq = false
    pins: string | undefined

    constructor(
        options: { chip?: ChipKind; permissive?: boolean; hclkHz?: number } = {}
    ) {
        this.rules = new Rules(() => 0, options.permissive)
        this.dcmi = new Dcmi({
            chip: options.chip ?? "stm32f446",
            clock: this.clock,
            rules: this.rules,
            hclkHz: options.hclkHz ?? 180_000_000,
            irq: active => (this.irq = active),
            connectDma: served => {
                this.sink.served = served
                return this.sink
            },
            pinProblem: () => this.pins,
        })
        this.dcmi.onCapture = event => this.events.push(event)
    }

    /** One frame: vsync, lines, vsync, at a pixel per periodNs. @returns its bytes */
    frame(options: FrameOptions): number[][] {
        const {
            columns,
            rows,
            after,
            first = 0,
            valid = 1,
            edge = "rising",
            periodNs = 40,
            change,
        } = options
        const idle = (1 - valid) as Level
        const lines: number[][] = []
        this.dcmi.vsync(valid)
        for (let row = 0; row < rows; row++) {
            const bytes = Uint8Array.from(
                { length: columns },
                (_, x) => first + row * columns + x
            )
            const startNs = this.clock.nowNs
            this.dcmi.hsync(valid)
            this.clock.step(startNs + columns * periodNs)
            this.dcmi.line({
                bytes,
                startNs,
                periodNs,
                stableEdge: edge,
                ...(change && {
                    dataChange: { earliestNs: change[0], latestNs: change[1] },
                }),
            })
            this.dcmi.hsync(idle)
            lines.push([...bytes])
            after?.(row)
        }
        this.dcmi.vsync(idle)
        return lines
    }

    warned(): string[] {
        return this.rules.warnings.map(({ message }) => message)
    }

    read(offset: number): number {
        return this.dcmi.readUint32(offset)
    }

    write(offset: number, value: number): void {
        this.dcmi.writeUint32(offset, value)
    }
}

describe("DCMI capture of whole frames", () => {
    it("passes every byte in order and sets FRAME with VSYNC at the end of the frame", () => {
        const f = new Fixture()
        f.write(CR, RUN)
        const lines = f.frame({
            columns: 8,
            rows: 3,
            after: () => expect(f.read(RIS) & FRAME).toBe(0),
        })

        expect(f.sink.bytes).toEqual(lines.flat())
        expect(f.read(RIS)).toBe(FRAME | VSYNC | LINE)
    })

    it("ignores a running frame when CAPTURE is set, and takes the next", () => {
        const f = new Fixture()
        f.write(CR, ENABLE | PCKPOL)
        f.frame({
            columns: 8,
            rows: 4,
            after: row => row === 1 && f.write(CR, RUN),
        })
        expect(f.sink.bytes).toEqual([])
        expect(f.read(RIS) & FRAME).toBe(0)

        const lines = f.frame({ columns: 8, rows: 4, first: 50 })

        expect(f.sink.bytes).toEqual(lines.flat())
    })

    it("finishes the running frame when CAPTURE is cleared, and reads 1 until then", () => {
        const f = new Fixture()
        f.write(CR, RUN)
        const lines = f.frame({
            columns: 8,
            rows: 4,
            after: row => {
                if (row === 1) f.write(CR, ENABLE | PCKPOL)
                expect(f.read(CR) & CAPTURE).toBe(CAPTURE)
            },
        })
        expect(f.read(CR) & CAPTURE).toBe(0)
        expect(f.sink.bytes).toEqual(lines.flat())

        f.frame({ columns: 8, rows: 4 })

        expect(f.sink.bytes).toHaveLength(32)
    })

    it("goes on when CAPTURE is set again before the end of the frame", () => {
        const f = new Fixture()
        f.write(CR, RUN)
        f.frame({
            columns: 8,
            rows: 4,
            after: row => f.write(CR, row === 1 ? ENABLE | PCKPOL : RUN),
        })
        f.frame({ columns: 8, rows: 4 })

        expect(f.sink.bytes).toHaveLength(64)
    })

    it("clears CAPTURE at once between frames", () => {
        const f = new Fixture()
        f.write(CR, RUN)
        f.write(CR, ENABLE | PCKPOL)

        expect(f.read(CR) & CAPTURE).toBe(0)
    })

    it("takes one frame in snapshot mode and clears CAPTURE at its end", () => {
        const f = new Fixture()
        f.write(CR, RUN | SNAPSHOT)
        f.frame({
            columns: 8,
            rows: 2,
            after: () => expect(f.read(CR) & CAPTURE).toBe(CAPTURE),
        })
        f.frame({ columns: 8, rows: 2 })

        expect(f.sink.bytes).toHaveLength(16)
        expect(f.read(CR) & CAPTURE).toBe(0)
    })

    it.each([
        [0, 4],
        [1, 2],
        [2, 1],
    ])("takes with FCRC %i %i of 4 frames", (fcrc, frames) => {
        const f = new Fixture()
        f.write(CR, RUN | (fcrc << 8))
        for (let i = 0; i < 4; i++) f.frame({ columns: 4, rows: 1 })

        expect(f.sink.bytes).toHaveLength(4 * frames)
    })

    it("stops at once when ENABLE is cleared", () => {
        const f = new Fixture()
        f.write(CR, RUN)
        f.frame({
            columns: 8,
            rows: 4,
            after: row => row === 0 && f.write(CR, 0),
        })

        expect(f.sink.bytes).toHaveLength(8)
        expect(f.read(RIS) & FRAME).toBe(0)
    })

    it("sets LINE for each line also while it does not capture", () => {
        const f = new Fixture()
        f.write(CR, ENABLE | PCKPOL)
        let lines = 0
        f.frame({
            columns: 8,
            rows: 5,
            after: () => {
                if (f.read(RIS) & LINE) lines++
                f.write(ICR, LINE)
            },
        })

        expect(lines).toBe(5)
    })

    it("packs words across lines that are no multiple of 4 bytes", () => {
        const f = new Fixture()
        f.write(CR, RUN)
        const lines = f.frame({ columns: 6, rows: 4 })

        expect(f.sink.bytes).toEqual(lines.flat())
    })

    it("refuses a frame that ends within a word", () => {
        const f = new Fixture()
        f.write(CR, RUN)

        expect(() => f.frame({ columns: 6, rows: 3 })).toThrow(
            "2 bytes into a word"
        )
    })
})

describe("DCMI crop", () => {
    const windowCase = fc.record({
        columns: fc.integer({ min: 4, max: 40 }).map(n => n * 4),
        rows: fc.integer({ min: 1, max: 20 }),
        hoffcnt: fc.integer({ min: 0, max: 170 }),
        vst: fc.integer({ min: 0, max: 25 }),
        width: fc.integer({ min: 1, max: 42 }).map(n => n * 4),
        height: fc.integer({ min: 1, max: 25 }),
    })

    it("captures CAPCNT + 1 pixel clocks from HOFFCNT on, in VLINE + 1 lines from VST on", () => {
        fc.assert(
            fc.property(windowCase, w => {
                fc.pre(
                    Math.min(w.columns - w.hoffcnt, w.width) % 4 === 0 ||
                        w.hoffcnt >= w.columns
                )
                const f = new Fixture()
                f.write(CWSTRT, (w.vst << 16) | w.hoffcnt)
                f.write(CWSIZE, ((w.height - 1) << 16) | (w.width - 1))
                f.write(CR, RUN | CROP)
                const lines = f.frame(w)

                const expected: number[] = []
                for (let y = 0; y < w.rows; y++)
                    for (let x = 0; x < w.columns; x++)
                        if (
                            y >= w.vst &&
                            y < w.vst + w.height &&
                            x >= w.hoffcnt &&
                            x < w.hoffcnt + w.width
                        )
                            expected.push(lines[y]![x]!)
                expect(f.sink.bytes).toEqual(expected)
                expect(f.read(RIS) & FRAME).toBe(FRAME)
            })
        )
    })

    it("sets FRAME at the end of the window's last line, VSYNC at the end of the frame", () => {
        const f = new Fixture()
        f.write(CWSTRT, (1 << 16) | 4)
        f.write(CWSIZE, (1 << 16) | 7)
        f.write(CR, RUN | CROP)
        const flags: number[] = []
        f.frame({
            columns: 16,
            rows: 5,
            after: () => flags.push(f.read(RIS) & (FRAME | VSYNC)),
        })

        expect(flags).toEqual([0, 0, FRAME, FRAME, FRAME])
        expect(f.read(RIS) & VSYNC).toBe(VSYNC)
    })

    it("sets FRAME once per frame", () => {
        const f = new Fixture()
        f.write(CWSIZE, 7)
        f.write(CR, RUN | CROP)
        f.frame({ columns: 16, rows: 4 })

        expect(f.events.map(event => event.kind)).toEqual([
            "start",
            "frame",
            "end",
        ])
    })

    it("sets FRAME at the end of the frame when the window ends below it, or lies outside", () => {
        for (const vst of [3, 10]) {
            const f = new Fixture()
            f.write(CWSTRT, vst << 16)
            f.write(CWSIZE, (7 << 16) | 7)
            f.write(CR, RUN | CROP)
            f.frame({
                columns: 16,
                rows: 5,
                after: () => expect(f.read(RIS) & FRAME).toBe(0),
            })

            expect(f.read(RIS) & FRAME).toBe(FRAME)
        }
    })

    it("reports when the last byte of the window was on the bus", () => {
        const f = new Fixture()
        f.write(CWSTRT, 4)
        f.write(CWSIZE, 7)
        f.write(CR, RUN | CROP)
        f.frame({ columns: 16, rows: 1, periodNs: 40 })

        expect(f.events[1]).toEqual({
            kind: "frame",
            timeNs: 640,
            lastByteNs: 480,
        })
    })

    it("refuses a line of the window that is no whole number of words", () => {
        const f = new Fixture()
        f.write(CWSIZE, (3 << 16) | 218) // 219 pixel clocks

        expect(() => f.write(CR, RUN | CROP)).toThrow(
            /^DCMI_CWSIZE = 0x000300da: CAPCNT \+ 1 is 219/
        )
    })

    it("refuses a new window while a cropped frame is captured, and takes it between frames", () => {
        const f = new Fixture()
        f.write(CWSIZE, 7)
        f.write(CR, RUN | CROP)
        f.frame({
            columns: 16,
            rows: 2,
            after: () =>
                expect(() => f.write(CWSTRT, 4)).toThrow("DCMI_CWSTRT"),
        })
        f.write(CWSTRT, 4)
        f.frame({ columns: 16, rows: 1, first: 100 })

        expect(f.sink.bytes.slice(-8)).toEqual([
            104, 105, 106, 107, 108, 109, 110, 111,
        ])
    })

    it("ignores bits above the fields, with a warning", () => {
        const f = new Fixture()
        f.write(CWSTRT, (1 << 29) | 4)
        f.write(CWSIZE, (1 << 14) | 3)

        expect([f.read(CWSTRT), f.read(CWSIZE)]).toEqual([4, 3])
        expect(f.warned()).toEqual([
            "DCMI_CWSTRT = 0x20000004: reserved bits 0x20000000 are written 1 and take no effect (RM0090 15.8.9)",
            "DCMI_CWSIZE = 0x00004003: reserved bits 0x4000 are written 1 and take no effect (RM0090 15.8.10)",
        ])
    })
})

describe("DCMI FIFO", () => {
    it("holds four words for software to read, first byte lowest", () => {
        const f = new Fixture()
        f.sink.limit = 0
        f.write(CR, RUN)
        f.frame({ columns: 16, rows: 1, first: 1 })
        expect(f.read(SR) & 4).toBe(4) // FNE
        expect(f.read(RIS) & OVR).toBe(0)

        expect([1, 2, 3, 4].map(() => f.read(DR))).toEqual([
            0x04030201, 0x08070605, 0x0c0b0a09, 0x100f0e0d,
        ])
        expect(f.read(SR) & 4).toBe(0)
    })

    it("sets OVR on the fifth word that nobody read, and drives the line only while OVR_IE is set", () => {
        const f = new Fixture()
        f.sink.limit = 0
        f.write(CR, RUN)
        f.frame({
            columns: 4,
            rows: 5,
            after: row => expect(f.read(RIS) & OVR).toBe(row < 4 ? 0 : OVR),
        })
        expect(f.irq).toBe(false)

        f.write(IER, OVR)
        expect(f.irq).toBe(true)
        expect(f.read(MIS)).toBe(OVR)
        f.write(ICR, OVR)
        expect(f.irq).toBe(false)
    })

    it("overruns exactly when more than four words wait, however they come", () => {
        fc.assert(
            fc.property(
                fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 }),
                fc.integer({ min: 0, max: 20 }),
                (lineWords, served) => {
                    const f = new Fixture()
                    f.sink.limit = served
                    f.write(CR, RUN)
                    f.dcmi.vsync(1)
                    f.dcmi.hsync(1)
                    for (const words of lineWords)
                        f.dcmi.line({
                            bytes: new Uint8Array(words * 4),
                            startNs: 0,
                            periodNs: 40,
                            stableEdge: "rising",
                        })

                    const total = lineWords.reduce(
                        (sum, words) => sum + words,
                        0
                    )
                    expect((f.read(RIS) & OVR) !== 0).toBe(total - served > 4)
                }
            )
        )
    })

    // A word every 160 ns. The DCMI holds four and the one that arrives; a stream's FIFO four more.
    it.each([
        ["direct mode", 0, 800, 0],
        ["direct mode", 0, 801, 1],
        ["the FIFO", 4, 1440, 0],
        ["the FIFO", 4, 1441, 1],
    ])(
        "a stream in %s (%i words) outlasts others on the memory for %i ns: %i overruns",
        (_, buffered, stalledNs, overruns) => {
            const f = new Fixture()
            f.sink.buffered = buffered
            f.sink.stalled = stalledNs
            f.dcmi.writeUint32(CR, RUN)
            f.frame({ columns: 64, rows: 1 })

            expect(
                f.events.filter(({ kind }) => kind === "overrun")
            ).toHaveLength(overruns)
        }
    )

    it("loses the rest of the frame on an overrun: no FRAME, FIFO empty, next frame whole", () => {
        const f = new Fixture()
        f.sink.limit = 0
        f.write(CR, RUN)
        f.frame({ columns: 8, rows: 4 })
        expect(f.read(RIS) & (FRAME | OVR)).toBe(OVR)
        expect(f.read(SR) & 4).toBe(0)
        expect(f.read(CR) & CAPTURE).toBe(CAPTURE)

        f.sink.limit = Infinity
        const lines = f.frame({ columns: 8, rows: 4, first: 90 })

        expect(f.sink.bytes).toEqual(lines.flat())
        expect(f.read(RIS) & FRAME).toBe(FRAME)
    })

    it("ends a snapshot on an overrun", () => {
        const f = new Fixture()
        f.sink.limit = 0
        f.write(CR, RUN | SNAPSHOT)
        f.frame({ columns: 8, rows: 4 })

        expect(f.read(CR) & CAPTURE).toBe(0)
    })

    it("gives waiting words to a stream as soon as it is enabled, before later ones", () => {
        const f = new Fixture()
        f.sink.limit = 0
        f.write(CR, RUN)
        const lines = f.frame({
            columns: 8,
            rows: 4,
            after: row => {
                if (row !== 1) return
                f.sink.limit = Infinity
                f.sink.servedSince = f.clock.nowNs
                f.sink.served()
                expect(f.sink.bytes).toHaveLength(16)
            },
        })

        expect(f.sink.bytes).toEqual(lines.flat())
    })

    it.each([
        // the fifth word is complete after 20 pixel clocks of 40 ns
        [799, 0],
        [800, 0],
        [801, OVR],
    ])(
        "with a stream enabled %i ns into a line of 5 words or more has OVR %i",
        (enabledNs, ovr) => {
            const f = new Fixture()
            f.sink.servedSince = enabledNs
            f.write(CR, RUN)
            f.frame({ columns: 64, rows: 1 })

            expect(f.read(RIS) & OVR).toBe(ovr)
        }
    )
})

describe("DCMI polarities", () => {
    it("captures active-low sync signals with HSPOL and VSPOL set", () => {
        const f = new Fixture()
        f.dcmi.vsync(1)
        f.dcmi.hsync(1)
        f.write(CR, RUN | HSPOL | VSPOL)
        const lines = f.frame({ columns: 8, rows: 2, valid: 0 })

        expect(f.sink.bytes).toEqual(lines.flat())
    })

    it("refuses pixels at the level that HSPOL or VSPOL calls inactive", () => {
        const wrongLine = new Fixture()
        wrongLine.write(CR, RUN | HSPOL)
        expect(() => wrongLine.frame({ columns: 8, rows: 2 })).toThrow(
            "HSYNC is 1, which HSPOL"
        )

        const wrongFrame = new Fixture()
        wrongFrame.write(CR, RUN | VSPOL)
        expect(() => wrongFrame.frame({ columns: 8, rows: 2 })).toThrow(
            "VSYNC is 1, which VSPOL"
        )
    })

    it("refuses the clock edge at which the data changes", () => {
        const f = new Fixture()
        f.write(CR, RUN & ~PCKPOL)
        expect(() => f.frame({ columns: 8, rows: 2, edge: "rising" })).toThrow(
            "PCKPOL samples at the falling edge"
        )

        const g = new Fixture()
        g.write(CR, RUN & ~PCKPOL)
        expect(() =>
            g.frame({ columns: 8, rows: 2, edge: "falling" })
        ).not.toThrow()
    })

    it.each([
        // Of 40 ns per pixel; set-up and hold need 2.5 ns each.
        ["set-up 17.5 ns", [0, 0], RUN, undefined],
        ["hold -0.5 ns", [-18, 2], RUN, "set-up 15.5 ns and hold -0.5 ns"],
        ["the other edge", [10, 12], RUN & ~PCKPOL, "hold 7.5 ns"],
        ["hold of little", [1, 5], RUN & ~PCKPOL, "hold -1.5 ns"],
    ] as const)(
        "takes right data with %s, and warns when it is not the sheet's way",
        (_, change, cr, warning) => {
            const f = new Fixture()
            f.write(CR, cr)
            const lines = f.frame({ columns: 8, rows: 2, change })

            expect(f.sink.bytes).toEqual(lines.flat())
            expect(f.rules.warnings.map(({ count }) => count)).toEqual(
                warning === undefined ? [] : [1]
            )
            expect(f.rules.warnings[0]?.message ?? "").toContain(warning ?? "")
        }
    )

    it.each([
        ["at its edge", [-4.8, 4.8], RUN & ~PCKPOL],
        ["shortly after it", [0, 4], RUN & ~PCKPOL],
        ["in the middle", [17, 20], RUN],
    ] as const)("takes wrong data that changes %s", (_, change, cr) => {
        const f = new Fixture()
        f.write(CR, cr)

        expect(() => f.frame({ columns: 8, rows: 2, change })).toThrow(
            "where the data changes"
        )
    })

    it("shows the sync signals in SR as 1 while there is no data", () => {
        const f = new Fixture()
        expect(f.read(SR)).toBe(3)
        f.dcmi.vsync(1)
        expect(f.read(SR)).toBe(1)
        f.dcmi.hsync(1)
        expect(f.read(SR)).toBe(0)
    })
})

describe("DCMI rules", () => {
    it("names the pin that is not given to the DCMI when ENABLE is set", () => {
        const f = new Fixture()
        f.pins = "PA6 (PIXCLK) is input"

        expect(() => f.write(CR, ENABLE)).toThrow(
            "DCMI_CR = 0x00004000: ENABLE: PA6 (PIXCLK) is input"
        )
    })

    it("refuses a pixel clock above 54 MHz", () => {
        const f = new Fixture()
        f.write(CR, RUN)
        expect(() =>
            f.frame({ columns: 8, rows: 1, periodNs: 1e9 / 54e6 })
        ).not.toThrow()
        expect(() =>
            f.frame({ columns: 8, rows: 1, periodNs: 1e9 / 54.1e6 })
        ).toThrow("54 MHz")
    })

    it("refuses an HCLK below 2.5 pixel clocks", () => {
        const f = new Fixture({ hclkHz: 60e6 })
        f.write(CR, RUN)
        expect(() =>
            f.frame({ columns: 8, rows: 1, periodNs: 1e9 / 24e6 })
        ).not.toThrow()
        expect(() =>
            f.frame({ columns: 8, rows: 1, periodNs: 1e9 / 27e6 })
        ).toThrow("2.5 x PIXCLK")
    })

    it.each([
        ["ESS", ESS],
        ["10 bits", EDM_10],
        ["FCRC 3", 3 << 8],
    ])("refuses %s in CR", (_, bit) => {
        expect(() => new Fixture().write(CR, bit)).toThrow(/^DCMI_CR = /)
    })

    it("refuses to change the polarity while a frame is captured", () => {
        const f = new Fixture()
        f.write(CR, RUN)
        expect(() =>
            f.frame({
                columns: 8,
                rows: 2,
                after: () => f.write(CR, RUN & ~PCKPOL),
            })
        ).toThrow("change while a frame is captured")
    })

    it.each([12, 13])("ignores reserved bit %i of CR, with a warning", bit => {
        const f = new Fixture()
        f.write(CR, 1 << bit)

        expect(f.read(CR)).toBe(0)
        expect(f.warned()[0]).toMatch(/reserved bits .*RM0090 15.8.1/)
    })

    it("ignores writes to read-only registers, with a warning each", () => {
        const f = new Fixture()
        for (const register of [SR, RIS, MIS, DR]) f.write(register, 0)
        f.write(IER, 1 << 5)

        expect(f.read(IER)).toBe(0)
        expect(f.warned().map(message => message.split(" ")[0])).toEqual([
            "DCMI_SR",
            "DCMI_RIS",
            "DCMI_MIS",
            "DCMI_DR",
            "DCMI_IER",
        ])
    })

    it("refuses registers it does not have", () => {
        expect(() => new Fixture().read(0x2c)).toThrow("DCMI_0x2c")
    })
})

describe("DCMI byte and line select of the F446", () => {
    const BSM = (mode: number): number => mode << 16
    const OEBS = 1 << 18
    const LSM = 1 << 19
    const OELS = 1 << 20

    it.each([
        ["every other byte", BSM(1), [0, 2, 4, 6]],
        ["the other half", BSM(1) | OEBS, [1, 3, 5, 7]],
        ["two of four", BSM(3), [0, 1, 4, 5]],
        ["the other two of four", BSM(3) | OEBS, [2, 3, 6, 7]],
        ["one of four", BSM(2), [0, 4]],
    ])("captures %s", (_, bits, kept) => {
        const f = new Fixture()
        f.write(CR, RUN | bits)
        const [first, second] = f.frame({ columns: 8, rows: 2 })

        expect(f.sink.bytes).toEqual([
            ...kept.map(x => first![x]),
            ...kept.map(x => second![x]),
        ])
    })

    it.each([
        ["even", LSM, 0],
        ["odd", LSM | OELS, 1],
    ])("captures the %s lines", (_, bits, parity) => {
        const f = new Fixture()
        f.write(CR, RUN | bits)
        const lines = f.frame({ columns: 8, rows: 4 })

        expect(f.sink.bytes).toEqual(
            lines.filter((_line, y) => y % 2 === parity).flat()
        )
    })

    it("is reserved on F407 and F429", () => {
        for (const chip of ["stm32f407", "stm32f429"] as const)
            for (const bit of [BSM(1), OEBS, LSM, OELS]) {
                const f = new Fixture({ chip })
                f.write(CR, bit)
                expect(f.read(CR)).toBe(0)
                expect(f.warned()[0]).toContain("reserved")
            }
    })

    it("is refused together with CROP", () => {
        expect(() => new Fixture().write(CR, CROP | BSM(1))).toThrow(
            "not modelled"
        )
    })
})
