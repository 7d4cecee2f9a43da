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
