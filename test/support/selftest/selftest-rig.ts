// SPDX-License-Identifier: MIT
// One self-test of a board with a fault, on the simulator.

import { readBoard } from "../../../boards/board-file.ts"
import {
    judge,
    type Verdict,
} from "../../../host/commands/selftest/judge/judge.ts"
import {
    MeasurementReader,
    type Measurements,
} from "../../../host/commands/selftest/judge/measurements.ts"
import { SELFTEST_APP } from "../../../host/commands/selftest/selftest-options.ts"
import type { SensorName } from "../../../protocol/names.ts"
import { parseFaults } from "../../../sim/faults/fault-file.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { Simulation } from "../../../sim/simulation.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"

export interface SelftestCase {
    readonly board?: string
    readonly sensor?: SensorName
    /** As in a file of faults; left out: at 0 s. */
    readonly fault?: { readonly fault: string } & Record<string, unknown>
    /** Called before the board boots. */
    readonly prepare?: (simulation: Simulation) => void
    /** 7-bit address of the sensor; null: none is there. */
    readonly sensorAddress?: number | null
}

const SECONDS_MAX = 60
const STEP_SECONDS = 0.05

/** Run the self-test's program once on a simulated board. */
export async function measureCase(
    options: SelftestCase
): Promise<Measurements> {
    const { sensor = "mt9v034", fault, prepare } = options
    const reader = new MeasurementReader()
    const { field } = SENSOR_CATALOGUE[sensor]
    const simulation = await Simulation.create({
        board: readBoard(options.board ?? "nucleo-f446re", sensor),
        scene: await loadScene("flat", field, 1),
        program: await buildProgram(SELFTEST_APP),
        request: {},
        sensorAddress: options.sensorAddress,
        seed: 1,
        faults: fault ? parseFaults([{ at: 0, ...fault }], "test") : undefined,
        onConsole: line => reader.take(line),
    })
    prepare?.(simulation)
    for (
        let seconds = STEP_SECONDS;
        !reader.measurements && seconds < SECONDS_MAX;
        seconds += STEP_SECONDS
    )
        simulation.run({ seconds })
    if (!reader.measurements)
        throw new Error(`no whole self-test in ${SECONDS_MAX} s`)
    return reader.measurements
}

/** Run and judge. */
export async function selftestCase(options: SelftestCase): Promise<Verdict> {
    const { board = "nucleo-f446re", sensor = "mt9v034" } = options
    return judge(await measureCase(options), readBoard(board, sensor))
}
