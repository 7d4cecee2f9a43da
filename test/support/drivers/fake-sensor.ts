// SPDX-License-Identifier: MIT
// A recording I2C target with 16-bit registers, high byte first: enough of a sensor to see what its driver writes.

/** One write of a register. */
export interface RegisterWrite {
    readonly register: number
    readonly value: number
}

export class FakeSensor {
    readonly registers = new Uint16Array(256)
    readonly writes: RegisterWrite[] = []
    /** Refuse a write of this register (data NACK). */
    nackRegister = -1

    constructor(
        readonly address: number,
        chipVersion: number
    ) {
        this.registers[0x00] = chipVersion
    }

    /** Values written to one register, in order. */
    written(register: number): number[] {
        return this.writes
            .filter(write => write.register === register)
            .map(write => write.value)
    }

    transfer(address: number, write: Uint8Array, read: Uint8Array): number {
        if (address !== this.address) return -1
        const register = write[0]!
        // The chip counts the address up after each word.
        for (let i = 1; i + 1 < write.length; i += 2) {
            const at = register + (i - 1) / 2
            if (at === this.nackRegister) return -2
            const value = (write[i]! << 8) | write[i + 1]!
            this.registers[at] = value
            this.writes.push({ register: at, value })
        }
        if (read.length === 2) {
            read[0] = this.registers[register]! >> 8
            read[1] = this.registers[register]! & 0xff
        }
        return 0
    }
}
