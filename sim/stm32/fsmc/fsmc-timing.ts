// SPDX-License-Identifier: MIT
// How long an asynchronous access to bank 1 takes (RM0090 §36.5.4). Pure.

import type { Access } from "../../wires/select-bus.ts"
import { FsmcBcr } from "./fsmc-registers.ts"

/** The registers of one region of bank 1. */
export interface RegionRegisters {
    readonly bcr: number
    readonly btr: number
    readonly bwtr: number
}

/** ACCMOD: with EXTMOD, mode D has an address hold phase. */
const MODE_D = 3
/** Data phase and the cycles around it in which NEx is low (DS8626 tables 75 to 78: with ADDSET 0 and DATAST 1 a read takes
 * 2 HCLK and a write 3, multiplexed with ADDHLD 1 one more each). */
const READ_OVERHEAD = 1
const WRITE_OVERHEAD = 2

/** Data lines of a region: 8, 16, 32; undefined for the reserved MWID 3. */
export function widthOf(bcr: number): 8 | 16 | 32 | undefined {
    return ([8, 16, 32, undefined] as const)[(bcr & FsmcBcr.MWID) >>> 4]
}

/**
 * HCLK cycles of an access that the master makes in one piece; one wider than the bus is made in several.
 * @param bytes 1, 2 or 4
 */
export function accessCycles(
    { bcr, btr, bwtr }: RegionRegisters,
    bytes: number,
    access: Access
): number {
    const timing = timingOf({ bcr, btr, bwtr }, access)
    const addset = timing & 15
    const addhld = (timing >>> 4) & 15
    const datast = datastOf(timing)
    const holds =
        (bcr & FsmcBcr.MUXEN) !== 0 ||
        ((bcr & FsmcBcr.EXTMOD) !== 0 && ((timing >>> 28) & 3) === MODE_D)
    const parts = Math.max(1, (bytes * 8) / (widthOf(bcr) ?? 16))
    const overhead = access === "read" ? READ_OVERHEAD : WRITE_OVERHEAD
    return parts * (addset + (holds ? addhld : 0) + datast + overhead)
}

/** HCLK cycles for which NWE or NOE is low (DS8626 tables 75 and 76: of a write DATAST, of a read to the end of the access). */
export function strobeCycles(
    registers: RegionRegisters,
    access: Access
): number {
    const datast = datastOf(timingOf(registers, access))
    return access === "read" ? datast + READ_OVERHEAD : datast
}

/** With EXTMOD writes have their own times. */
function timingOf({ bcr, btr, bwtr }: RegionRegisters, access: Access): number {
    return (bcr & FsmcBcr.EXTMOD) !== 0 && access === "write" ? bwtr : btr
}

function datastOf(timing: number): number {
    return (timing >>> 8) & 255
}
