// SPDX-License-Identifier: MIT
// Which fault of the Cortex-M4 it is that stopped the core (PM0214 §4.4.10 to §4.4.13).
// Imprecise are only the stores that FSMC or FMC answer with an AHB error; any other store that fails is reported like a
// load, with its address.

import type { AhbError } from "../stm32/external-memory.ts"
import { CamscriptError } from "../../protocol/errors.ts"
import {
    BadAccess,
    Stop,
    UnicornError,
    UnicornException,
} from "./core-state.ts"
import { Exception } from "./exceptions.ts"
import { type Fault } from "./exception-unit.ts"
import { Cfsr } from "./core-peripherals/system-control.ts"

/** What the core stopped with. */
export type StopReport =
    | { readonly kind: "INVSTATE" }
    /** An access to a device outside of the chip got an AHB error. */
    | { readonly kind: "AHB error"; readonly error: AhbError }
    | {
          readonly kind: "exception"
          /** UnicornException. */
          readonly number: number
      }
    | {
          readonly kind: "stop"
          readonly stop: number
          /** Immediate of BKPT, or Unicorn's error. */
          readonly detail: number
          /** Kind and address of a bad access, or of one that was denied. */
          readonly access: number
          readonly address: number
          /** The T bit. */
          readonly thumb: boolean
      }

/** A fault; `atPc`: the instruction is the one in PC, which could not be fetched. */
export type LocatedFault = Fault & { readonly atPc?: boolean }

const SEMIHOSTING = 0xab

/**
 * @param where tells PC and LR
 * @throws CamscriptError for what no fault handler sees: BKPT, failures of the emulator
 */
export function faultOf(report: StopReport, where: () => string): LocatedFault {
    if (report.kind === "INVSTATE") return usage(Cfsr.INVSTATE)
    if (report.kind === "AHB error") return ahbFault(report.error)
    if (report.kind === "exception") return exceptionFault(report.number, where)
    switch (report.stop) {
        case Stop.UNALIGNED:
            return usage(Cfsr.UNALIGNED)
        case Stop.DIVBYZERO:
            return usage(Cfsr.DIVBYZERO)
        case Stop.NOCP:
            return usage(Cfsr.NOCP)
        case Stop.DATA_DENIED:
            return dataDenied(report.address)
        case Stop.FETCH_DENIED:
            return fetchDenied()
        case Stop.UNPRIVILEGED:
            return preciseBusFault(report.address)
        case Stop.BKPT:
            throw new CamscriptError(
                report.detail === SEMIHOSTING
                    ? `the program asks a debugger for semihosting (BKPT 0xab), and there is none, ${where()}`
                    : `the program stops at BKPT ${report.detail}, ${where()}`
            )
        case Stop.ERROR:
            return errorFault(report, where)
        default:
            throw new Error(
                `the core stopped for no known reason ${report.stop}`
            )
    }
}

/** Stores go through the write buffer: the core is further by then, and knows no address (PM0214 §4.4.10). */
function ahbFault({ address, access }: AhbError): LocatedFault {
    const exception = Exception.BUS_FAULT
    return access === "write"
        ? { exception, status: Cfsr.IMPRECISERR }
        : { exception, status: Cfsr.PRECISERR, address }
}

function exceptionFault(number: number, where: () => string): LocatedFault {
    switch (number) {
        case UnicornException.UNDEFINED:
            return usage(Cfsr.UNDEFINSTR)
        case UnicornException.NOCP:
            return usage(Cfsr.NOCP)
        case UnicornException.INVSTATE:
            return usage(Cfsr.INVSTATE)
        case UnicornException.PREFETCH_ABORT:
            // Peripherals and system space are never executed.
            return { ...fetchDenied(), atPc: true }
        default:
            throw new CamscriptError(
                `Unicorn reports its exception ${number}, which a Cortex-M4 does not have, ${where()}`
            )
    }
}

function errorFault(
    report: Extract<StopReport, { kind: "stop" }>,
    where: () => string
): LocatedFault {
    const { address } = report
    switch (report.detail) {
        case UnicornError.INSN_INVALID:
        case UnicornError.EXCEPTION:
            return {
                ...usage(report.thumb ? Cfsr.UNDEFINSTR : Cfsr.INVSTATE),
                atPc: true,
            }
        case UnicornError.FETCH_UNMAPPED:
            return {
                exception: Exception.BUS_FAULT,
                status: Cfsr.IBUSERR,
                atPc: true,
            }
        case UnicornError.FETCH_PROT:
            return { ...fetchDenied(), atPc: true }
        case UnicornError.READ_UNMAPPED:
        case UnicornError.WRITE_UNMAPPED:
        case UnicornError.READ_PROT:
        case UnicornError.WRITE_PROT:
            return report.access === Number(BadAccess.DENIED)
                ? dataDenied(address)
                : preciseBusFault(address)
        default:
            throw new CamscriptError(
                `Unicorn fails with its error ${report.detail} (access ${BadAccess[report.access] ?? "none"}), ${where()}`
            )
    }
}

function usage(status: number): Fault {
    return { exception: Exception.USAGE_FAULT, status }
}

function dataDenied(address: number): Fault {
    return { exception: Exception.MEM_MANAGE, status: Cfsr.DACCVIOL, address }
}

function fetchDenied(): Fault {
    return { exception: Exception.MEM_MANAGE, status: Cfsr.IACCVIOL }
}

function preciseBusFault(address: number): Fault {
    return { exception: Exception.BUS_FAULT, status: Cfsr.PRECISERR, address }
}
