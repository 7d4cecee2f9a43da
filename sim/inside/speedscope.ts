// SPDX-License-Identifier: MIT
// Profiles in the file format of speedscope, which flame-graph viewers open
// (https://www.speedscope.app/file-format-schema.json).

/** A line of a flame graph. */
export interface ProfileFrame {
    readonly name: string
    /** Path of the source. */
    readonly file?: string | undefined
    /** From 1. */
    readonly line?: number | undefined
}

/** What was counted, and where. */
export interface Profile {
    readonly name: string
    readonly unit: "none" | "bytes"
    /** Each stack once, the outermost frame first, with what counts for its innermost frame. */
    readonly samples: readonly (readonly [
        stack: readonly ProfileFrame[],
        weight: number,
    ])[]
}

/** Of all samples. */
export function totalOf({ samples }: Profile): number {
    return samples.reduce((sum, [, weight]) => sum + weight, 0)
}

/**
 * The file's content.
 * @param name of what was profiled
 */
export function speedscopeFile(
    name: string,
    profiles: readonly Profile[]
): string {
    const frames: ProfileFrame[] = []
    const indices = new Map<string, number>()
    const indexOf = (frame: ProfileFrame): number => {
        const key = JSON.stringify([frame.name, frame.file, frame.line])
        let index = indices.get(key)
        if (index === undefined) {
            index = frames.push(frame) - 1
            indices.set(key, index)
        }
        return index
    }
    const sampled = profiles.map(profile => ({
        type: "sampled",
        name: profile.name,
        unit: profile.unit,
        startValue: 0,
        endValue: totalOf(profile),
        samples: profile.samples.map(([stack]) => stack.map(indexOf)),
        weights: profile.samples.map(([, weight]) => weight),
    }))
    return JSON.stringify({
        $schema: "https://www.speedscope.app/file-format-schema.json",
        shared: { frames },
        profiles: sampled,
        name,
        activeProfileIndex: 0,
        exporter: "camscript",
    })
}
