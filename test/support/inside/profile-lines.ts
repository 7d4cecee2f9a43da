// SPDX-License-Identifier: MIT
// What a profile says of single lines.

import { totalOf, type Profile } from "../../../sim/inside/speedscope.ts"

/** The profile of a name. @throws Error when there is none */
export function profileNamed(
    profiles: readonly Profile[],
    name: string
): Profile {
    const found = profiles.find(profile => profile.name === name)
    if (found === undefined)
        throw new Error(
            `no profile "${name}" among ${profiles.map(p => p.name).join(", ")}`
        )
    return found
}

/** Weight of all samples whose innermost frame is a line of a file. */
export function weightOfLine(
    profile: Profile,
    file: string,
    line: number
): number {
    const samples = profile.samples.filter(([stack]) => {
        const frame = stack.at(-1)!
        return frame.file === file && frame.line === line
    })
    return totalOf({ ...profile, samples })
}
