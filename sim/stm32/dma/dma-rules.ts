// SPDX-License-Identifier: MIT
// What must hold when a DMA stream is enabled (RM0090 §10.3, §10.5). Pure.

import {
    DmaCr,
    DmaDirection,
    DmaFcr,
    DmaStreamRegister,
} from "./dma-registers.ts"

/** A stream's registers at the moment EN is set. */
export interface StreamSettings {
    readonly cr: number
    readonly ndtr: number
    readonly par: number
    readonly m0ar: number
    readonly m1ar: number
    readonly fcr: number
    /** DMA2: its peripheral port reaches memories (RM0090 §10.3.6). */
    readonly copiesMemory: boolean
}

export interface StreamProblem {
    readonly register: DmaStreamRegister
    readonly rule: string
}

const BURST_BEATS = [1, 4, 8, 16]
const SIZE_RESERVED = 3
/** Four words (RM0090 §10.3.12). */
export const FIFO_BYTES = 16
const THREE_QUARTERS_BYTES = 12
const BURST_BOUNDARY_BYTES = 1024

/** The first rule that the settings break, or undefined. */
export function streamProblem(
    settings: StreamSettings
): StreamProblem | undefined {
    return (
        modeProblem(settings) ??
        directionProblem(settings) ??
        addressProblem(settings) ??
        fifoProblem(settings)
    )
}

function modeProblem({ cr, ndtr }: StreamSettings): StreamProblem | undefined {
    const control = problemIn(DmaStreamRegister.CR)
    if (ndtr === 0)
        return problemIn(DmaStreamRegister.NDTR)(
            "EN is set with no items to move"
        )
    if ((cr & DmaCr.PFCTRL) !== 0)
        return control(
            "PFCTRL: of all peripherals only SDIO is a flow controller"
        )
    if ((cr & DmaCr.PINCOS) !== 0) return control("PINCOS is not modelled")
    if (size(cr, DmaCr.PSIZE) > FIFO_BYTES / 4)
        return control("PSIZE 3 is reserved")
    if (size(cr, DmaCr.MSIZE) > FIFO_BYTES / 4)
        return control("MSIZE 3 is reserved")
    return undefined
}

/** RM0090 §10.3.6: memory to memory is for DMA2, and neither in circular nor in direct mode. */
function directionProblem({
    cr,
    fcr,
    copiesMemory,
}: StreamSettings): StreamProblem | undefined {
    const control = problemIn(DmaStreamRegister.CR)
    const direction = directionOf(cr)
    if (direction > DmaDirection.MEMORY_TO_MEMORY)
        return control("DIR 3 is reserved")
    if (direction < DmaDirection.MEMORY_TO_MEMORY) return undefined
    if (!copiesMemory)
        return control(
            "DIR 2: the peripheral port of DMA1 does not reach memories, only DMA2 copies memory to memory"
        )
    if ((cr & (DmaCr.CIRC | DmaCr.DBM)) !== 0)
        return control(
            "memory to memory is not possible in circular or double buffer mode"
        )
    if ((fcr & DmaFcr.DMDIS) === 0)
        return control(
            "memory to memory needs the FIFO: FCR_DMDIS is 0 (direct mode)"
        )
    return undefined
}

/** SxCR_DIR. */
export function directionOf(cr: number): number {
    return (cr & DmaCr.DIR) >>> 6
}

/** Bytes of an item on the peripheral's side. */
export function peripheralBytesOf(cr: number): number {
    return size(cr, DmaCr.PSIZE)
}

/** Bytes of an item on the memory's side. */
export function memoryBytesOf(cr: number): number {
    return size(cr, DmaCr.MSIZE)
}

/** Bytes at which the FIFO is moved to memory. */
export function thresholdBytesOf(fcr: number): number {
    return ((fcr & DmaFcr.FTH) + 1) * (FIFO_BYTES / 4)
}

function addressProblem({
    cr,
    par,
    m0ar,
    m1ar,
}: StreamSettings): StreamProblem | undefined {
    if (par % size(cr, DmaCr.PSIZE) !== 0)
        return problemIn(DmaStreamRegister.PAR)(
            "the address is not aligned to PSIZE"
        )
    if (m0ar % size(cr, DmaCr.MSIZE) !== 0)
        return problemIn(DmaStreamRegister.M0AR)(
            "the address is not aligned to MSIZE"
        )
    if ((cr & DmaCr.DBM) !== 0 && m1ar % size(cr, DmaCr.MSIZE) !== 0)
        return problemIn(DmaStreamRegister.M1AR)(
            "the address is not aligned to MSIZE"
        )
    return undefined
}

