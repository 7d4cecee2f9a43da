// SPDX-License-Identifier: MIT
// Every register access with exact order and time, in one format for all levels, so that two runs can be compared.

/** One access to a register of the chip or of the sensor. */
export interface RegisterAccess {
    readonly timeNs: number
    /** "DCMI", "DMA2", "I2C2", "RCC", "GPIOA", "NVIC", "MT9V034", ... */
    readonly block: string
    /** Name in the manual: "CR", "S1NDTR", "WINDOW_HEIGHT". */
    readonly register: string
    readonly access: "read" | "write"
    readonly value: number
}

/** Collects writes (always) and reads (on request: polling makes them many). */
export class RegisterLog {
    readonly entries: RegisterAccess[] = []

    constructor(
        private readonly now: () => number,
        readonly reads = false
    ) {}

    write(block: string, register: string, value: number): void {
        this.entries.push({
            timeNs: this.now(),
            block,
            register,
            access: "write",
            value: value >>> 0,
        })
    }

    read(block: string, register: string, value: number): void {
        if (!this.reads) return
        this.entries.push({
            timeNs: this.now(),
            block,
            register,
            access: "read",
            value: value >>> 0,
        })
    }

    /** The writes to one block, in order. */
    writes(block: string): readonly RegisterAccess[] {
        return this.entries.filter(
            entry => entry.block === block && entry.access === "write"
        )
    }
}
