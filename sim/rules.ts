// SPDX-License-Identifier: MIT
// What a model does when the silicon is used against its manual: stop the simulation, or note it and go on.

import { SiliconError } from "../protocol/errors.ts"
import { RuleTally, type BrokenRule } from "./rule-tally.ts"

/**
 * A rule is an error when the manual forbids something and the silicon would misbehave. It is a warning when what is done
 * is reserved, or risky, and yet harmless as it was done here.
 *
 * Strict (the default): an error throws a SiliconError and the simulation ends.
 * Permissive, for firmware that is not ours: it is counted, and the model does what the silicon most likely does.
 * Warnings are counted in both, and stop neither.
 */
export class Rules {
    /** PC of the instruction whose access is being made; undefined: it is no access of a CPU, or of one without a PC. */
    accessPc: () => number | undefined = () => undefined
    /** Strict: the instruction whose access broke the rule that ended the simulation. */
    stoppedAt: number | undefined
    private readonly errorTally = new RuleTally()
    private readonly warningTally = new RuleTally()

    constructor(
        private readonly now: () => number,
        private permissive = false
    ) {}

    /** From now on errors are counted: faults are injected, which break rules that no program can keep. */
    permit(): void {
        this.permissive = true
    }

    /** Errors so far; in strict mode there are none, for the first one throws. */
    get violations(): readonly BrokenRule[] {
        return this.errorTally.all()
    }

    /** Warnings so far. */
    get warnings(): readonly BrokenRule[] {
        return this.warningTally.all()
    }

    /**
     * An error.
     * @param section manual and section that say so, as "RM0090 10.5.10"
     * @throws SiliconError in strict mode
     */
    violated(
        block: string,
        rule: string,
        register?: string,
        value?: number,
        section?: string
    ): void {
        const error = new SiliconError(block, rule, register, value, section)
        if (!this.permissive) {
            this.stoppedAt = this.accessPc()
            throw error
        }
        this.errorTally.add(error, this.now(), this.accessPc())
    }

    /** A warning. @param section as for `violated` */
    warned(
        block: string,
        rule: string,
        register?: string,
        value?: number,
        section?: string
    ): void {
        this.warningTally.add(
            new SiliconError(block, rule, register, value, section),
            this.now(),
            this.accessPc()
        )
    }
}
