// SPDX-License-Identifier: MIT
// The profile of an emulated core: cycles and instructions by function and by the way it was called, handlers of exceptions
// apart, and where the firmware has a DeviceScript VM by line of TypeScript.

import type { ProgramPlaces } from "../../toolchain/devicescript/bytecode.ts"
import type { ProgramMap } from "../../toolchain/elf/program-map.ts"
import type { CoreTally, TallyNode } from "../cortex-m/tally/core-tally.ts"
import { exceptionName } from "../foreign/exception-tally.ts"
import type { Profile, ProfileFrame } from "./speedscope.ts"
import { placeFrames } from "./vm-profile.ts"

/** What names are taken from. */
export interface CoreNames {
    readonly map: ProgramMap
    /** Of the program in the VM; undefined: there is none, or it has no debug information. */
    readonly program: ProgramPlaces | undefined
}

/** What each node has for itself. */
type Weight = (node: TallyNode) => number

/** Profiles of all that was executed so far. */
export function coreProfiles(tally: CoreTally, names: CoreNames): Profile[] {
    const nodes = tally.nodes()
    const stacks = stacksOf(nodes, names)
    const profile = (name: string, weight: Weight): Profile => ({
        name,
        unit: "none",
        samples: nodes.flatMap((node, index) =>
            weight(node) > 0 ? [[stacks[index]!, weight(node)] as const] : []
        ),
    })
    const profiles = [
        profile("HCLK cycles", node => node.cycles),
        profile("instructions", node => node.instructions),
    ]
    if (names.program === undefined) return profiles
    return [
        ...profiles,
        byPlace("TypeScript, HCLK cycles", nodes, names.program, n => n.cycles),
        operations(tally, names.program),
    ]
}

function stacksOf(nodes: TallyNode[], names: CoreNames): ProfileFrame[][] {
    const stacks: ProfileFrame[][] = []
    // A parent comes before its children.
    for (const [index, node] of nodes.entries())
        stacks.push(
            index === 0
                ? []
                : [...stacks[node.parent]!, ...framesOf(node, names)]
        )
    return stacks
}

function framesOf(
    { kind, value }: TallyNode,
    { map, program }: CoreNames
): readonly ProfileFrame[] {
    switch (kind) {
        case "entries":
            return [{ name: "entries and returns of exceptions" }]
        case "exception":
            return [
                { name: value === 0 ? "thread mode" : exceptionName(value) },
            ]
        case "place":
            return placeFrames(program!.places[value]!)
        case "function": {
            if (value === 0) return [{ name: "code without a name" }]
            const source = map.lines.lineOf(value)
            return [
                {
                    name: map.symbols.functionAt(value)?.name ?? "?",
                    file: source?.file,
                    line: source?.line,
                },
            ]
        }
    }
}

/** What was done for each line, with all that the VM called for it. */
function byPlace(
    name: string,
    nodes: readonly TallyNode[],
    { places }: ProgramPlaces,
    weight: Weight
): Profile {
    const sums = new Float64Array(places.length)
    const placeOf: (number | undefined)[] = []
    for (const node of nodes) {
        const place = node.kind === "place" ? node.value : placeOf[node.parent]
        placeOf.push(place)
        if (place !== undefined) sums[place]! += weight(node)
    }
    return sampled(name, places.map(placeFrames), sums)
}

function operations(tally: CoreTally, program: ProgramPlaces): Profile {
    const sums = new Float64Array(program.places.length)
    for (const [at, count] of tally.operations().entries())
        if (count > 0) sums[program.ofByte[at]!]! += count
    return sampled(
        "TypeScript, VM operations",
        program.places.map(placeFrames),
        sums
    )
}

function sampled(
    name: string,
    stacks: readonly (readonly ProfileFrame[])[],
    weights: Float64Array
): Profile {
    const samples = stacks.flatMap((stack, index) =>
        weights[index]! > 0 ? [[stack, weights[index]!] as const] : []
    )
    return { name, unit: "none", samples }
}
