// SPDX-License-Identifier: MIT
// Compiles a program into the content of a slot, for a board that has the firmware already.

import { programImage } from "./program-image.ts"
import { buildProgram } from "../devicescript/build-program.ts"
import { buildProgramSlot } from "./program-slot.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"
import type { SensorName } from "../../protocol/names.ts"

/** What is to run, and what it is asked for. */
export interface SlotRequest {
    /** The DeviceScript entry file. */
    readonly app: string
    readonly sensor: SensorName
    readonly request: CaptureRequest
}

/**
 * Build it; a board refuses one that does not fit into its slot.
 * @throws UsageError, ProgramError when it does not compile
 */
export async function buildSlot(options: SlotRequest): Promise<Uint8Array> {
    const { app, sensor, request } = options
    const program = await buildProgram(app)
    return buildProgramSlot({
        image: programImage(program),
        request,
        sensor,
        name: program.name,
    })
}
