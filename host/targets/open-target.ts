// SPDX-License-Identifier: MIT
// What `run` takes frames of, by --target.

import { readBoard } from "../../boards/board-file.ts"
import { isPort, type TargetOptions } from "../target-options.ts"
import { InProcessTarget } from "./in-process/in-process-target.ts"
import type { CaptureTarget, OpenHooks } from "./target.ts"

/**
 * Make what the options describe; nothing runs yet.
 * @throws UsageError for a scene, a program or a port that cannot be had; CamscriptError when something does not compile,
 *     or no board answers
 */
export async function openTarget(
    options: TargetOptions,
    hooks: OpenHooks
): Promise<CaptureTarget> {
    if (isPort(options.target)) {
        const { PortTarget } = await import("./board/port-target.ts")
        return PortTarget.open(options, hooks)
    }
    const faulty = options.faults !== undefined
    const board = readBoard(options.board, options.sensor)
    if (options.target === "emulator") {
        const { prepareEmulation } =
            await import("./in-process/prepare-emulation.ts")
        return InProcessTarget.open(
            board,
            onFrame => prepareEmulation(options, board, { ...hooks, onFrame }),
            faulty
        )
    }
    const { prepareSimulation } =
        await import("./in-process/prepare-simulation.ts")
    return InProcessTarget.open(
        board,
        onFrame => prepareSimulation(options, board, { ...hooks, onFrame }),
        faulty
    )
}
