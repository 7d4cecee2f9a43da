// SPDX-License-Identifier: MIT
// What lies outside of the chip, behind FSMC or FMC, as the masters of the bus matrix see it.

import type { Access } from "../wires/select-bus.ts"

/** An AHB error: a bus fault of the CPU, a transfer error of a DMA stream. */
export interface AhbError {
    readonly address: number
    readonly access: Access
}

/** Banks of memory and devices outside. */
export interface ExternalMemory {
    /** True for the addresses of the banks. */
    has(address: number): boolean
    /** Why an access gets an AHB error, in words; undefined: it gets through. */
    problem(address: number, access: Access): string | undefined
    /** Read 1, 2 or 4 bytes. @returns undefined on an AHB error */
    read(address: number, bytes: number): number | undefined
    /** Write 1, 2 or 4 bytes. @returns false on an AHB error */
    write(address: number, bytes: number, value: number): boolean
}
