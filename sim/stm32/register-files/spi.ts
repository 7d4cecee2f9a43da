// SPDX-License-Identifier: MIT
// SPI as a master with nothing connected (RM0090 §28.5, RM0390 §26.7): each word that is sent brings one of all ones.
// Kept, not modelled: the time of a transfer (none), CRC, I2S, slave mode, in which nothing ever comes.

import type { DmaItemPort } from "../dma/dma-arbiter.ts"
import type { DmaRoutes } from "../dma/dma-registers.ts"
import type { IrqLine } from "../peripheral.ts"
import type { KeptBehaviour, KeptBlock, RegisterFile } from "./register-file.ts"

enum SpiRegister {
    CR1 = 0x00,
    CR2 = 0x04,
    SR = 0x08,
    DR = 0x0c,
}

const CR1_MSTR = 1 << 2
const CR1_SPE = 1 << 6
const CR1_RXONLY = 1 << 10
const CR1_DFF = 1 << 11
const CR1_BIDIOE = 1 << 14
const CR1_BIDIMODE = 1 << 15
const CR2_RXDMAEN = 1 << 0
const CR2_TXDMAEN = 1 << 1
const CR2_ERRIE = 1 << 5
const CR2_RXNEIE = 1 << 6
const CR2_TXEIE = 1 << 7
const SR_RXNE = 1 << 0
const SR_TXE = 1 << 1
const SR_CRCERR = 1 << 4
const SR_OVR = 1 << 6

/** Where each SPI is, and where DMA hears it (RM0090 tables 42 and 43). */
export interface SpiKind {
    readonly name: string
    readonly base: number
    readonly dma: "DMA1" | "DMA2"
    readonly tx: DmaRoutes
    readonly rx: DmaRoutes
}

export const SPIS: readonly SpiKind[] = [
    {
        name: "SPI1",
        base: 0x40013000,
        dma: "DMA2",
        tx: [
            [3, 3],
            [5, 3],
        ],
        rx: [
            [0, 3],
            [2, 3],
        ],
    },
    {
        name: "SPI2",
        base: 0x40003800,
        dma: "DMA1",
        tx: [[4, 0]],
        rx: [[3, 0]],
    },
    {
        name: "SPI3",
        base: 0x40003c00,
        dma: "DMA1",
        tx: [
            [5, 0],
            [7, 0],
        ],
        rx: [
            [0, 0],
            [2, 0],
        ],
    },
]

/** The block of an SPI. */
export function spiBlock({ name, base }: SpiKind): KeptBlock {
    return {
        name,
        base,
        sizeBytes: 0x400,
        gate: name,
        registers: [
            { name: "CR1", offset: SpiRegister.CR1 },
            { name: "CR2", offset: SpiRegister.CR2 },
            {
                name: "SR",
                offset: SpiRegister.SR,
                reset: SR_TXE,
                writable: 0,
                clearedBy0: SR_CRCERR,
            },
            { name: "DR", offset: SpiRegister.DR },
            { name: "CRCPR", offset: 0x10, reset: 7 },
            { name: "RXCRCR", offset: 0x14, writable: 0 },
            { name: "TXCRCR", offset: 0x18, writable: 0 },
            { name: "I2SCFGR", offset: 0x1c },
            { name: "I2SPR", offset: 0x20, reset: 2 },
        ],
    }
}

export class SpiBehaviour implements KeptBehaviour {
    /** The ends of the request lines at DMA. */
    ports: readonly DmaItemPort[] = []
    /** DR was read since the overrun: a read of SR clears it. */
    private overrunRead = false

    constructor(
        private readonly file: RegisterFile,
        private readonly irq: IrqLine
    ) {}

    txPending(): boolean {
        return this.runs && this.has(SpiRegister.CR2, CR2_TXDMAEN)
    }

    rxPending(): boolean {
        return (
            this.has(SpiRegister.SR, SR_RXNE) &&
            this.has(SpiRegister.CR2, CR2_RXDMAEN)
        )
    }

    reset(): void {
        this.overrunRead = false
        this.changed()
    }

    wrote(offset: number): void {
        if (offset === SpiRegister.DR) this.send()
        if (offset === SpiRegister.CR1) this.clockOnly()
        this.changed()
    }

    read(offset: number, value: number): number {
        if (offset === SpiRegister.DR) {
            this.clear(SR_RXNE)
            this.overrunRead = this.has(SpiRegister.SR, SR_OVR)
            this.clockOnly()
            this.changed()
            return this.received
        }
        if (offset === SpiRegister.SR && this.overrunRead) {
            this.overrunRead = false
            this.clear(SR_OVR)
            this.changed()
        }
        return value
    }

    private get runs(): boolean {
        const both = CR1_SPE | CR1_MSTR
        return (this.file.peek(SpiRegister.CR1) & both) === both
    }

    /** What comes on a line that is pulled up. */
    private get received(): number {
        return this.has(SpiRegister.CR1, CR1_DFF) ? 0xffff : 0xff
    }

    private send(): void {
        const output = CR1_BIDIMODE | CR1_BIDIOE
        const onlySends = (this.file.peek(SpiRegister.CR1) & output) === output
        if (this.runs && !onlySends) this.receive()
    }

    /** A master that only receives clocks as long as it is on. */
    private clockOnly(): void {
        const cr1 = this.file.peek(SpiRegister.CR1)
        const oneWay =
            (cr1 & CR1_RXONLY) !== 0 ||
            (cr1 & (CR1_BIDIMODE | CR1_BIDIOE)) === CR1_BIDIMODE
        if (this.runs && oneWay) this.set(SR_RXNE)
    }

    private receive(): void {
        this.set(this.has(SpiRegister.SR, SR_RXNE) ? SR_OVR : SR_RXNE)
    }

    private changed(): void {
        const sr = this.file.peek(SpiRegister.SR)
        const cr2 = this.file.peek(SpiRegister.CR2)
        this.irq(
            ((cr2 & CR2_TXEIE) !== 0 && (sr & SR_TXE) !== 0) ||
                ((cr2 & CR2_RXNEIE) !== 0 && (sr & SR_RXNE) !== 0) ||
                ((cr2 & CR2_ERRIE) !== 0 && (sr & SR_OVR) !== 0)
        )
        for (const port of this.ports) port.changed()
    }

    private has(register: SpiRegister, bit: number): boolean {
        return (this.file.peek(register) & bit) !== 0
    }

    private set(flag: number): void {
        this.file.poke(SpiRegister.SR, this.file.peek(SpiRegister.SR) | flag)
    }

    private clear(flag: number): void {
        this.file.poke(SpiRegister.SR, this.file.peek(SpiRegister.SR) & ~flag)
    }
}
