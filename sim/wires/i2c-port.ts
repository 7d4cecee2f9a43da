// SPDX-License-Identifier: MIT
// A controller's access to an I2C bus: the target it talks to, and what became of each address.

import type { I2cBus, I2cTarget } from "./i2c-bus.ts"

/** What a controller did with one address. */
export interface I2cCounts {
    /** 7 bits. */
    readonly address: number
    /** STARTs and repeated STARTs with it. */
    starts: number
    /** Of those, acknowledged. */
    acknowledged: number
    /** Addresses and bytes that were not acknowledged. The controller's own NACK that ends a read is none. */
    nacks: number
    /** Bytes to the target after the address, the register's address among them. */
    written: number
    /** Bytes from the target. */
    read: number
}

/** One controller on a bus: an I2C block, or software that clocks two pins. */
export class I2cPort {
    private readonly byAddress = new Map<number, I2cCounts>()
    private target: I2cTarget | undefined
    private current: I2cCounts | undefined

    /** @param bus where the controller's wires lead; it may change between two transfers */
    constructor(public bus: I2cBus) {}

    /** The target that was addressed sends one byte, whatever the ninth bit is. */
    get readsSingleBytes(): boolean {
        return this.target?.readsSingleBytes ?? false
    }

    /** One entry per address, in the order in which they were first sent. */
    get counts(): readonly I2cCounts[] {
        return [...this.byAddress.values()]
    }

    /**
     * START or repeated START with a 7-bit address.
     * @param refused fault: nobody hears it
     * @returns true for ACK
     */
    start(address: number, read: boolean, refused = false): boolean {
        const target = refused ? undefined : this.bus.find(address)
        if (this.target !== target) this.target?.stop()
        this.target = target
        this.current = this.countsOf(address)
        this.current.starts++
        const acknowledged = target?.start(read) ?? false
        if (acknowledged) this.current.acknowledged++
        else this.current.nacks++
        return acknowledged
    }

    /**
     * A byte to the target.
     * @param refused fault: the target does not hear it
     * @returns true for ACK
     */
    write(byte: number, refused = false): boolean {
        this.current!.written++
        const acknowledged = !refused && (this.target?.write(byte) ?? false)
        if (!acknowledged) this.current!.nacks++
        return acknowledged
    }

    /** A byte from the target, with what the wires make of it: 0 while a confused target holds SDA. */
    read(): number {
        this.current!.read++
        if (this.bus.sdaHeld) return 0
        const byte = this.target!.read()
        return this.bus.alter ? this.bus.alter(byte) : byte
    }

    /** STOP. */
    stop(): void {
        this.target?.stop()
        this.release()
    }

    /** The controller lets the wires go without a STOP: the target notices nothing. */
    release(): void {
        this.target = undefined
        this.current = undefined
    }

    private countsOf(address: number): I2cCounts {
        let counts = this.byAddress.get(address)
        if (counts === undefined) {
            counts = {
                address,
                ...{ starts: 0, acknowledged: 0, nacks: 0 },
                ...{ written: 0, read: 0 },
            }
            this.byAddress.set(address, counts)
        }
        return counts
    }
}
