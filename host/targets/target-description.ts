// SPDX-License-Identifier: MIT
// What every target says of itself in the same way: its board file, and what its program was asked for at first.

import type { BoardFile } from "../../boards/board-file.ts"
import { SENSOR_CATALOGUE } from "../../sim/sensors/catalogue.ts"
import { modulesFor } from "../wiring/wiring.ts"
import type {
    TargetDescription,
    ViewRequest,
} from "../view/messages/messages.ts"
import {
    PixelFormat,
    Strategy,
    TestPattern,
    type CaptureRequest,
} from "../../protocol/capture.ts"
import { BINNINGS } from "../../protocol/names.ts"

/** What a board file does not know. */
export type TargetAbilities = Pick<
    TargetDescription,
    | "kind"
    | "fieldPicture"
    | "hasScope"
    | "hasWaveforms"
    | "canUpdateProgram"
    | "faults"
>

/** A board, its memories and who owns them. */
export function describeTarget(
    board: BoardFile,
    abilities: TargetAbilities
): TargetDescription {
    const { name } = board.sensor
    const { address } = board.frameMemory
    return {
        ...abilities,
        board: board.name,
        sensor: name,
        field: SENSOR_CATALOGUE[name].field,
        ram: board.memories.map(memory => ({
            name: memory.name,
            bytes: memory.bytes,
            owners: board.ramOwners
                .filter(owner => owner.memory === memory.name)
                .map(({ name, bytes }) => ({ name, bytes })),
            frames:
                address >= memory.address &&
                address < memory.address + memory.bytes,
        })),
        formats:
            name === "ov2640"
                ? ["gray8", "rgb565", "yuv422", "jpeg"]
                : ["gray8"],
        binnings: name === "ov2640" ? [1] : BINNINGS,
        modules: modulesFor(board).map(({ name, title }) => ({ name, title })),
    }
}

/** What the program was started with, with what the default program makes of the rest. */
export function firstRequest(
    request: CaptureRequest,
    field: { readonly width: number; readonly height: number }
): ViewRequest {
    const { width, height, x, y }: NonNullable<CaptureRequest["window"]> =
        request.window ?? field
    const even = (value: number) => 2 * Math.floor(value / 2)
    return {
        window: {
            x: x ?? even((field.width - width) / 2),
            y: y ?? even((field.height - height) / 2),
            width,
            height,
        },
        binning: request.binning ?? 1,
        fps: request.fps ?? 0,
        strategy: request.strategy ?? Strategy.AUTO,
        format: request.format ?? PixelFormat.AUTO,
        exposureUs: request.exposureUs ?? 0,
        gain: request.gain ?? 0,
        testPattern: request.testPattern ?? TestPattern.NONE,
    }
}
