// SPDX-License-Identifier: MIT
// The I2C wires: targets, and a bus whose SDA a confused target can hold low.

/** A device on the bus. 7-bit address. A target that is not powered or held in reset answers nothing. */
export interface I2cTarget {
    readonly name: string
    readonly address: number
    /** SCCB: a read is one byte, and the ninth bit of the controller means nothing. */
    readonly readsSingleBytes?: boolean
    /** START or repeated START with this target's address. @returns true for ACK */
    start(read: boolean): boolean
    /** A byte from the controller. @returns true for ACK */
    write(byte: number): boolean
    /** The next byte to the controller. */
    read(): number
    /** STOP. */
    stop(): void
}

/** Which target answers, and the state of the lines between transfers. */
export class I2cBus {
    /** Called when a confused target begins to hold SDA, and when it lets go, for traces. */
    onSdaHeld: ((held: boolean) => void) | undefined
    /** Called with each 7-bit address that a controller sends, and whether a target has it. */
    onAddress: ((address: number, known: boolean) => void) | undefined
    private readonly targets: I2cTarget[] = []
    /** Fault: what becomes of a byte on its way from a target. */
    alter: ((byte: number) => number) | undefined
    private sdaHeldClocks = 0
    private sclHolds = 0
    private waiting: (() => void)[] = []

    attach(target: I2cTarget): void {
        this.targets.push(target)
    }

    detach(target: I2cTarget): void {
        const index = this.targets.indexOf(target)
        if (index >= 0) this.targets.splice(index, 1)
    }

    /** The target at a 7-bit address, if any. */
    find(address: number): I2cTarget | undefined {
        const found = this.targets.find(target => target.address === address)
        this.onAddress?.(address, found !== undefined)
        return found
    }

    /** Fault: a target stopped in mid-byte holds SDA low until it has seen so many SCL pulses; 0: lets it go. */
    holdSda(clocks: number): void {
        this.sdaHeldClocks = clocks
        this.onSdaHeld?.(this.sdaHeld)
    }

    /** Fault: a target stretches the clock; each hold needs its release. */
    holdScl(): void {
        this.sclHolds++
    }

    releaseScl(): void {
        if (--this.sclHolds > 0) return
        for (const go of this.waiting.splice(0)) go()
    }

    get sclHeld(): boolean {
        return this.sclHolds > 0
    }

    /** Call `go` when SCL can rise: now, or when it is let go. */
    whenSclFree(go: () => void): void {
        if (this.sclHeld) this.waiting.push(go)
        else go()
    }

    get sdaHeld(): boolean {
        return this.sdaHeldClocks > 0
    }

    /** One SCL pulse made by software on the pins as GPIO. */
    pulseScl(): void {
        if (this.sdaHeldClocks === 0 || this.sclHeld) return
        this.sdaHeldClocks--
        if (!this.sdaHeld) this.onSdaHeld?.(false)
    }
}
