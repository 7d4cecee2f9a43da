// SPDX-License-Identifier: MIT
// DigitalOut and DigitalIn in the VM on a simulated board.

import { describe, expect, it } from "vitest"
import type { Simulation } from "../../../sim/simulation.ts"
import { simulate } from "../../../sim/testing.ts"
import { VcdRecorder } from "../../../sim/trace/vcd-recorder.ts"

describe("pins of a program", () => {
    it("write, pulse, read and hear of changes", async () => {
        const { console: lines, pins } = await simulate({
            app: "test/src/programs/pins.ts",
            seconds: 1,
            pins: [
                { at: 0.2, pin: "BUTTON", active: true },
                { at: 0.3, pin: "BUTTON", active: false },
                { at: 0.4, pin: "D2", active: true },
                { at: 0.5, pin: "D2", active: false },
            ],
        })
        expect(lines[0]).toMatch(/button false, input false$/)
        const told = lines.slice(1).map(line => line.split(" ").slice(-3))
        expect(told.map(([pressed, , changes]) => [pressed, changes])).toEqual([
            ["true", "1"],
            ["false", "1"],
        ])
        expect(Math.abs(Number(told[0]![1]) - 200_000)).toBeLessThanOrEqual(1)

        const led = pins.changes("LED")
        expect(led.map(({ active }) => active)).toEqual([
            true, // write(true)
            false, // pulse(100)
            true, // pulse(5000)
            false,
            true, // the button
            false,
        ])
        expect(led[3]!.at - led[2]!.at).toBeGreaterThan(4e-3)
        expect(led[3]!.at - led[2]!.at).toBeLessThan(8e-3)
        expect(led[4]!.at).toBeGreaterThan(0.2)
        expect(led[4]!.at).toBeLessThan(0.205)
        expect(pins.isActive("LED")).toBe(false)
        expect(pins.changes("D8").map(({ active }) => active)).toEqual([
            true,
            false,
        ])
    })

    it("are refused with who has them and what would work", async () => {
        const { console: lines } = await simulate({
            app: "test/src/programs/pins-refused.ts",
            seconds: 0.3,
        })
        expect(lines).toMatchInlineSnapshot(`
          [
            "11 1 pin PA6 carries the sensor's pixels (DCMI): take another one, "camscript wiring --board NAME" shows where which pin is",
            "11 2 pin PC12 is the sensor's I2C bus: take another one, "camscript wiring --board NAME" shows where which pin is",
            "11 3 pin PC4 is RESET, STANDBY or EXPOSURE of the sensor: take another one, "camscript wiring --board NAME" shows where which pin is",
            "11 5 pin PA2 is the serial port of boot log and link: take another one, "camscript wiring --board NAME" shows where which pin is",
            "11 6 pin PA13 is the debugger's (SWDIO, SWCLK): take another one, "camscript wiring --board NAME" shows where which pin is",
            "11 7 pin PH0 is the chip's clock (HSE): take another one, "camscript wiring --board NAME" shows where which pin is",
            "11 8 pin PC14 belongs to another part of the board: take another one, "camscript wiring --board NAME" shows where which pin is",
            "11 9 pin PI0 is on no header of this board: take another one, "camscript wiring --board NAME" shows where which pin is",
            "10 0 there is no pin "PA16": a board has names for its parts ("LED", "BUTTON") and headers ("D2", "A0"), and the chip's work everywhere ("PA5")",
            "10 0 there is no pin "LAMP": a board has names for its parts ("LED", "BUTTON") and headers ("D2", "A0"), and the chip's work everywhere ("PA5")",
            "10 0 there is no pin "ELEVEN CHARS": a board has names for its parts ("LED", "BUTTON") and headers ("D2", "A0"), and the chip's work everywhere ("PA5")",
            "pin "PB5": edges of PB5 and PA5 cannot be told apart, the chip has one line for all pins of a number (EXTI5); take a pin of another number",
          ]
        `)
    })

    it("are active low where the board file says so", async () => {
        const { pins } = await simulate({
            app: "test/src/programs/pins-low.ts",
            board: "stm32f407ve",
            seconds: 0.2,
            pins: [{ at: 0.1, pin: "BUTTON", active: true }],
        })
        expect(pins.changes("LED").map(({ active }) => active)).toEqual([
            false,
            true,
        ])
        expect(pins.isActive("PA7")).toBe(false)
        expect(pins.isActive("PE3")).toBe(false)
    })
})

describe("a program without pins", () => {
    it("pays no byte of its heap for them", async () => {
        const heapOf = async (app: string) => {
            let simulation: Simulation | undefined
            await simulate({
                app: `test/src/programs/${app}.ts`,
                frames: 5,
                prepare: prepared => (simulation = prepared),
            })
            return simulation!.measureHeap()!.usedBytes
        }
        // Other imports in another order: a few bytes less, by how the pieces lie.
        expect(await heapOf("camera-from-index")).toBeLessThanOrEqual(
            await heapOf("camera-from-file")
        )
    })
})

describe("events at pins", () => {
    it("are refused where there is no pin of a program", async () => {
        const at = (pin: string) =>
            simulate({
                app: "test/src/programs/pins.ts",
                seconds: 0.01,
                pins: [{ at: 0, pin, active: true }],
            })
        await expect(at("KNOB")).rejects.toThrow(
            'board nucleo-f446re has no pin "KNOB": it has LED, BUTTON'
        )
        await expect(at("PA6")).rejects.toThrow(
            "carries the sensor's pixels (DCMI)"
        )
    })
})

describe("waveforms", () => {
    it("show the board's parts, and pins that something happens at", async () => {
        let text = ""
        await simulate({
            app: "test/src/programs/pins.ts",
            seconds: 0.45,
            vcd: new VcdRecorder({
                sink: { write: piece => void (text += piece) },
            }),
            pins: [
                { at: 0.2, pin: "BUTTON", active: true },
                { at: 0.4, pin: "D2", active: true },
            ],
        })
        const code = (name: string): string =>
            new RegExp(`\\$var wire 1 (\\S+) ${name} \\$end`).exec(text)![1]!
        const values = (name: string): string[] =>
            [...text.matchAll(/^([01x])(\S+)$/gm)]
                .filter(match => match[2] === code(name))
                .map(match => match[1]!)
        expect(values("LED")).toEqual(["x", "1", "0", "1", "0", "1"])
        expect(values("BUTTON")).toEqual(["1", "0"])
        expect(values("D2").slice(-2)).toEqual(["0", "1"])
    })
})
