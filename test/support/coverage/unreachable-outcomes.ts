// SPDX-License-Identifier: MIT
// Outcomes in the interrupts of native/ that no emulated board can reach.

export interface UnreachableOutcome {
    /** From the project's folder. */
    readonly file: string
    /** Of its line. */
    readonly text: string
    readonly reason: string
}

export const UNREACHABLE: readonly UnreachableOutcome[] = []
