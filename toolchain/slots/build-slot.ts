// SPDX-License-Identifier: MIT
// Compiles a program into the content of a slot, for a board that has the firmware already.

import { programImage } from "./program-image.ts"
import { buildProgram } from "../devicescript/build-program.ts"
import { kernelBlock } from "../kernel/kernel-block.ts"
import type { FrameMemoryBoard } from "../kernel/kernel-memory.ts"
import { buildProgramSlot } from "./program-slot.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"
import type { SensorName } from "../../protocol/names.ts"

/** What is to run, and what it is asked for. */
export interface SlotRequest {
    /** The DeviceScript entry file. */
    readonly app: string
    readonly sensor: SensorName
    readonly request: CaptureRequest
    /** The program's kernels are linked for its RAM. */
    readonly board: FrameMemoryBoard
    /** 1 when left out; a board that takes it by the link gives it its own. */
    readonly sequence?: number
}

/**
 * Build it; a board refuses one that does not fit into its slot.
 * @throws UsageError, ProgramError when it does not compile; CamscriptError when it has kernels and the ARM compiler is missing
 */
export async function buildSlot(options: SlotRequest): Promise<Uint8Array> {
    const { app, sensor, request, board, sequence = 1 } = options
    const program = await buildProgram(app)
    return buildProgramSlot({
        image: programImage(program),
        kernels: await kernelBlock(program.kernels ?? [], board),
        request,
        sensor,
        name: program.name,
        sequence,
    })
}
