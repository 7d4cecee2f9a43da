// SPDX-License-Identifier: MIT
// Faults in virtual time: each begins at its moment, and ends when it has lasted.

import type { Clock } from "../clock.ts"
import { UsageError } from "../../protocol/errors.ts"
import { Effect, type Injector, type Injectors } from "./effect.ts"
import { faultEntry, type Fault, type FaultName } from "./fault-table.ts"
import { SeededChoice } from "./seeded-choice.ts"

const NS = 1e9

/** Why a fault cannot be injected here. */
export type Refusals = Readonly<Partial<Record<FaultName, string>>>

export interface FaultScheduleOptions {
    readonly clock: Clock
    readonly seed: number
    readonly injectors: Injectors
    /** Why a fault cannot be injected here; undefined: it can. */
    readonly refusal: (fault: Fault) => string | undefined
    /** Called when a fault was added. */
    readonly added: () => void
}

/** All faults of a run. */
export class FaultSchedule {
    /** In the order in which they were added. */
    readonly effects: Effect[] = []
    /** Called before some are added. */
    onAdding: (() => void) | undefined
    /** Called when one begins to act. */
    onHappened: ((effect: Effect) => void) | undefined
    /** Times to come, the next one last. */
    private beginsNs: number[] = []

    constructor(private readonly options: FaultScheduleOptions) {}

    /**
     * Begin each fault at its time; one whose time has passed begins now.
     * @throws UsageError for a fault that cannot be injected here
     */
    add(faults: readonly Fault[]): void {
        for (const [index, fault] of faults.entries()) {
            const reason = this.options.refusal(fault)
            if (reason !== undefined)
                throw new UsageError(
                    `fault ${index} (${fault.fault}): ${reason}`
                )
        }
        this.onAdding?.()
        for (const fault of faults) this.schedule(fault)
        this.beginsNs = this.effects
            .map(({ fault }) => beginNs(fault))
            .filter(atNs => atNs > this.options.clock.nowNs)
            .sort((a, b) => b - a)
        if (faults.length > 0) this.options.added()
    }

    /** When the next fault begins that has not begun, ns; Infinity: none. */
    get nextNs(): number {
        const { beginsNs } = this
        while (
            beginsNs.length > 0 &&
            beginsNs.at(-1)! <= this.options.clock.nowNs
        )
            beginsNs.pop()
        return beginsNs.at(-1) ?? Infinity
    }

    private schedule(fault: Fault): void {
        const { clock, seed, injectors } = this.options
        const choice = new SeededChoice(seed, this.effects.length)
        const effect = new Effect(fault, choice, clock, happened =>
            this.onHappened?.(happened)
        )
        this.effects.push(effect)
        const inject = injectors[fault.fault] as Injector<FaultName>
        const lasts = faultEntry(fault.fault).lasts === "span"
        clock.at(beginNs(fault), () => {
            if (lasts) effect.happened()
            const end = inject(fault, effect)
            if (fault.for === undefined) return
            clock.after(Math.round(fault.for * NS), () => {
                end?.()
                if (lasts) effect.over()
            })
        })
    }
}

function beginNs({ at }: Fault): number {
    return Math.round(at * NS)
}
