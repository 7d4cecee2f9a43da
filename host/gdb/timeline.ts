// SPDX-License-Identifier: MIT
// Forwards and backwards in time. Backwards is a second machine, which runs from reset to the place that is wanted: models
// hold closures and cannot be copied, and every run is the same. Meanwhile the first one stands where it was: what it has
// given to the outside (frames, files) was given once.

import { setImmediate } from "node:timers/promises"
import type { Debuggee } from "./debuggee.ts"
import { DebuggedCore, type Stop, type StopPoint } from "./debugged-core.ts"

/** Of virtual time between two looks at the client, s. */
const SLICE_SECONDS = 0.005

/** Instructions that an IT block may have behind the one that is wanted: it is executed as one. */
const IT_BLOCK_MAX = 4

/** Where the client is now, and why it stands. */
export interface Arrival {
    readonly stop: Stop
    /** An end of what can be replayed was reached. */
    readonly end?: "begin" | undefined
}

/** A replay was interrupted: nothing has changed. */
const STAYED: Arrival = { stop: { kind: "interrupt" } }

/** A stop on the way from reset: the how manieth, and after how many instructions. */
interface Hit {
    readonly ordinal: number
    readonly instructions: number
}

export class Timeline {
    private past: DebuggedCore | undefined
    private points: readonly StopPoint[] = []
    private interrupted = false
    /** A replay that runs. */
    private busy: Promise<void> | undefined
    /** Hits of these points as far as the machine had come. */
    private known:
        { readonly until: number; readonly hits: readonly Hit[] } | undefined

    /**
     * @param present the machine that the command runs
     * @param again makes one like it, at reset, that gives nothing to the outside
     */
    constructor(
        private readonly present: DebuggedCore,
        private readonly again: () => Debuggee
    ) {}

    /** The machine that the client looks at. */
    get core(): DebuggedCore {
        return this.past ?? this.present
    }

    get isInPast(): boolean {
        return this.past !== undefined
    }

    /** @returns false when they are too many watchpoints; nothing is changed then */
    setPoints(points: readonly StopPoint[]): boolean {
        if (!this.present.setPoints(points)) return false
        this.past?.setPoints(points)
        this.points = points
        this.known = undefined
        return true
    }

    /**
     * Go on in the past, up to the present.
     * @returns where it arrived; undefined: at the present, where nothing that is set now stops it
     */
    async forwards(how: "continue" | "step"): Promise<Arrival | undefined> {
        const { past, present } = this
        if (past === undefined) throw new Error("the present runs by itself")
        const limit = present.instructions
        const next = past.instructions + 1
        past.resume({
            instructions: how === "step" ? Math.min(next, limit) : limit,
        })
        await this.runUntilHeld(past)
        if (past.instructions < limit) return { stop: past.stop }
        this.return()
        if (present.isAtPoint) return { stop: present.stop }
        return how === "step" ? { stop: { kind: "step" } } : undefined
    }

    /** Go to the instruction before. */
    async stepBack(): Promise<Arrival> {
        const now = this.core.instructions
        for (let back = 1; back <= IT_BLOCK_MAX + 1 && back <= now; back++) {
            const core = this.replay([])
            if (now > back) {
                core.resume({ instructions: now - back })
                await this.runUntilHeld(core)
            }
            if (core.instructions < now && !this.interrupted)
                return this.goTo(core)
            core.machine.close()
            if (this.interrupted) return STAYED
        }
        return { ...this.goTo(this.replay([])), end: "begin" }
    }

    /** Go to the last stop before this one. */
    async runBack(): Promise<Arrival> {
        const now = this.core.instructions
        const hits = await this.hitsUntil(now)
        const hit = hits.findLast(({ instructions }) => instructions < now)
        if (this.interrupted) return STAYED
        const core = this.replay(this.points)
        if (hit === undefined) return { ...this.goTo(core), end: "begin" }
        for (let ordinal = 0; ordinal <= hit.ordinal; ordinal++) {
            core.resume("continue")
            await this.runUntilHeld(core)
            if (this.interrupted) {
                core.machine.close()
                return STAYED
            }
        }
        return this.goTo(core)
    }

    /** The client wants no more of a replay. */
    interrupt(): void {
        this.interrupted = true
    }

    /** Back to the present, from wherever a replay is. */
    async leave(): Promise<void> {
        this.interrupted = true
        await this.busy
        this.return()
    }

    private return(): void {
        this.past?.machine.close()
        this.past = undefined
    }

    /** Stops from reset up to so many instructions; of the same points they are found once. */
    private async hitsUntil(instructions: number): Promise<readonly Hit[]> {
        if (this.known && this.known.until >= instructions)
            return this.known.hits
        const core = this.replay(this.points)
        const hits: Hit[] = []
        try {
            while (core.instructions < instructions && !this.interrupted) {
                core.resume({ instructions })
                await this.runUntilHeld(core)
                hits.push({
                    ordinal: hits.length,
                    instructions: core.instructions,
                })
            }
        } finally {
            core.machine.close()
        }
        if (!this.interrupted) this.known = { until: instructions, hits }
        return hits
    }

    private replay(points: readonly StopPoint[]): DebuggedCore {
        this.interrupted = false
        const core = new DebuggedCore(this.again())
        core.setPoints(points)
        return core
    }

    private goTo(core: DebuggedCore): Arrival {
        this.return()
        core.setPoints(this.points)
        this.past = core
        return { stop: core.stop }
    }

    private runUntilHeld(core: DebuggedCore): Promise<void> {
        return (this.busy = this.sliced(core).finally(
            () => (this.busy = undefined)
        ))
    }

    private async sliced(core: DebuggedCore): Promise<void> {
        const { machine } = core
        while (!core.isHeld) {
            machine.runTo(machine.seconds + SLICE_SECONDS)
            await setImmediate()
            if (this.interrupted) core.interrupt()
        }
    }
}