function fifoProblem(settings: StreamSettings): StreamProblem | undefined {
    const { cr, fcr } = settings
    const memoryBeats = beats(cr, DmaCr.MBURST)
    if ((fcr & DmaFcr.DMDIS) === 0) return directModeProblem(cr, memoryBeats)
    const fifo = problemIn(DmaStreamRegister.FCR)
    // A burst must be in the FIFO as a whole, and the threshold must be a number of whole bursts (RM0090 table 48).
    const thresholdBytes = thresholdBytesOf(fcr)
    const burstBytes = memoryBeats * size(cr, DmaCr.MSIZE)
    if (memoryBeats > 1 && thresholdBytes % burstBytes !== 0)
        return fifo(
            `a burst of ${burstBytes} bytes does not fit a FIFO threshold of ${thresholdBytes} bytes`
        )
    const peripheralBytes = beats(cr, DmaCr.PBURST) * size(cr, DmaCr.PSIZE)
    if (peripheralBytes > FIFO_BYTES)
        return fifo("a peripheral burst is larger than the FIFO")
    if (
        peripheralBytes === FIFO_BYTES &&
        thresholdBytes === THREE_QUARTERS_BYTES
    )
        return fifo("a threshold of 3/4 starves a peripheral burst of 16 bytes")
    return (
        countProblem(settings, burstBytes) ??
        boundaryProblem(settings, memoryBeats, burstBytes)
    )
}

function directModeProblem(
    cr: number,
    memoryBeats: number
): StreamProblem | undefined {
    const control = problemIn(DmaStreamRegister.CR)
    if (memoryBeats > 1 || beats(cr, DmaCr.PBURST) > 1)
        return control("bursts need the FIFO: FCR_DMDIS is 0 (direct mode)")
    if (size(cr, DmaCr.PSIZE) !== size(cr, DmaCr.MSIZE))
        return control("direct mode (FCR_DMDIS = 0) needs PSIZE equal to MSIZE")
    return undefined
}

/** Circular mode needs whole bursts (RM0090 §10.3.8); otherwise the rest goes out singly, but MSIZE stays whole. */
function countProblem(
    { cr, ndtr }: StreamSettings,
    burstBytes: number
): StreamProblem | undefined {
    const circular = (cr & (DmaCr.CIRC | DmaCr.DBM)) !== 0
    const unitBytes = circular ? burstBytes : size(cr, DmaCr.MSIZE)
    if ((ndtr * size(cr, DmaCr.PSIZE)) % unitBytes === 0) return undefined
    const unit = unitBytes === burstBytes ? "memory bursts" : "items of MSIZE"
    return problemIn(DmaStreamRegister.NDTR)(
        `${ndtr} items are no whole number of ${unit} of ${unitBytes} bytes`
    )
}

/** A burst must not cross a boundary of 1 KB (RM0090 §10.3). Aligned bursts never do. */
function boundaryProblem(
    settings: StreamSettings,
    memoryBeats: number,
    burstBytes: number
): StreamProblem | undefined {
    if (memoryBeats === 1) return undefined
    const { cr, ndtr, m0ar, m1ar } = settings
    const bytes = ndtr * size(cr, DmaCr.PSIZE)
    const crosses = (address: number): boolean =>
        address % burstBytes !== 0 &&
        kilobyte(address) !== kilobyte(address + bytes - 1)
    if (crosses(m0ar))
        return problemIn(DmaStreamRegister.M0AR)(
            "a burst would cross a boundary of 1 KB"
        )
    if ((cr & DmaCr.DBM) !== 0 && crosses(m1ar))
        return problemIn(DmaStreamRegister.M1AR)(
            "a burst would cross a boundary of 1 KB"
        )
    return undefined
}

function kilobyte(address: number): number {
    return Math.floor(address / BURST_BOUNDARY_BYTES)
}

function size(cr: number, field: DmaCr.PSIZE | DmaCr.MSIZE): number {
    const code = (cr & field) >>> (field === DmaCr.PSIZE ? 11 : 13)
    return code === SIZE_RESERVED ? Infinity : 1 << code
}

function beats(cr: number, field: DmaCr.PBURST | DmaCr.MBURST): number {
    return BURST_BEATS[(cr & field) >>> (field === DmaCr.PBURST ? 21 : 23)]!
}

function problemIn(
    register: DmaStreamRegister
): (rule: string) => StreamProblem {
    return rule => ({ register, rule })
}
