// SPDX-License-Identifier: MIT
// Random number generator (RM0090 §24): a word every 40 periods of its 48 MHz clock. The numbers are seeded.
// Not modelled: the clock's source, errors (CEIS, SEIS), the F446 has none.

import type { Clock } from "../clock.ts"
import type { Rules } from "../rules.ts"
import { mix32 } from "../scene/random.ts"
import type { Peripheral } from "./peripheral.ts"
import { RegisterRules, sectionsInOrder } from "./register-rules.ts"

export const RNG_BASE = 0x50060800
export const RNG_SIZE_BYTES = 0x400

export enum RngRegister {
    CR = 0x00,
    SR = 0x04,
    DR = 0x08,
}

const CR_IE = 1 << 3
const CR_RNGEN = 1 << 2
const SR_DRDY = 1 << 0
const WORD_NS = (40 * 1e9) / 48e6

export class Rng implements Peripheral {
    readonly name = "RNG"
    private cr = 0
    private state: number
    private readyNs = Infinity
    private readonly check: RegisterRules

    constructor(
        private readonly clock: Clock,
        rules: Rules,
        seed: number
    ) {
        this.check = new RegisterRules(
            rules,
            this,
            sectionsInOrder("RM0090 24.4", RngRegister)
        )
        this.state = mix32(seed)
    }

    /** RCC or system reset. */
    reset(): void {
        this.cr = 0
        this.readyNs = Infinity
    }

    registerName(offset: number): string | undefined {
        return RngRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case RngRegister.CR:
                return this.cr
            case RngRegister.SR:
                return this.clock.nowNs >= this.readyNs ? SR_DRDY : 0
            case RngRegister.DR:
                return this.take()
        }
        return this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        if (offset !== RngRegister.CR)
            return this.check.refusedWrite(offset, value)
        const was = this.cr
        this.cr = this.check.defined(offset, value, CR_RNGEN, CR_RNGEN | CR_IE)
        if ((this.cr & ~was) !== 0) this.readyNs = this.clock.nowNs + WORD_NS
        else if (this.cr === 0) this.readyNs = Infinity
    }

    private take(): number {
        if (this.clock.nowNs < this.readyNs) {
            this.check.broken(RngRegister.DR, "is read while SR_DRDY is 0")
            return 0
        }
        this.readyNs = this.clock.nowNs + WORD_NS
        this.state = mix32(this.state + 0x9e3779b9)
        return this.state
    }
}
