// SPDX-License-Identifier: MIT
// Runs virtual time in slices, so that the process gets its turn in between.

import { setImmediate, setTimeout as delay } from "node:timers/promises"
import type { StopCondition } from "../../../sim/observe/capture.ts"

/** Virtual time of a slice, s. The same in a pipe, so that the result is. */
const SLICE_SECONDS = 0.1

/** Virtual times are sums of ns: half of one is no difference. */
const TOLERANCE_SECONDS = 0.5e-9

/** What runs in virtual time. */
export interface Sliceable {
    readonly seconds: number
    /** A debugger holds it: time stands still. */
    readonly isHeld?: boolean
    run(until: StopCondition): void
}

export interface SliceHooks {
    /** Asked before each slice: are there enough frames, or is it closed? */
    readonly done: () => boolean
    /** Where the next slice ends, s; undefined: it is too early for one. Left out: it goes on as fast as it can. */
    readonly next?: (seconds: number) => number | undefined
    /** Called with the wall seconds spent in the slices so far. */
    readonly afterSlice?: (wallSeconds: number) => Promise<void> | void
    /** Looked at after each slice. */
    readonly signal?: AbortSignal
}

/**
 * Run until `done`, or until the seconds are over.
 * @param until its frames end a slice early
 * @throws what the machine throws, and what the signal has as its reason
 */
export async function runInSlices(
    machine: Sliceable,
    until: StopCondition,
    hooks: SliceHooks
): Promise<void> {
    const { done, afterSlice, signal } = hooks
    const { frames, seconds = Infinity } = until
    const next = hooks.next ?? (now => now + SLICE_SECONDS)
    let wallSeconds = 0
    while (!done() && machine.seconds < seconds - TOLERANCE_SECONDS) {
        signal?.throwIfAborted()
        const end = machine.isHeld ? undefined : next(machine.seconds)
        if (end === undefined) {
            await delay(1)
            continue
        }
        const startMs = performance.now()
        const slice = { frames, seconds: Math.min(seconds, end) }
        machine.run(slice)
        wallSeconds += (performance.now() - startMs) / 1000
        await afterSlice?.(wallSeconds)
        // Lets a signal in, and whatever else the process has to do.
        await setImmediate()
        signal?.throwIfAborted()
    }
}
