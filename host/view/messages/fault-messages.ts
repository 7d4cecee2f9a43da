// SPDX-License-Identifier: MIT
// What the page knows of faults: which can be injected, with what, and what the newest did.

/** A parameter of a fault. */
export interface FaultParameter {
    readonly name: string
    readonly what: string
    /** Two different data lines, or a whole number. */
    readonly kind: "lines" | "whole"
    /** What is taken when nothing is said: as text; "": it must be said. */
    readonly otherwise: string
}

/** A fault that can be injected. */
export interface FaultKind {
    readonly name: string
    readonly what: string
    /** It may be given a time in which it lasts. */
    readonly lasts: boolean
    readonly parameters: readonly FaultParameter[]
}

export interface FaultsState {
    /** Of those that were injected, in words, the newest first. */
    readonly lines: readonly string[]
    /** Why the latest was refused; empty: it was not. */
    readonly problem: string
}

/** A fault as a file has it, but for its time: now. */
export type InjectedFault = Readonly<Record<string, unknown>>
