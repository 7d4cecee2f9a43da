// SPDX-License-Identifier: MIT
// The ELF that is flashed, on the emulated board, against the simulator: the same frames, the same writes to the registers.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"
import { makeBuildReport } from "../../host/commands/build/build-report.ts"
import { readBoard } from "../../boards/board-file.ts"
import type { CapturedFrame } from "../../sim/observe/capture.ts"
import { EmulatedBoard } from "../../sim/emulated-board.ts"
import { chipPlaces } from "../../sim/cortex-m/chip-mcu.ts"
import { readElf } from "../../sim/cortex-m/elf.ts"
import { loadScene } from "../../sim/scene/load-scene.ts"
import { simulate } from "../../sim/testing.ts"
import type { RegisterAccess } from "../../sim/trace/register-log.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"

/** 10 s of the sensor at 120 fps. */
const FRAMES = 1200
const APP = "src/main.ts"

/** A register write without its time: the emulated CPU needs time that the simulator does not. */
interface Write {
    readonly register: string
    readonly value: number
}

interface Run {
    readonly frames: readonly CapturedFrame[]
    readonly log: readonly RegisterAccess[]
    readonly console: readonly string[]
}

/** A still scene and a fixed exposure: nothing depends on when a frame is taken. */
function requestFor(buffers: number): CaptureRequest {
    return {
        window: { width: 220, height: 220 },
        fps: 120,
        buffers,
        exposureUs: 2000,
        gain: 1,
    }
}

async function emulate(
    name: string,
    request: CaptureRequest,
    count = FRAMES,
    cpi?: number
) {
    const board = readBoard(name)
    const { elf } = await buildFirmware({ board: name, request })
    const frames: CapturedFrame[] = []
    const console: string[] = []
    const emulated = new EmulatedBoard({
        board,
        scene: await loadScene("chart", { width: 752, height: 480 }, 1),
        elf: readElf(readFileSync(elf), elf, chipPlaces(board)),
        program: await buildProgram(APP),
        cpi,
        keepLog: true,
        onFrame: frame => frames.push(frame),
        onConsole: line => console.push(line),
    })
    try {
        emulated.run({ frames: count })
        const log = emulated.log.entries
        const counters = emulated.record.counters()
        const cpu = emulated.cpuUse()!
        const fps = emulated.record.measuredFps()
        const { warnings } = emulated.rules
        return { frames, log, console, counters, cpu, fps, warnings }
    } finally {
        emulated.close()
    }
}

function writesTo(block: string, { log }: Run): Write[] {
    return log
        .filter(entry => entry.block === block && entry.access === "write")
        .map(({ register, value }) => ({ register, value }))
}

describe("the largest square window of which nucleo-f446re holds two", () => {
    it("runs at 120 fps, as the build says that it would", async () => {
        const firmware = await buildFirmware({ board: "nucleo-f446re" })
        const side = makeBuildReport(
            firmware,
            requestFor(1),
            []
        ).largestTwoBufferSquare
        const { counters, frames } = await emulate(
            "nucleo-f446re",
            { ...requestFor(2), window: { width: side, height: side } },
            100
        )

        expect(side).toBeGreaterThanOrEqual(188)
        expect(frames[99]).toMatchObject({ width: side, height: side })
        expect(counters).toMatchObject({ dropped: 0, torn: 0, pixelErrors: 0 })
    })
})

describe("256x256 binned by 4 on nucleo-f446re", () => {
    it("runs at 400 fps with the frames of the simulator", async () => {
        const request: CaptureRequest = {
            window: { width: 256, height: 256 },
            binning: 4,
            fps: 400,
            exposureUs: 1000,
            gain: 1,
        }
        const onBoard = await emulate("nucleo-f446re", request, 200)
        const simulated = await simulate({ ...request, frames: 200 })

        expect(onBoard.counters).toMatchObject({
            dropped: 0,
            skipped: 0,
            torn: 0,
            overruns: 0,
            pixelErrors: 0,
        })
        expect(onBoard.warnings).toEqual([])
        expect(onBoard.fps).toBeCloseTo(400, 1)
        expect(onBoard.frames.at(-1)).toMatchObject({ width: 64, height: 64 })
        expect(onBoard.frames.map(({ pixels }) => pixels)).toEqual(
            simulated.frames.map(({ pixels }) => pixels)
        )
        expect(writesTo("MT9V034", onBoard)).toEqual(
            writesTo("MT9V034", simulated)
        )
    })
})

/** A run is stopped at its last frame's delivery or shortly after: at most the writes of one frame are missing. */
const WRITES_OF_A_FRAME = 12

describe.each([
    ["nucleo-f446re", 1, "I2C2"],
    ["stm32f407ve", 2, "I2C2"],
])("220x220 at 120 fps on %s with %i buffers", (name, buffers, i2c) => {
    it("is captured as in the simulator: frames, register writes, console", async () => {
        const request = requestFor(buffers)
        const onBoard = await emulate(name, request)
        const simulated = await simulate({
            ...request,
            board: name,
            app: APP,
            scene: "chart",
            frames: FRAMES,
        })

        expect(onBoard.counters).toMatchObject({
            dropped: 0,
            skipped: 0,
            torn: 0,
            overruns: 0,
            shortFrames: 0,
            dmaErrors: 0,
            pixelErrors: 0,
        })
        expect(onBoard.warnings).toEqual([])
        expect(onBoard.fps).toBeCloseTo(120, 1)
        expect(onBoard.frames.length).toBe(FRAMES)
        for (const [index, frame] of onBoard.frames.entries()) {
            const twin = simulated.frames[index]!
            expect(frame.sequence).toBe(twin.sequence)
            if (Buffer.compare(frame.pixels, twin.pixels) !== 0)
                expect.fail(`frame ${frame.sequence} has other pixels`)
        }
        for (const block of [i2c, "DCMI", "DMA2", "MT9V034"]) {
            const ours = writesTo(block, onBoard)
            const theirs = writesTo(block, simulated)
            const common = Math.min(ours.length, theirs.length)
            expect(common, block).toBeGreaterThan(10)
            expect(Math.abs(ours.length - theirs.length)).toBeLessThanOrEqual(
                WRITES_OF_A_FRAME
            )
            expect(ours.slice(0, common), block).toEqual(
                theirs.slice(0, common)
            )
        }
        expect(onBoard.console.slice(0, 10)).toEqual(
            simulated.console.slice(0, 10)
        )
        // The CPU's share of it is reported by `run`, not judged here; but it must have been counted.
        expect(onBoard.cpu.captureIrqInstructions).toBeGreaterThan(FRAMES)
        expect(onBoard.cpu.idleNs).toBeGreaterThan(0)
    })
})

/** A tenth slower than the cycle model says of this program: as far as compiled code may be from it. */
const SLOW_CPI = 2.5

describe.each([
    ["nucleo-f446re", 1],
    ["stm32f407ve", 2],
])("the default program on %s", (name, buffers) => {
    it(`drops nothing at ${SLOW_CPI} cycles per instruction, looks at the exposure included`, async () => {
        const { counters, frames, fps } = await emulate(
            name,
            { buffers },
            FRAMES,
            SLOW_CPI
        )

        expect(counters).toMatchObject({
            dropped: 0,
            skipped: 0,
            torn: 0,
            overruns: 0,
            shortFrames: 0,
            pixelErrors: 0,
        })
        expect(frames.length).toBe(FRAMES)
        expect(frames[0]).toMatchObject({ width: 220, height: 220 })
        expect(fps).toBeCloseTo(120, 1)
    }, 180_000)
})
