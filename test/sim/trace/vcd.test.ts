// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { VcdWriter } from "../../../sim/trace/vcd.ts"
import { parseVcd } from "../../support/waveforms/parsed-vcd.ts"
import { MemorySink } from "../../support/waveforms/text-sink.ts"

function wire(writer: VcdWriter, name: string, scope = "wires", initial = 0) {
    return writer.declare({ scope, name, type: "wire", initial })
}

describe("a VCD", () => {
    it("is, for two signals, exactly this", () => {
        const sink = new MemorySink()
        const writer = new VcdWriter(sink)
        const sda = wire(writer, "sda", "wires", 1)
        const count = writer.declare({
            scope: "dma.stream1",
            name: "NDTR",
            type: "real",
            initial: undefined,
        })
        writer.set(sda, 5, 0)
        writer.set(count, 5.4, 12100)
        writer.set(sda, 8.6, undefined)
        writer.close(20)

        expect(sink.text).toBe(
            [
                "$date",
                "    virtual time from boot on",
                "$end",
                "$version camscript $end",
                "$timescale 1 ns $end",
                "$scope module camscript $end",
                "$scope module wires $end",
                "$var wire 1 ! sda $end",
                "$upscope $end",
                "$scope module dma $end",
                "$scope module stream1 $end",
                '$var real 64 " NDTR $end',
                "$upscope $end",
                "$upscope $end",
                "$upscope $end",
                "$enddefinitions $end",
                "#0",
                "$dumpvars",
                "1!",
                'rnan "',
                "$end",
                "#5",
                "0!",
                'r12100 "',
                "#9",
                "x!",
                "#20",
                "",
            ].join("\n")
        )
    })

    it("has changes in the order of their times, also those told late", async () => {
        const sink = new MemorySink()
        const writer = new VcdWriter(sink)
        const fast = wire(writer, "fast")
        const late = wire(writer, "late")
        writer.set(fast, 100, 1)
        writer.set(fast, 300, 0)
        writer.set(late, 150, 1)
        writer.set(late, 250, 0)
        writer.flush(200)
        writer.close(300)

        expect(sink.text.match(/^#\d+/gm)).toEqual([
            "#0",
            "#100",
            "#150",
            "#250",
            "#300",
        ])
        const waves = await parseVcd(sink.text)
        expect(waves.pulses("wires.late")).toEqual([
            { startNs: 150, endNs: 250 },
        ])
        expect(writer.lateChanges).toBe(0)
    })

    it("keeps every edge: a pulse of no length is 1 ns wide", async () => {
        const sink = new MemorySink()
        const writer = new VcdWriter(sink)
        const pulse = wire(writer, "pulse")
        for (const level of [1, 0, 1, 0]) writer.set(pulse, 1000.2, level)
        writer.close(2000)

        const waves = await parseVcd(sink.text)
        expect(waves.edges("wires.pulse").slice(1)).toEqual([
            [1000, 1],
            [1001, 0],
            [1002, 1],
            [1003, 0],
        ])
    })

    it("begins at 0 with what began before", () => {
        const sink = new MemorySink()
        const writer = new VcdWriter(sink)
        const exposure = wire(writer, "exposure")
        writer.set(exposure, -7000, 1)
        writer.close(10)

        expect(sink.text).toMatch(/#0\n\$dumpvars\n0!\n\$end\n1!\n#10\n$/)
        expect(writer.lateChanges).toBe(0)
    })

    it("has no change to the level that a signal has already", () => {
        const sink = new MemorySink()
        const writer = new VcdWriter(sink)
        const level = wire(writer, "level")
        writer.set(level, 10, 0)
        writer.set(level, 20, 1)
        writer.set(level, 30, 1)
        writer.close(40)

        expect(sink.text.match(/^[01]!$/gm)).toEqual(["0!", "1!"])
    })

    it("gives each of more signals than there are characters a code of its own", async () => {
        const sink = new MemorySink()
        const writer = new VcdWriter(sink)
        const wires = Array.from({ length: 94 + 94 * 94 + 5 }, (_, index) =>
            wire(writer, `w${index}`)
        )
        const codes = new Set(wires.map(({ code }) => code))
        writer.set(wires[94]!, 7, 1)
        writer.close(9)

        expect(codes.size).toBe(wires.length)
        expect(wires[93]!.code).toBe("~")
        expect(wires[94]!.code).toBe("!!")
        const waves = await parseVcd(sink.text)
        expect(waves.edges("wires.w94").at(-1)).toEqual([7, 1])
        expect(waves.edges("wires.w95")).toEqual([[0, 0]])
    })

    it("streams: what is flushed is not kept", () => {
        const sink = new MemorySink()
        const writer = new VcdWriter(sink)
        const clock = wire(writer, "clock")
        for (let ns = 1; ns <= 100_000; ns++) {
            writer.set(clock, ns, ns % 2)
            if (ns % 1000 === 0) writer.flush(ns)
        }

        expect(sink.pieces.length).toBeGreaterThan(10)
        // All but the last 64 KB and what was not flushed.
        expect(sink.text.length).toBeGreaterThan(100_000 * 10 - 70_000)
    })

    it("holds back no more than it may: the oldest are written, what comes too late then is counted", async () => {
        const sink = new MemorySink()
        const writer = new VcdWriter(sink, 10)
        const clock = wire(writer, "clock")
        const late = wire(writer, "late")
        for (let ns = 100; ns < 111; ns++) writer.set(clock, ns, ns % 2 ? 0 : 1)
        writer.set(late, 50, 1)
        writer.close(200)

        expect(writer.lateChanges).toBe(1)
        const comment = /^\$comment 1 changes .*\$end\n$/m
        expect(sink.text).toMatch(comment)
        const waves = await parseVcd(sink.text.replace(comment, ""))
        // Eleven waited: half of them, 100 to 104, were written.
        expect(waves.edges("wires.late").at(-1)).toEqual([104, 1])
        expect(waves.edges("wires.clock")).toHaveLength(12)
    })

    it("refuses a signal that is declared after the head was written", () => {
        const writer = new VcdWriter(new MemorySink())
        wire(writer, "first")
        writer.flush(0)

        expect(() => wire(writer, "second")).toThrow(/second/)
    })
})
