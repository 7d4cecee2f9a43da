// SPDX-License-Identifier: MIT
// Power cuts at chosen operations of an update: afterwards a program is chosen, and it is one of the two.

import type { SlotsFlash } from "./fake-flash.ts"
import type { SlotsRig } from "./slots-rig.ts"

export interface PowerCutCase {
    readonly rig: SlotsRig<SlotsFlash>
    /** In flash before: restored for each cut. */
    readonly saved: Uint8Array
    readonly running: Uint8Array
    readonly next: Uint8Array
}

/** Operations of an uncut update from `saved` on. */
export function countOperations({ rig, saved, next }: PowerCutCase): number {
    rig.restore(saved)
    rig.boot()
    rig.choose()
    const status = rig.update(next)
    if (status.code !== 0) throw new Error(`update: ${status.code}`)
    return rig.flash.operationCount
}

/**
 * Cut during operation `cutAt`, start again, and update once more.
 * @returns what is wrong; undefined when nothing is
 */
export function cutAndStart(
    { rig, saved, running, next }: PowerCutCase,
    cutAt: number,
    seed: number
): string | undefined {
    const where = `operation ${cutAt}, seed ${seed}`
    rig.restore(saved)
    rig.boot()
    rig.choose()
    if (!rig.cutUpdate(next, cutAt, seed)) return `${where}: no cut`
    rig.boot()
    const chosen = rig.choose()
    if (chosen === undefined) return `${where}: no program is chosen`
    const image = Buffer.from(chosen.image)
    if (!image.equals(running) && !image.equals(next))
        return `${where}: another program is chosen`
    const again = rig.update(next)
    if (again.code !== 0)
        return `${where}: the next update fails: ${again.code}`
    rig.boot()
    return Buffer.from(rig.choose()!.image).equals(next)
        ? undefined
        : `${where}: the next update does not run`
}

/**
 * Cut during operation `first` of an update, start, and cut again during operation `second` of its repetition. Then
 * start, and update undisturbed.
 * @returns what is wrong; undefined when nothing is
 */
export function cutTwice(
    { rig, saved, running, next }: PowerCutCase,
    first: number,
    second: number,
    seed: number
): string | undefined {
    const where = `operations ${first} and ${second}, seed ${seed}`
    /** The program that starts; undefined: none, or another one. */
    const start = (): "running" | "next" | undefined => {
        rig.boot()
        const image = rig.choose()?.image
        if (image === undefined) return undefined
        if (Buffer.from(image).equals(next)) return "next"
        return Buffer.from(image).equals(running) ? "running" : undefined
    }
    rig.restore(saved)
    start()
    if (!rig.cutUpdate(next, first, seed)) return `${where}: no first cut`
    const afterFirst = start()
    if (afterFirst === undefined) return `${where}: nothing starts`
    rig.cutUpdate(next, second, seed + 1)
    const afterSecond = start()
    if (afterSecond === undefined)
        return `${where}: nothing starts after the second cut`
    if (afterFirst === "next" && afterSecond !== "next")
        return `${where}: the repetition takes the new program away`
    const again = rig.update(next)
    if (again.code !== 0)
        return `${where}: the next update fails: ${again.code}`
    return start() === "next"
        ? undefined
        : `${where}: the next update does not run`
}
