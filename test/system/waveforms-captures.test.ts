// SPDX-License-Identifier: MIT
// The waveforms of other captures and of a bus that goes wrong, read back by another parser; sigrok's decoder too.

import { spawnSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { Reg } from "../../sim/sensors/mt9v034/register-addresses.ts"
import { simulate } from "../../sim/testing.ts"
import { VcdRecorder } from "../../sim/trace/vcd-recorder.ts"
import { decodeI2c } from "../support/waveforms/i2c-decoder.ts"
import { parseVcd } from "../support/waveforms/parsed-vcd.ts"
import { record, within, XCLK_HZ } from "../support/waveforms/record.ts"
import { MemorySink } from "../support/waveforms/text-sink.ts"
import { Strategy } from "../../protocol/capture.ts"

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
            strategy: Strategy.DCMI_CROP,
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
            strategy: Strategy.LINE,
            board: "nucleo-f429zi",
            window: { width: 64, height: 40 },
        })
        const frames = waves.pulses("cpu.handler.DCMI_IRQHandler")
        const rows = waves.pulses("cpu.handler.DMA2_Stream1_IRQHandler")
        // Those of rows are counted at the end of their frame; the run ends in the middle of one.
        const countedNs = frames.at(-1)!.endNs
        const handled = [...frames, ...rows].filter(
            ({ endNs }) => endNs <= countedNs
        )

        expect(result.mode!.strategy).toBe("line")
        expect(handled).toHaveLength(result.counters.irqs)
        expect(rows.length).toBeGreaterThan(3 * 480)
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

describe("sigrok's decoder", () => {
    it("reads the same writes off the file", async ({ skip }) => {
        const { error } = spawnSync("sigrok-cli", ["--version"])
        skip(error !== undefined, "sigrok-cli is not installed")
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
})
