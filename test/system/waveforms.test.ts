// SPDX-License-Identifier: MIT
// The waveforms of whole runs, read back by another parser, against what the run itself says of the same things.

import { spawnSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { Reg } from "../../sim/sensors/mt9v034/register-addresses.ts"
import {
    simulate,
    type SimulateOptions,
    type SimulateResult,
} from "../../sim/testing.ts"
import { VcdRecorder } from "../../sim/trace/vcd-recorder.ts"
import { decodeI2c } from "../waveforms/i2c-decoder.ts"
import {
    parseVcd,
    type Pulse,
    type Waveforms,
} from "../waveforms/parsed-vcd.ts"
import { MemorySink } from "../waveforms/text-sink.ts"

/** The module's clock on all boards, Hz. */
const XCLK_HZ = 26_660_000

interface Recorded {
    readonly result: SimulateResult
    readonly text: string
    readonly waves: Waveforms
}

async function record(
    options: SimulateOptions,
    pixels = false
): Promise<Recorded> {
    const sink = new MemorySink()
    const vcd = new VcdRecorder({ sink, pixels })
    const result = await simulate({ ...options, vcd })
    return { result, text: sink.text, waves: await parseVcd(sink.text) }
}

function within(inner: Pulse, outer: Pulse): boolean {
    return inner.startNs >= outer.startNs && inner.endNs <= outer.endNs
}

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

    it("ring the doorbell and call the program once for each delivered frame", () => {
        const { delivered } = result.counters
        const sequences = waves
            .edges("vm.sequence")
            .slice(1)
            .map(([, sequence]) => sequence)

        expect(delivered).toBe(FRAMES)
        expect(waves.pulses("vm.callback")).toHaveLength(delivered)
        expect(waves.pulses("vm.lent0")).toEqual(waves.pulses("vm.callback"))
        expect(waves.pulses("vm.doorbell").length).toBeGreaterThanOrEqual(
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

describe("the waveforms of other captures", () => {
    it("alternate between two buffers", async () => {
        const { waves, result } = await record({
            frames: 6,
            window: { width: 100, height: 80 },
            buffers: 2,
        })
        const filled = waves
            .edges("vm.filling")
            .map(([, index]) => index)
            .filter(index => index !== undefined)

        expect(result.mode!.buffers).toBe(2)
        expect(filled.slice(0, 6)).toEqual([0, 1, 0, 1, 0, 1])
    })

    it("stop capturing before the rows end where the DCMI crops", async () => {
        const { waves } = await record({
            frames: 3,
            strategy: "dcmi-crop",
            window: { x: 0, y: 0, width: 100, height: 80 },
        })
        const frame = waves
            .pulses("sensor.frame_valid")
            .filter(
                ({ startNs }) => waves.at("dcmi.CAPTURE", startNs) === 1
            )[0]!
        const rows = waves
            .pulses("sensor.line_valid")
            .filter(row => within(row, frame))
        const capture = waves
            .pulses("dcmi.capturing")
            .find(({ startNs }) => startNs === frame.startNs)!

        expect(rows).toHaveLength(480)
        // The last byte of the 80th row's first 100 of 752.
        const endNs = rows[79]!.startNs + 100e9 / XCLK_HZ
        expect(Math.abs(capture.endNs - endNs)).toBeLessThanOrEqual(
            1e9 / XCLK_HZ
        )
    })

    it("have the DMA's interrupts and the rows' copies in line mode", async () => {
        const { waves, result } = await record({
            frames: 3,
            strategy: "line",
            board: "nucleo-f429zi",
            window: { width: 64, height: 40 },
        })
        const handled = [
            ...waves.pulses("cpu.handler.DCMI_IRQHandler"),
            ...waves.pulses("cpu.handler.DMA2_Stream1_IRQHandler"),
        ]

        expect(result.mode!.strategy).toBe("line")
        expect(handled).toHaveLength(result.counters.irqs)
        expect(
            waves.pulses("cpu.handler.DMA2_Stream1_IRQHandler").length
        ).toBeGreaterThan(3 * 480)
        expect(waves.edges("vm.filling").length).toBeGreaterThan(1)
    })

    it("carry the OV2640's registers too", async () => {
        const { waves, result } = await record({
            sensor: "ov2640",
            board: "nucleo-f429zi",
            window: { width: 160, height: 120 },
            frames: 2,
        })
        const written = decodeI2c(waves)
            .filter(({ read, bytes }) => !read && bytes.length === 2)
            .map(({ bytes }) => bytes[1])

        expect(written).toEqual(
            result.log
                .filter(({ block }) => block === "OV2640")
                .map(({ value }) => value)
        )
    })

    it("have each byte of the bus with its clock when they are asked for", async () => {
        const { waves, result } = await record(
            { frames: 1, window: { width: 32, height: 8 } },
            true
        )
        const { sent, pixels } = result.frames[0]!
        const pins = Array.from({ length: 8 }, (_, pin) =>
            waves.edges(`wires.d${pin}`)
        )
        const sampled = waves
            .edges("wires.pixclk")
            .filter(
                ([ns, level]) =>
                    level === 1 && ns > sent.startNs && ns < sent.endNs
            )
            .map(([ns]) =>
                pins.reduce((byte, edges, pin) => {
                    const edge = edges.findLast(([edgeNs]) => edgeNs <= ns)
                    return byte | (edge![1]! << pin)
                }, 0)
            )

        expect(sampled).toEqual([...pixels])
    })
})

describe("the waveforms of a bus that goes wrong", () => {
    it("show the address that nobody acknowledges, and the STOP after it", async () => {
        const sink = new MemorySink()
        const vcd = new VcdRecorder({ sink })
        const run = simulate({ sensorAddress: null, frames: 1, vcd })

        await expect(run).rejects.toThrow(/no sensor/)
        const waves = await parseVcd(sink.text)
        const transfers = decodeI2c(waves)
        expect(transfers.map(({ address }) => address)).toEqual(
            expect.arrayContaining([0x48, 0x4c, 0x58, 0x5c])
        )
        for (const { acknowledged, bytes, stopped } of transfers) {
            expect(acknowledged).toEqual([false])
            expect(bytes).toEqual([])
            expect(stopped).toBe(true)
        }
    })

    it("show the pulses that free a stuck target: SDA rises with the fifth, then a STOP", async () => {
        const { waves, result } = await record({
            frames: 1,
            prepare: ({ chip }) => chip.i2cBus.holdSda(5),
        })
        const [, held, freed, stopLow, stopped] = waves.edges("wires.sda")
        const pulses = waves
            .edges("wires.scl")
            .filter(([ns, level]) => level === 1 && ns > 0)
            .map(([ns]) => ns)

        expect(result.frames).toHaveLength(1)
        expect(held![1]).toBe(0)
        expect(freed).toEqual([pulses[4], 1])
        expect(stopLow![1]).toBe(0)
        expect(waves.at("wires.scl", stopLow![0])).toBe(0)
        expect(stopped![1]).toBe(1)
        expect(waves.at("wires.scl", stopped![0])).toBe(1)
        // Half a clock at 100 kHz is 5 us.
        expect(pulses[1]! - pulses[0]!).toBeGreaterThanOrEqual(10_000)
    })
})

describe.skipIf(spawnSync("sigrok-cli", ["--version"]).error)(
    "sigrok's decoder, where sigrok-cli is installed",
    () => {
        it("reads the same writes off the file", async () => {
            const { text, result } = await record({ frames: 1 })
            const folder = mkdtempSync(join(tmpdir(), "camscript-vcd-"))
            const file = join(folder, "run.vcd")
            writeFileSync(file, text)

            const { stdout } = spawnSync(
                "sigrok-cli",
                [
                    ...["-i", file, "-I", "vcd:downsample=100"],
                    ...["-P", "i2c:scl=scl:sda=sda"],
                    ...["-A", "i2c=address-write:data-write"],
                ],
                { encoding: "utf8" }
            )

            const words = [...stdout.matchAll(/: ([0-9A-F]{2})$/gm)]
                .map(([, hex]) => parseInt(hex!, 16))
                .join(" ")
            for (const { block, register, value } of result.log)
                if (block === "MT9V034")
                    expect(words).toContain(
                        [
                            0x48,
                            Reg[register as keyof typeof Reg],
                            value >> 8,
                            value & 0xff,
                        ].join(" ")
                    )
        })
    }
)
