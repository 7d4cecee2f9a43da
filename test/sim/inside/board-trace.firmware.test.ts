// SPDX-License-Identifier: MIT
// The trace of the emulated board: handlers by the core itself, turns of the VM by the firmware's function.

import { expect, it } from "vitest"
import { readBoard } from "../../../boards/board-file.ts"
import { BoardTrace } from "../../../sim/inside/board-trace.ts"
import { parseTrace } from "../../support/inside/parsed-trace.ts"
import { emulatedRig } from "../../support/system/emulated-rig.ts"

it("has each entry of a handler, SysTick's too, and the turns of the VM that overlap with none but by pre-emption", async () => {
    const { emulated } = await emulatedRig({
        request: { window: { width: 64, height: 48 }, fps: 100 },
    })
    const { sensor, chip, clock, mcu } = emulated
    const i2c = readBoard("nucleo-f446re").sensor.i2c.instance
    const entries = new Map<number, number>()
    mcu.onEntry = exception =>
        entries.set(exception, (entries.get(exception) ?? 0) + 1)
    const trace = new BoardTrace({ sensor, chip, clock, i2c, mcu })
    emulated.onVmTurn((start, end) => trace.vmTurn(start, end))
    try {
        emulated.run({ frames: 5 })
        const tracks = parseTrace(trace.content("src/main.ts"))
        const handlers = tracks.get("CPU: handlers")!
        const count = (name: string): number =>
            handlers.filter(span => span.name === name).length

        // DCMI is interrupt 78, SysTick exception 15.
        expect(count("DCMI")).toBe(entries.get(16 + 78))
        expect(count("SysTick")).toBe(entries.get(15))
        expect(count("DCMI")).toBeGreaterThanOrEqual(5)
        const turns = tracks.get("VM: turns")!
        expect(turns.length).toBeGreaterThan(5)
        expect(turns.every(({ startUs, endUs }) => endUs > startUs)).toBe(true)
    } finally {
        emulated.close()
    }
})
