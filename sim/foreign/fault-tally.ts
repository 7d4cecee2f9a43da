// SPDX-License-Identifier: MIT
// Faults of the core as they are taken: what CFSR says in words, the address, and who called the instruction.

import { Cfsr } from "../cortex-m/core-peripherals/system-control.ts"
import type { TakenFault } from "../cortex-m/exception-unit.ts"
import { Exception } from "../cortex-m/exceptions.ts"
import type { Mcu } from "../cortex-m/mcu.ts"
import type {
    PlacedFrame,
    ProgramMap,
} from "../../toolchain/elf/program-map.ts"

/** One fault: the same instruction for the same reason. */
export interface FaultCount {
    readonly name: "MemManage" | "BusFault" | "UsageFault"
    /** It was taken as a HardFault. */
    readonly escalated: boolean
    /** CFSR, of this fault alone. */
    readonly cfsr: number
    readonly words: readonly string[]
    /** BFAR or MMFAR the first time; undefined when it has none. */
    readonly address: number | undefined
    /** Calls from the instruction outwards, the first time. */
    readonly calls: readonly PlacedFrame[]
    /** Virtual time of the first time, ns. */
    readonly firstNs: number
    readonly count: number
}

const NAMES = {
    [Exception.MEM_MANAGE]: "MemManage",
    [Exception.BUS_FAULT]: "BusFault",
    [Exception.USAGE_FAULT]: "UsageFault",
} as const

/** PM0214 §4.4.14 to §4.4.16. */
const WORDS: readonly (readonly [Cfsr, string])[] = [
    [
        Cfsr.IACCVIOL,
        "IACCVIOL: an instruction was fetched from where none may be executed",
    ],
    [Cfsr.DACCVIOL, "DACCVIOL: the MPU denies this load or store"],
    [Cfsr.MUNSTKERR, "MUNSTKERR: the MPU denies the unstacking of a return"],
    [
        Cfsr.MSTKERR,
        "MSTKERR: the MPU denies the stacking of an exception: the stack is at its end",
    ],
    [
        Cfsr.IBUSERR,
        "IBUSERR: an instruction was fetched from where no memory is",
    ],
    [
        Cfsr.PRECISERR,
        "PRECISERR: a load or store where no memory and no block is, or a store to memory that is only read",
    ],
    [
        Cfsr.IMPRECISERR,
        "IMPRECISERR: a store that FSMC or FMC answered with an error, after the CPU had gone on",
    ],
    [Cfsr.UNSTKERR, "UNSTKERR: a return unstacks from where no memory is"],
    [
        Cfsr.STKERR,
        "STKERR: an exception stacks where no memory is: the stack pointer has left RAM",
    ],
    [Cfsr.UNDEFINSTR, "UNDEFINSTR: an instruction that does not exist"],
    [
        Cfsr.INVSTATE,
        "INVSTATE: a jump to an address without bit 0, which asks for ARM code: often a function pointer that was never set",
    ],
    [Cfsr.INVPC, "INVPC: a return from an exception with a wrong EXC_RETURN"],
    [
        Cfsr.NOCP,
        "NOCP: an instruction of the FPU, which CPACR has not switched on",
    ],
    [
        Cfsr.UNALIGNED,
        "UNALIGNED: an access that is not aligned, which this instruction or CCR.UNALIGN_TRP forbids",
    ],
    [Cfsr.DIVBYZERO, "DIVBYZERO: a division by 0, which CCR.DIV_0_TRP forbids"],
]

/** The set bits of CFSR in words. */
export function cfsrWords(cfsr: number): string[] {
    return WORDS.filter(([bit]) => (cfsr & bit) !== 0).map(([, words]) => words)
}

/** Different faults that are kept; firmware that goes on after each may have any number of them. */
const KEPT_MAX = 16

export interface FaultTallyOptions {
    readonly mcu: Mcu
    readonly map: ProgramMap
    /** A word of the chip's memories; undefined elsewhere. */
    readonly read: (address: number) => number | undefined
}

/** Watches a core. */
export class FaultTally {
    private readonly entries = new Map<string, FaultCount & { count: number }>()

    constructor(private readonly options: FaultTallyOptions) {
        options.mcu.onFault = fault => this.add(fault)
    }

    /** In the order in which they were first taken. */
    all(): readonly FaultCount[] {
        return [...this.entries.values()]
    }

    private add(fault: TakenFault): void {
        const { pc, status, exception, escalated, address } = fault
        const key = `${pc} ${status}`
        const known = this.entries.get(key)
        if (known !== undefined) {
            known.count++
            return
        }
        if (this.entries.size === KEPT_MAX) return
        const { mcu } = this.options
        this.entries.set(key, {
            name: NAMES[exception],
            escalated,
            cfsr: status,
            words: cfsrWords(status),
            address,
            calls: this.calls(pc),
            firstNs: mcu.nowNs,
            count: 1,
        })
    }

    private calls(pc: number): PlacedFrame[] {
        const { mcu, map, read } = this.options
        const core = Array.from({ length: 16 }, (_, index) =>
            mcu.register(`r${index}`)
        )
        core[15] = pc
        return map.backtrace({ core, psp: mcu.register("psp") }, read)
    }
}
