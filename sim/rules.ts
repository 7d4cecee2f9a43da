// SPDX-License-Identifier: MIT
// What a model does when the silicon is used against its manual: stop the simulation, or note it and go on.

import { SiliconError } from "../protocol/errors.ts"

/** One broken rule, noted in permissive mode. */
export interface Violation {
    readonly timeNs: number
    readonly message: string
}

/**
 * Strict (the default): a violation throws a SiliconError and the simulation ends.
 * Permissive, for firmware that is not ours: it is noted, and the model does what the silicon most likely does.
 */
export class Rules {
    readonly violations: Violation[] = []

    constructor(
        private readonly now: () => number,
        private readonly permissive = false
    ) {}

    violated(
        block: string,
        rule: string,
        register?: string,
        value?: number
    ): void {
        const error = new SiliconError(block, rule, register, value)
        if (!this.permissive) throw error
        this.violations.push({ timeNs: this.now(), message: error.message })
    }

    /** What a program can meet without a mistake, by what its sensor sees: noted, and the model goes on. */
    noted(
        block: string,
        rule: string,
        register?: string,
        value?: number
    ): void {
        const { message } = new SiliconError(block, rule, register, value)
        this.violations.push({ timeNs: this.now(), message })
    }
}
