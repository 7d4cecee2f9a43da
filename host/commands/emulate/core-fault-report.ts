// SPDX-License-Identifier: MIT
// Faults of the core (HardFault and its kin), as reports tell them.

import type { FaultCount } from "../../../sim/foreign/fault-tally.ts"
import { placeText } from "../../../toolchain/elf/program-map.ts"

export interface CoreFaultReport {
    /** "BusFault"; taken as a HardFault when `escalated` is true. */
    readonly name: string
    readonly escalated: boolean
    /** "0x00008200", of this fault alone. */
    readonly cfsr: string
    /** Its set bits in words. */
    readonly reasons: readonly string[]
    /** BFAR or MMFAR; null when the fault has none. */
    readonly address: string | null
    /** From the instruction outwards. `interrupted`: an exception came there. */
    readonly calls: readonly CallReport[]
    /** Virtual time of the first time, s. */
    readonly firstSeconds: number
    readonly count: number
}

export interface CallReport {
    /** "0x08000123". */
    readonly pc: string
    readonly symbol: string | null
    readonly source: string | null
    readonly interrupted: boolean
}

export function coreFaultReport(fault: FaultCount): CoreFaultReport {
    const { name, escalated, cfsr, words, address, calls, firstNs, count } =
        fault
    return {
        ...{ name, escalated },
        cfsr: hex(cfsr),
        reasons: words,
        address: address === undefined ? null : hex(address),
        calls: calls.map(({ pc, symbol, source, interrupted }) => ({
            pc: hex(pc),
            symbol: symbol ?? null,
            source: source ?? null,
            interrupted,
        })),
        firstSeconds: Math.round(firstNs / 1e3) / 1e6,
        count,
    }
}

/** What a person reads. */
export function coreFaultLines(faults: readonly CoreFaultReport[]): string[] {
    return faults.flatMap(fault => {
        const { name, escalated, address, reasons, cfsr, count } = fault
        const register = name === "MemManage" ? "MMFAR" : "BFAR"
        return [
            "",
            `  ${escalated ? `HardFault (${name} that is not enabled or not urgent enough)` : name}${count > 1 ? `, ${count} times` : ""}, ${fault.firstSeconds} s after power-on: CFSR ${cfsr}${address === null ? "" : `, ${register} ${address}`}`,
            ...reasons.map(reason => `    ${reason}`),
            ...fault.calls.map(
                (call, index) =>
                    `    ${index === 0 ? "at" : call.interrupted ? "which interrupted" : "called at"} ${callText(call)}`
            ),
        ]
    })
}

function callText({ pc, symbol, source }: CallReport): string {
    return placeText({
        pc: Number(pc),
        symbol: symbol ?? undefined,
        source: source ?? undefined,
    })
}

function hex(value: number): string {
    return `0x${(value >>> 0).toString(16).padStart(8, "0")}`
}
