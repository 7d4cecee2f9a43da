// SPDX-License-Identifier: MIT
// An emulated nucleo-f446re with its flash and watchdog, for tests of what goes wrong.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { buildFirmware } from "../../../toolchain/firmware/build-firmware.ts"
import { readBoard } from "../../../boards/board-file.ts"
import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import type { PinEvent } from "../../../sim/board-pins.ts"
import type { Part } from "../../../sim/parts/part.ts"
import type { AnyFault } from "../../../sim/faults/board-faults.ts"
import { EmulatedBoard } from "../../../sim/emulated-board.ts"
import { chipPlaces } from "../../../sim/cortex-m/chip-mcu.ts"
import { readElf } from "../../../sim/cortex-m/elf.ts"
import type { ElfSegment } from "../../../toolchain/elf/elf.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { SensorName } from "../../../protocol/names.ts"

const BOARD = "nucleo-f446re"
/** Between two looks at what the board has said and done. */
const SLICE_NS = 50e6

/** A frame that the program got, and when, ns of virtual time. */
export interface TimedFrame {
    readonly frame: CapturedFrame
    readonly ns: number
}

export interface EmulatedRig {
    readonly emulated: EmulatedBoard
    /** Lines on the UART, before any client says hello. */
    readonly text: string[]
    /** What a run shows of the program. */
    readonly console: string[]
    readonly frames: TimedFrame[]
}

export interface RigOptions {
    /** The program in slot A, from the project's folder. */
    readonly app?: string
    readonly request?: CaptureRequest
    /** Default: the board's. */
    readonly sensor?: SensorName
    /** More in its flash than the firmware. */
    readonly extra?: (address: (symbol: string) => number) => ElfSegment[]
    /** What goes wrong, and when. */
    readonly faults?: readonly AnyFault[]
    /** What happens at its pins. */
    readonly pins?: readonly PinEvent[]
    /** Other parts on the sensor's I2C bus. */
    readonly parts?: readonly Part[]
    /** Keep a tally of what is executed. */
    readonly tally?: boolean
    /** Default: flat. */
    readonly scene?: string
    /** Told of each frame that the program got. */
    readonly onFrame?: (frame: CapturedFrame) => void
}

/** A board that is about to boot. Who makes it closes it. */
export async function emulatedRig({
    app = "src/main.ts",
    request,
    sensor,
    extra = () => [],
    faults,
    pins,
    parts,
    scene = "flat",
    tally,
    onFrame,
}: RigOptions): Promise<EmulatedRig> {
    const { elf: file } = await buildFirmware({
        board: BOARD,
        app: join(projectRoot, app),
        ...(request && { request }),
        ...(sensor && { sensor }),
    })
    const board = readBoard(BOARD, sensor)
    const elf = readElf(readFileSync(file), file, chipPlaces(board))
    const frames: TimedFrame[] = []
    const shown: string[] = []
    const emulated: EmulatedBoard = new EmulatedBoard({
        board,
        scene: await loadScene(
            scene,
            SENSOR_CATALOGUE[board.sensor.name].field,
            1
        ),
        elf: {
            ...elf,
            segments: [
                ...elf.segments,
                ...extra(symbol => elf.symbols.address(symbol)),
            ],
        },
        program: await buildProgram(app),
        faults,
        pins,
        parts,
        tally,
        onConsole: line => shown.push(line),
        onFrame: frame =>
            onFrame
                ? onFrame(frame)
                : frames.push({ frame, ns: emulated.clock.nowNs }),
    })
    const text: string[] = [""]
    emulated.chip.usart(2).onTransmit = value => {
        if (value === 10) text.push("")
        else if (value !== 13)
            text[text.length - 1] += String.fromCharCode(value)
    }
    return { emulated, text, console: shown, frames }
}

/** Run the board, not what watches its program: that a program fails is what these tests want. */
export function runUntil(
    { emulated: { mcu } }: EmulatedRig,
    done: () => boolean,
    longestS: number
): void {
    const endNs = mcu.nowNs + longestS * 1e9
    while (mcu.nowNs < endNs && !done())
        mcu.run(Math.min(endNs, mcu.nowNs + SLICE_NS))
}
