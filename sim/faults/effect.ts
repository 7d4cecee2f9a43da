// SPDX-License-Identifier: MIT
// One fault on its way: when it was due, when it really began to act, when it was over.

import type { Clock } from "../clock.ts"
import type { Fault, FaultName, FaultOf } from "./fault-table.ts"
import type { SeededChoice } from "./seeded-choice.ts"

/** Given to an injector, which tells it what happened. */
export class Effect {
    /** When it first acted, ns; undefined: not yet. */
    happenedNs: number | undefined
    /** From when on it acts no more, ns; undefined: it may still act. */
    overNs: number | undefined

    constructor(
        readonly fault: Fault,
        readonly choice: SeededChoice,
        private readonly clock: Clock,
        private readonly onHappened: (effect: Effect) => void = () => {}
    ) {}

    /** It acts, now. */
    happened(): void {
        if (this.happenedNs !== undefined) return
        this.happenedNs = this.clock.nowNs
        this.onHappened(this)
    }

    /** It acts no more. */
    over(): void {
        this.overNs ??= this.clock.nowNs
    }

    /** It acts, and that was all. */
    happenedOnce(): void {
        this.happened()
        this.over()
    }
}

/**
 * Begins a fault, at its time. What it returns ends one that lasts; the schedule says that a span has happened and is over,
 * an injector the same of a moment or a frame.
 */
export type Injector<Name extends FaultName> = (
    fault: FaultOf<Name>,
    effect: Effect
) => (() => void) | void

/** An injector for some of the faults; each part of the board has its own. */
export type Injectors<Names extends FaultName = FaultName> = {
    readonly [Name in Names]: Injector<Name>
}
