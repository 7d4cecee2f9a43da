// SPDX-License-Identifier: MIT
// The trace of a simulation: what happened, on one time line.

import { beforeAll, expect, it } from "vitest"
import { readBoard } from "../../../boards/board-file.ts"
import { BoardTrace } from "../../../sim/inside/board-trace.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { Simulation } from "../../../sim/simulation.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import {
    parseTrace,
    type TracedSpan,
} from "../../support/inside/parsed-trace.ts"

const FRAMES = 6

let tracks: Map<string, TracedSpan[]>
let simulation: Simulation

function track(name: string): TracedSpan[] {
    expect([...tracks.keys()]).toContain(name)
    return tracks.get(name)!
}

beforeAll(async () => {
    const board = readBoard("nucleo-f446re")
    simulation = await Simulation.create({
        board,
        scene: await loadScene("flat", { width: 752, height: 480 }, 1),
        program: await buildProgram("src/main.ts"),
        request: { window: { width: 64, height: 48 }, fps: 100 },
    })
    const { sensor, chip, clock, record } = simulation
    const i2c = board.sensor.i2c.instance
    const trace = new BoardTrace({ sensor, chip, clock, i2c, mcu: undefined })
    simulation.onVmTurn = (start, end) => trace.vmTurn(start, end)
    record.onLent = (index, sequence) => trace.frameLent(index, sequence)
    record.onReleased = index => trace.frameReleased(index)
    simulation.run({ frames: FRAMES })
    tracks = parseTrace(trace.content("src/main.ts"))
})

it("has each frame of the sensor, and each capture of the DCMI inside of one", () => {
    const frames = track("sensor: frames on the bus")
    const captures = track("DCMI: capture").filter(
        ({ values }) => values["ended"] === "frame"
    )

    expect(frames.length).toBeGreaterThanOrEqual(FRAMES)
    expect(captures.length).toBeGreaterThanOrEqual(FRAMES)
    for (const { startUs, endUs } of captures)
        expect(
            frames.some(
                frame => frame.startUs <= startUs && frame.endUs >= endUs
            )
        ).toBe(true)
    expect(frames.at(-1)!.values["columns"]).toBe(64)
    expect(frames.at(-1)!.values["rows"]).toBe(48)
})

it("has the handler of each captured frame, when the line of its interrupt is active", () => {
    const handlers = track("CPU: handlers").filter(
        ({ name }) => name === "DCMI"
    )
    const lines = track("IRQ DCMI: line")

    expect(handlers.length).toBeGreaterThanOrEqual(FRAMES)
    for (const { startUs } of handlers)
        expect(
            lines.some(line => line.startUs <= startUs && line.endUs >= startUs)
        ).toBe(true)
})

it("has the frames that the program had, each given back in a turn of the VM", () => {
    // Each buffer has a track.
    const lent = [...tracks]
        .filter(([name]) => name.startsWith("program: frames lent to it"))
        .flatMap(([, spans]) => spans)
    const turns = track("VM: turns")

    expect(new Set(lent.map(({ values }) => values["sequence"])).size).toBe(
        FRAMES
    )
    for (const { endUs } of lent)
        expect(
            turns.some(turn => turn.startUs <= endUs && turn.endUs >= endUs)
        ).toBe(true)
})

it("has each I2C transfer from START to STOP, with its bytes: nine clocks each", () => {
    const [first, ...others] = track(
        `${readBoard("nucleo-f446re").sensor.i2c.instance}: transfers`
    )

    // CHIP_VERSION of the MT9V034 reads 0x1324; its address is 0x48, 0x4c, 0x58 or 0x5c.
    const version = [first!, ...others].find(
        ({ values }) => values["written"] === "00" && values["read"] === "1324"
    )!
    expect(version.name).toMatch(/^0x(48|4c|58|5c) write 1, read 2$/)
    expect(version.values["acknowledged"]).toBe(true)
    // 5 bytes at 400 kHz at most: 112.5 us.
    expect(version.endUs - version.startUs).toBeGreaterThan(112.5)
})

it("has the DMA stream on when a capture begins", () => {
    const on = track("DMA2 stream 1")

    for (const { startUs } of track("DCMI: capture"))
        expect(
            on.some(span => span.startUs <= startUs && span.endUs > startUs)
        ).toBe(true)
})
