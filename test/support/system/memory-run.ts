// SPDX-License-Identifier: MIT
// A process of its own, started with --expose-gc, that captures and prints what is alive in its heap after so many frames:
//
//     memory-run.ts SENSOR STRATEGY vcd|plain FRAMES ...

import { queryObjects } from "node:v8"
import { readBoard } from "../../../boards/board-file.ts"
import { strategyNamed, type StrategyName } from "../../../protocol/names.ts"
import type { SensorName } from "../../../protocol/names.ts"
import { InProcessTarget } from "../../../host/targets/in-process/in-process-target.ts"
import { prepareSimulation } from "../../../host/targets/in-process/prepare-simulation.ts"
import { VcdRecorder } from "../../../sim/trace/vcd-recorder.ts"
import { DEFAULT_APP } from "../../../toolchain/devicescript/default-program.ts"
import type { LiveMemory } from "./memory.ts"

const [sensor, strategy, waveforms, ...marks] = process.argv.slice(2)

const board = readBoard("nucleo-f446re", sensor as SensorName)
const request = {
    window: { x: 100, y: 100, width: 64, height: 8 },
    strategy: strategyNamed(strategy as StrategyName),
}
const vcd =
    waveforms === "vcd"
        ? new VcdRecorder({ sink: { write: () => {} } })
        : undefined
const target = await InProcessTarget.open(board, onFrame =>
    prepareSimulation(
        { app: DEFAULT_APP, request, scene: "flat", seed: 1 },
        board,
        { onConsole: () => {}, onFrame, vcd }
    )
)
let captured = 0
target.onFrame = () => captured++
for (const frames of marks.map(Number)) {
    await target.run({ frames })
    globalThis.gc!()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    const alive: LiveMemory = {
        frames: captured,
        objects: queryObjects(Object, { format: "count" }),
        heapBytes: heapUsed,
        arrayBufferBytes: arrayBuffers,
    }
    process.stdout.write(`${JSON.stringify(alive)}\n`)
}
await target.close()
