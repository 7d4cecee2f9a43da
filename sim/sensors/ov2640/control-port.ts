// SPDX-License-Identifier: MIT
// The OV2640's SCCB port: three-phase writes (address, register, value) and reads of one byte.

import type { Rules } from "../../rules.ts"
import { BLOCK, type RegisterFile } from "./register-file.ts"

/**
 * SCCB has no auto-increment: a transfer carries one value. A read goes to the register of the last write transfer; a
 * STOP between the two is what SCCB asks for, a repeated START is taken as well (drivers).
 */
export class ControlPort {
    onWrite: ((register: number, value: number) => void) | undefined

    private register = 0
    private bytesInTransfer = 0

    constructor(
        private readonly registers: RegisterFile,
        private readonly rules: Rules
    ) {}

    start(): void {
        this.bytesInTransfer = 0
    }

    write(byte: number): void {
        this.bytesInTransfer++
        if (this.bytesInTransfer === 1) this.register = byte
        else if (this.bytesInTransfer === 2) this.onWrite?.(this.register, byte)
        else this.tooLong("write")
    }

    read(): number {
        this.bytesInTransfer++
        if (this.bytesInTransfer > 1) this.tooLong("read")
        return this.registers.read(this.register)
    }

    private tooLong(kind: string): void {
        this.rules.violated(
            BLOCK,
            `a ${kind} of more than one value in one transfer: SCCB does not increment the register address (0x${this.register.toString(16).padStart(2, "0")})`
        )
    }
}
