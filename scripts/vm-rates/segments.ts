// SPDX-License-Identifier: MIT
// A program's way from mark to mark: what the VM does there, by the simulator, and how long a board's CPU is busy with it,
// by the emulated board.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { readBoard } from "../../boards/board-file.ts"
import { VM_WORK, type VmWork } from "../../boards/vm-cycles.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"
import { chipPlaces } from "../../sim/cortex-m/chip-mcu.ts"
import { readElf } from "../../sim/cortex-m/elf.ts"
import { EmulatedBoard } from "../../sim/emulated-board.ts"
import { loadScene } from "../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../sim/sensors/catalogue.ts"
import { Simulation } from "../../sim/simulation.ts"
import type { I2cTarget } from "../../sim/wires/i2c-bus.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"
import { projectRoot } from "../../toolchain/paths.ts"

/** What programs/mark.ts addresses. */
const MARK_ADDRESS = 0x10

/** From the end of a mark's transfer to the beginning of the next one's. */
export interface Segment {
    readonly work: VmWork
    /** HCLK cycles in which the CPU did not sleep. */
    readonly cycles: number
}

/** A program with marks. */
export interface MarkedRun {
    /** From the project's folder. */
    readonly app: string
    readonly request?: CaptureRequest
    /** Virtual time, s. */
    readonly seconds: number
}

/**
 * Run a program in the simulator and on the emulated board.
 * @returns its segments in order, as far as both came
 */
export async function segmentsOf(
    boardName: string,
    { app, request, seconds }: MarkedRun
): Promise<Segment[]> {
    const board = readBoard(boardName)
    const program = await buildProgram(app)
    const { field } = SENSOR_CATALOGUE[board.sensor.name]
    const scene = await loadScene("flat", field, 1)
    const common = { board, program, request, scene }

    const simulation = await Simulation.create(common)
    const work = fromMarkToMark(
        () => VM_WORK.map(kind => simulation.vmWork[kind]),
        target => simulation.chip.i2cBus.attach(target)
    )
    simulation.run({ seconds })

    const { elf: file } = await buildFirmware({
        board: boardName,
        app: join(projectRoot, app),
        ...(request && { request }),
    })
    const emulated = new EmulatedBoard({
        ...common,
        elf: readElf(readFileSync(file), file, chipPlaces(board)),
    })
    const busyNs = fromMarkToMark(
        () => [emulated.mcu.nowNs - emulated.mcu.idleNs],
        target => emulated.chip.i2cBus.attach(target)
    )
    try {
        emulated.run({ seconds })
    } finally {
        emulated.close()
    }
    return work.slice(0, busyNs.length).map((counts, i) => ({
        work: Object.fromEntries(
            VM_WORK.map((kind, k) => [kind, counts[k]!])
        ) as VmWork,
        cycles: (busyNs[i]![0]! * board.hclkHz) / 1e9,
    }))
}

/** What readings grow by from the end of each mark to the next. */
function fromMarkToMark(
    readings: () => number[],
    attach: (target: I2cTarget) => void
): number[][] {
    const grown: number[][] = []
    let before: number[] | undefined
    attach({
        name: "mark",
        address: MARK_ADDRESS,
        start: () => {
            const from = before
            if (from !== undefined)
                grown.push(readings().map((value, i) => value - from[i]!))
            return true
        },
        write: () => true,
        read: () => 0,
        stop: () => {
            before = readings()
        },
    })
    return grown
}
