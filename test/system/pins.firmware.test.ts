// SPDX-License-Identifier: MIT
// Pins on the emulated board: the ELF that is flashed, its interrupts, and the same programs as on the simulator.

import { describe, expect, it } from "vitest"
import { shtc3 } from "../../sim/parts/shtc3.ts"
import { emulatedRig, runUntil } from "../support/system/emulated-rig.ts"

/** Levels of a pin, in order. */
const levels = (changes: readonly { active: boolean }[]): boolean[] =>
    changes.map(({ active }) => active)

describe("pins on the emulated board", () => {
    it("write, pulse, read and hear of changes", async () => {
        const rig = await emulatedRig({
            app: "test/src/programs/pins.ts",
            pins: [
                { at: 0.5, pin: "BUTTON", active: true },
                { at: 0.6, pin: "BUTTON", active: false },
                { at: 0.7, pin: "D2", active: true },
                { at: 0.8, pin: "D2", active: false },
            ],
        })
        const { pins } = rig.emulated
        runUntil(rig, () => false, 0.9)
        expect(
            rig.text.some(line => /button false, input false/.test(line))
        ).toBe(true)
        const led = pins.changes("LED")
        expect(levels(led)).toEqual([true, false, true, false, true, false])
        // Pressed: told within two turns of the VM.
        expect(led[4]!.at - 0.5).toBeGreaterThan(0)
        expect(led[4]!.at - 0.5).toBeLessThan(3e-3)
        expect(levels(pins.changes("D8"))).toEqual([true, false])
        const told = rig.text.filter(line => /(true|false) \d+ \d+$/.test(line))
        const times = told.map(line => Number(line.split(" ").at(-2)))
        expect(times).toHaveLength(2)
        expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(99_990)
        expect(times[1]! - times[0]!).toBeLessThanOrEqual(100_010)
        rig.emulated.close()
    })

    it("led-and-button captures ten frames at each press, and blinks with each", async () => {
        const rig = await emulatedRig({
            app: "src/examples/led-and-button.ts",
            pins: [
                { at: 0.6, pin: "BUTTON", active: true },
                { at: 0.7, pin: "BUTTON", active: false },
                { at: 1.1, pin: "BUTTON", active: true },
                { at: 1.2, pin: "BUTTON", active: false },
            ],
        })
        runUntil(rig, () => rig.frames.length === 20, 1.6)
        runUntil(rig, () => false, 0.05)
        const { pins, record } = rig.emulated
        expect(rig.frames).toHaveLength(20)
        const { torn, pixelErrors } = record.counters()
        expect([torn, pixelErrors]).toEqual([0, 0])
        expect(levels(pins.changes("LED")).filter(Boolean)).toHaveLength(10)
        expect(pins.isActive("LED")).toBe(false)
        expect(rig.emulated.rules.warnings).toEqual([])
        rig.emulated.close()
    })

    it("leave the bus to DeviceScript's own driver of an SHTC3", async () => {
        const rig = await emulatedRig({
            app: "src/examples/temperature.ts",
            parts: [shtc3({ temperatureC: -3.2, humidityPercent: 81 })],
        })
        const readings = () => rig.text.filter(line => line.includes(" C, "))
        runUntil(rig, () => readings().length === 2, 4)
        expect(readings()).toHaveLength(2)
        for (const line of readings()) expect(line).toMatch(/-3\.2 C, 81 %/)
        expect(rig.frames.length).toBe(2)
        rig.emulated.close()
    })

    it("gives a pin to nobody who must not have it", async () => {
        const rig = await emulatedRig({
            app: "test/src/programs/pins-refused.ts",
        })
        runUntil(rig, () => false, 0.4)
        const text = rig.text.join("\n")
        expect(text).toContain("11 6 pin PA13 is the debugger's")
        expect(text).toContain("edges of PB5 and PA5 cannot be told apart")
        expect(text).not.toContain("is free")
        rig.emulated.close()
    })
})
