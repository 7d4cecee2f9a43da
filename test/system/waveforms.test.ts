// SPDX-License-Identifier: MIT
// The waveforms of the default program, read back by another parser, against what the run itself says of the same things.

import { beforeAll, describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { Reg } from "../../sim/sensors/mt9v034/register-addresses.ts"
import { simulate, type SimulateResult } from "../../sim/testing.ts"
import { decodeI2c } from "../support/waveforms/i2c-decoder.ts"
import type { Pulse, Waveforms } from "../support/waveforms/parsed-vcd.ts"
import { record, within, XCLK_HZ } from "../support/waveforms/record.ts"

describe("the waveforms of the default program", () => {
    const FRAMES = 6
    let result: SimulateResult
    let text: string
    let waves: Waveforms
    /** Frames on the bus from the first captured one on that have ended. */
    let frames: Pulse[]

    beforeAll(async () => {
        const recorded = await record({ frames: FRAMES, exposureUs: 2000 })
        ;({ result, text, waves } = recorded)
        const { startNs } = result.frames[0]!.sent
        frames = waves
            .pulses("sensor.frame_valid")
            .filter(frame => frame.startNs >= Math.round(startNs))
    })

    it("carry every write to the sensor on SDA and SCL, in the log's order and at its times", () => {
        const writes = decodeI2c(waves)
            .filter(({ address, read }) => address === 0x48 && !read)
            .filter(({ bytes }) => bytes.length === 3)
        const logged = result.log.filter(({ block }) => block === "MT9V034")

        expect(logged.length).toBeGreaterThan(10)
        expect(writes.map(({ bytes }) => bytes)).toEqual(
            logged.map(({ register, value }) => [
                Reg[register as keyof typeof Reg],
                value >> 8,
                value & 0xff,
            ])
        )
        // START, four bytes of nine clocks; the register is written with the last one.
        const clockNs = 1e9 / 400_000
        writes.forEach(({ startNs, acknowledged, stopped }, index) => {
            const ns = logged[index]!.timeNs - startNs
            expect(ns).toBeGreaterThan(36 * clockNs)
            expect(ns).toBeLessThan(42 * clockNs)
            expect(acknowledged).toEqual([true, true, true, true])
            expect(stopped).toBe(true)
        })
    })

    it("carry reads: the register by a write without STOP, then a repeated START, the last byte not acknowledged", () => {
        const transfers = decodeI2c(waves)
        const index = transfers.findIndex(
            ({ address, read }) => address === 0x48 && read
        )
        const version = transfers[index]!
        const pointer = transfers[index - 1]!

        expect(pointer.bytes).toEqual([0x00])
        expect(pointer.stopped).toBe(false)
        expect(version.bytes).toEqual([0x13, 0x24])
        expect(version.acknowledged).toEqual([true, true, false])
        expect(version.stopped).toBe(true)
    })

    it("clock SCL at no more than 400 kHz, low for at least 1.3 us, high for at least 0.6 us", () => {
        // I2C-bus specification, table 10, fast mode.
        const edges = waves.edges("wires.scl").slice(1)
        const lengths = (level: number) =>
            edges
                .slice(0, -1)
                .map(([ns, now], index) => [now, edges[index + 1]![0] - ns])
                .filter(([now]) => now === level)
                .map(([, ns]) => ns!)

        expect(Math.min(...lengths(0))).toBeGreaterThanOrEqual(1300)
        expect(Math.min(...lengths(1))).toBeGreaterThanOrEqual(600)
    })

    it("have as many rows in each frame as the window, each as long as its pixels", () => {
        const rows = waves.pulses("sensor.line_valid")

        expect(frames.length).toBeGreaterThanOrEqual(FRAMES)
        for (const frame of frames) {
            const inside = rows.filter(row => within(row, frame))
            expect(inside).toHaveLength(220)
            for (const { startNs, endNs } of inside)
                expect(
                    Math.abs(endNs - startNs - 220e9 / XCLK_HZ)
                ).toBeLessThanOrEqual(1)
        }
        expect(waves.at("sensor.pixclk_hz", waves.endNs)).toBe(XCLK_HZ)
    })

    it("have frames at the applied frame rate", () => {
        const periodNs = 1e9 / result.mode!.fps
        const starts = frames.map(({ startNs }) => startNs)

        starts.slice(1).forEach((startNs, index) => {
            const difference = startNs - starts[index]! - periodNs
            expect(Math.abs(difference)).toBeLessThan(100)
        })
        expect(
            waves
                .pulses("wires.vsync")
                .filter(({ startNs }) => startNs >= starts[0]!)
        ).toEqual(frames)
    })

    it("show each frame's exposure before it, as long as the frame says", () => {
        const exposures = waves.pulses("sensor.exposure")
        for (const { sent } of result.frames) {
            const exposure = exposures.find(
                ({ startNs }) => startNs === Math.round(sent.exposureStartNs!)
            )!
            const us = (exposure.endNs - exposure.startNs) / 1000
            expect(Math.abs(us - sent.exposureUs)).toBeLessThan(0.002)
            expect(exposure.endNs).toBeLessThanOrEqual(Math.round(sent.startNs))
        }
    })

    it("count NDTR down by a row of words at the end of each row, to 0 at the end of the frame", () => {
        const words = 220 / 4
        for (const { startNs, endNs } of frames.slice(0, FRAMES)) {
            const counts = waves
                .edges("dma.S1_NDTR")
                .filter(([ns]) => ns > startNs && ns <= endNs)
                .map(([, count]) => count!)
            expect(counts.slice(0, 220)).toEqual(
                Array.from({ length: 220 }, (_, row) => words * (219 - row))
            )
            expect(waves.at("dma.S1_EN", startNs)).toBe(1)
        }
    })

    it("run the interrupt's handler as often as the native code counts", () => {
        const handled = waves.pulses("cpu.handler.DCMI_IRQHandler")
        const { irqs, sensorFrames } = result.counters

        expect(handled).toHaveLength(irqs)
        // One per frame, and what the start takes.
        expect(irqs - sensorFrames).toBeLessThanOrEqual(2)
        for (const { startNs, endNs } of handled) {
            expect(waves.at("cpu.irq.DCMI", startNs)).toBe(1)
            expect(endNs - startNs).toBeGreaterThan(0)
        }
    })

    it("capture, and raise FRAME, once per frame from the first row to the last", () => {
        const capturing = waves.pulses("dcmi.capturing")
        const raised = waves.pulses("dcmi.FRAME")

        for (const { startNs, endNs } of frames.slice(0, FRAMES)) {
            expect(
                capturing.filter(pulse => pulse.startNs === startNs)
            ).toHaveLength(1)
            expect(
                raised.filter(
                    pulse => pulse.startNs > startNs && pulse.startNs <= endNs
                )
            ).toHaveLength(1)
        }
        expect(waves.pulses("dcmi.OVR")).toEqual([])
    })

    it("notify and call the program once for each delivered frame", () => {
        const { delivered } = result.counters
        const sequences = waves
            .edges("vm.sequence")
            .slice(1)
            .map(([, sequence]) => sequence)

        expect(delivered).toBe(FRAMES)
        expect(waves.pulses("vm.callback")).toHaveLength(delivered)
        expect(waves.pulses("vm.lent0")).toEqual(waves.pulses("vm.callback"))
        expect(waves.pulses("vm.notify").length).toBeGreaterThanOrEqual(
            delivered
        )
        expect(sequences).toEqual(result.frames.map(({ sequence }) => sequence))
        expect(waves.at("vm.filling", waves.endNs)).toBe(0)
    })

    it("are the same text in the same run again", async () => {
        const again = await record({ frames: FRAMES, exposureUs: 2000 })

        expect(again.text).toBe(text)
    })

    it("change nothing in the run itself", async () => {
        const bare = await simulate({ frames: FRAMES, exposureUs: 2000 })

        expect(bare.log).toEqual(result.log)
        expect(bare.counters).toEqual(result.counters)
    })
})
