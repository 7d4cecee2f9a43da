// SPDX-License-Identifier: MIT
// Faults that the live view injects, now: into a simulation in this process, or into an emulated board in another.

import { UsageError } from "../../protocol/errors.ts"
import { parseFault } from "../../sim/faults/fault-file.ts"
import type { FaultSchedule } from "../../sim/faults/fault-schedule.ts"
import {
    FAULT_NAMES,
    faultEntry,
    type Parameter,
} from "../../sim/faults/fault-table.ts"
import type { FaultOutcome } from "../../sim/faults/fault-watch.ts"
import { faultLine } from "../fault-lines.ts"
import type {
    FaultKind,
    FaultParameter,
    FaultsState,
    InjectedFault,
} from "../view/messages/fault-messages.ts"

/** Lines that a page shows. */
const LINES_MAX = 8

/** Where a page injects faults. */
export interface FaultBench {
    readonly state: FaultsState
    inject(fault: InjectedFault): void
}

/** What can be injected, for the page. */
export function faultKinds(): FaultKind[] {
    return FAULT_NAMES.map(name => {
        const { what, lasts, parameters } = faultEntry(name)
        return {
            name,
            what,
            lasts: lasts !== "moment",
            parameters: Object.entries(parameters).map(([name, parameter]) =>
                parameterOf(name, parameter)
            ),
        }
    })
}

function parameterOf(name: string, parameter: Parameter): FaultParameter {
    const { what, kind } = parameter
    const otherwise = kind === "lines" ? "" : String(parameter.otherwise ?? "")
    return { name, what, kind, otherwise }
}

/** A simulation or an emulated board. */
export interface FaultyMachine {
    readonly seconds: number
    readonly faults: Pick<FaultSchedule, "add">
    readonly record: { readonly faults: { outcomes(): FaultOutcome[] } }
}

/** Injects into a machine of this process, between two of its slices. */
export class MachineFaults implements FaultBench {
    private problem = ""
    private injected = false

    /** @param fromFile faults come from a file, too */
    constructor(
        private readonly machine: FaultyMachine,
        fromFile: boolean
    ) {
        this.injected = fromFile
    }

    get state(): FaultsState {
        const outcomes = this.injected
            ? this.machine.record.faults.outcomes()
            : []
        const lines = outcomes.reverse().slice(0, LINES_MAX).map(faultLine)
        return { lines, problem: this.problem }
    }

    inject(fault: InjectedFault): void {
        const { machine } = this
        this.problem = ""
        try {
            const now = { ...fault, at: machine.seconds }
            machine.faults.add([parseFault(now, "the fault")])
            this.injected = true
        } catch (error) {
            if (!(error instanceof UsageError)) throw error
            this.problem = error.message
        }
    }
}

/** What passes between this process and the one of an emulated board. */
export type FaultIpc =
    | { readonly type: "inject"; readonly fault: InjectedFault }
    | { readonly type: "faults"; readonly state: FaultsState }

/** Injects into the emulated board of another process. */
export class RemoteFaults implements FaultBench {
    state: FaultsState = { lines: [], problem: "" }

    constructor(private readonly say: (message: FaultIpc) => void) {}

    inject(fault: InjectedFault): void {
        this.say({ type: "inject", fault })
    }

    heard(message: FaultIpc): void {
        if (message.type === "faults") this.state = message.state
    }
}
