// SPDX-License-Identifier: MIT
// The error of the planner.

/** What was asked for is impossible; the message has the sum that does not add up. */
export class PlanError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "PlanError"
    }
}
