// SPDX-License-Identifier: MIT
// The top of a profile file, as a viewer of flame graphs lists it.

interface SpeedscopeFile {
    readonly shared: {
        readonly frames: readonly {
            readonly name: string
            readonly file?: string
        }[]
    }
    readonly profiles: readonly {
        readonly name: string
        readonly samples: readonly (readonly number[])[]
        readonly weights: readonly number[]
    }[]
}

/** A frame's name, and its share of the whole. */
export interface HeavyFrame {
    readonly name: string
    readonly share: number
}

/**
 * Frames by what they take themselves, or by the roots that they stand under, heaviest first.
 * @param profile its name in the file
 * @throws Error when the file has no such profile
 */
export function heaviest(
    text: string,
    profile: string,
    by: "self" | "root" = "self"
): HeavyFrame[] {
    const { shared, profiles } = JSON.parse(text) as SpeedscopeFile
    const found = profiles.find(({ name }) => name === profile)
    if (found === undefined) throw new Error(`there is no profile "${profile}"`)
    const sums = new Map<string, number>()
    let total = 0
    for (const [index, stack] of found.samples.entries()) {
        const { name } =
            shared.frames[by === "self" ? stack.at(-1)! : stack[0]!]!
        const weight = found.weights[index]!
        sums.set(name, (sums.get(name) ?? 0) + weight)
        total += weight
    }
    return [...sums]
        .map(([name, weight]) => ({ name, share: weight / total }))
        .sort((a, b) => b.share - a.share)
}
