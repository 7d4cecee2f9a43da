// SPDX-License-Identifier: MIT
// The profile of the simulator's VM: operations, CPU time and allocations by function and line of TypeScript.

import type { VmCycles, VmWork, VmWorkKind } from "../../boards/vm-cycles.ts"
import {
    NO_PLACE,
    type ProgramPlaces,
    type SourcePlace,
} from "../../toolchain/devicescript/bytecode.ts"
import type { VmWorkByPlace } from "../devicescript/virtual-machine.ts"
import { operationCycles } from "../devicescript/work-counter.ts"
import type { Profile, ProfileFrame } from "./speedscope.ts"

/** What costs time and is no operation. */
const BESIDES: readonly (readonly [VmWorkKind, string])[] = [
    ["turn", "turns of the VM"],
    ["packet", "Jacdac packets"],
    ["i2cCall", "I2C calls"],
    ["i2cByte", "bytes of I2C calls"],
    ["format", "template strings"],
]

const UNKNOWN: ProfileFrame = { name: "code without a line" }

/** What a VM did. */
export interface VmRun {
    readonly bytecode: Uint8Array
    readonly program: ProgramPlaces
    readonly byPlace: VmWorkByPlace
    readonly work: VmWork
    /** Rates of the board. */
    readonly cycles: VmCycles
}

/** A function, and a line in it. */
export function placeFrames({
    functionName,
    file,
    line,
}: SourcePlace): readonly ProfileFrame[] {
    return [
        { name: functionName, file },
        { name: `${file}:${line}`, file, line },
    ]
}

/** Profiles of all that was done so far. */
export function vmProfiles(run: VmRun): Profile[] {
    const { bytecode, byPlace, cycles, work } = run
    const { operations, allocatedBytes } = byPlace
    const time = profile(
        run,
        "HCLK cycles, by the board's rates",
        "none",
        at =>
            operations[at]! === 0
                ? 0
                : operations[at]! * operationCycles(bytecode[at]!, cycles)
    )
    const besides = BESIDES.map(
        ([kind, name]) => [[{ name }], work[kind] * cycles[kind]] as const
    ).filter(([, weight]) => weight > 0)
    return [
        profile(run, "VM operations", "none", at => operations[at]!),
        { ...time, samples: [...time.samples, ...besides] },
        profile(run, "allocated", "bytes", at => allocatedBytes[at]!),
    ]
}

function profile(
    { bytecode, program }: VmRun,
    name: string,
    unit: Profile["unit"],
    weightOf: (at: number) => number
): Profile {
    const sums = new Map<number, number>()
    for (let at = 0; at < bytecode.length; at++) {
        const weight = weightOf(at) || 0
        const place = program.ofByte[at]!
        if (weight > 0) sums.set(place, (sums.get(place) ?? 0) + weight)
    }
    const samples = [...sums]
        .sort(([a], [b]) => a - b)
        .map(
            ([place, weight]) =>
                [
                    place === NO_PLACE
                        ? [UNKNOWN]
                        : placeFrames(program.places[place]!),
                    weight,
                ] as const
        )
    return { name, unit, samples }
}
