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

/** Collects writes and, on request, reads: polling makes them many. It grows with the run, so that long ones keep none. */
export class RegisterLog {
    readonly entries: RegisterAccess[] = []

    /** @param kept false: nothing is collected, and memory does not grow with the run */
    constructor(
        private readonly now: () => number,
        readonly reads = false,
        private readonly kept = true
    ) {}

    write(block: string, register: string, value: number): void {
        if (!this.kept) return
        this.entries.push({
            timeNs: this.now(),
            block,
            register,
            access: "write",
            value: value >>> 0,
        })
    }

    read(block: string, register: string, value: number): void {
        if (!this.reads || !this.kept) return
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
