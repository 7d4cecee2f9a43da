// SPDX-License-Identifier: MIT
// A program whose handler costs time, in the simulator and on the emulated board: does it keep up?

import { CamscriptError } from "../../../protocol/errors.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { StopCondition } from "../../../sim/observe/capture.ts"
import type { CaptureRecord } from "../../../sim/observe/capture-record.ts"
import { Simulation } from "../../../sim/simulation.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { readBoard } from "../../../boards/board-file.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { emulatedRig } from "./emulated-rig.ts"

/** Of the camera. */
export const FPS = 30

const REQUEST: CaptureRequest = {
    window: { width: 64, height: 48 },
    fps: FPS,
    buffers: 2,
    exposureUs: 2000,
    gain: 1,
}

/** Frames are counted so long from the first one on, s of virtual time: one more or less is then below the tolerance. */
const COUNTED_S = 2
export interface CostVerdict {
    /** "keeps up", "loses frames", or why the program ended, without the program's name. */
    readonly verdict: string
    /** To the handler, in COUNTED_S from the first frame on. */
    readonly delivered: number
}

interface Machine {
    readonly seconds: number
    readonly record: CaptureRecord
    run(until: StopCondition): void
}

/**
 * Run on until the counted time is over. The simulator ends with the VM's turn, which is later.
 * @param frameS when the program got each frame; the machine goes on with it
 */
function judge(machine: Machine, frameS: readonly number[]): CostVerdict {
    let ended: string | undefined
    try {
        machine.run({ frames: 1 })
        machine.run({ seconds: frameS[0]! + COUNTED_S })
    } catch (error) {
        if (!(error instanceof CamscriptError)) throw error
        ended = error.message.replace(/^\S+: /, "")
    }
    const { dropped, skipped } = machine.record.counters()
    const loses = dropped + skipped > 0
    return {
        verdict: ended ?? (loses ? "loses frames" : "keeps up"),
        delivered: frameS.filter(s => s <= frameS[0]! + COUNTED_S).length,
    }
}

/** In the simulator. */
export async function simulatedVerdict(
    app: string
): Promise<CostVerdict & { readonly vmMsPerFrame: number }> {
    const frameS: number[] = []
    const simulation: Simulation = await Simulation.create({
        board: readBoard("nucleo-f446re"),
        program: await buildProgram(app),
        scene: await loadScene("chart", { width: 752, height: 480 }, 1),
        request: REQUEST,
        onFrame: () => frameS.push(simulation.seconds),
    })
    const verdict = judge(simulation, frameS)
    return { ...verdict, vmMsPerFrame: simulation.vmMsPerFrame()! }
}

/** On the emulated board. */
export async function emulatedVerdict(app: string): Promise<CostVerdict> {
    const frameS: number[] = []
    const { emulated } = await emulatedRig({
        app,
        request: REQUEST,
        scene: "chart",
        onFrame: () => frameS.push(emulated.clock.nowNs / 1e9),
    })
    try {
        return judge(emulated, frameS)
    } finally {
        emulated.close()
    }
}
