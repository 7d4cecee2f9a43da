// SPDX-License-Identifier: MIT
// Operations of the flash in time: one after the other, each keeping its bank busy, and the power cut in the middle of one.

import type { Clock } from "../../clock.ts"

export interface FlashOperation {
    /** 0 or 1. */
    readonly bank: number
    readonly ns: number
    /** What it does to the cells. */
    readonly whole: () => void
    /** What it has done when the power goes in its middle. */
    readonly partly: () => void
}

export class FlashOperations {
    /** Called in the middle of the operation that a power cut ends. */
    onPowerCut: (() => void) | undefined
    /** Operations that were begun. */
    count = 0
    /** When the power goes, ns: what runs then is left half done. */
    readonly powerGoesAtNs: number[] = []
    private readonly bankBusyUntilNs = [0, 0]
    private untilCut = Infinity
    private powered = true
    /** Changes at each reset: operations of before do not report after it. */
    private epoch = 0

    /** @param ended called at the end of each operation */
    constructor(
        private readonly clock: Clock,
        private readonly ended: () => void
    ) {}

    get busy(): boolean {
        return this.busyUntilNs > this.clock.nowNs
    }

    /** Until when reads of a bank wait, ns. */
    readableAtNs(bank: number): number {
        return this.bankBusyUntilNs[bank]!
    }

    /** The power goes in the middle of the operation after `whole` more. */
    cutAfter(whole: number): void {
        this.untilCut = whole
    }

    /** System reset; after one with `powerOn` the chip works again. */
    reset(powerOn: boolean): void {
        this.epoch++
        this.bankBusyUntilNs.fill(0)
        if (!powerOn) return
        this.powered = true
        this.untilCut = Infinity
    }

    /** Begin an operation, after those that run. The cells change at once. */
    run(operation: FlashOperation): void {
        if (!this.powered) return
        this.count++
        const startNs = Math.max(this.clock.nowNs, this.busyUntilNs)
        const endNs = startNs + operation.ns
        this.bankBusyUntilNs[operation.bank] = endNs
        if (this.untilCut-- === 0) {
            this.powered = false
            operation.partly()
            this.clock.at((startNs + endNs) / 2, () => this.onPowerCut?.())
            return
        }
        if (this.powerGoesAtNs.some(ns => startNs <= ns && ns < endNs))
            return operation.partly()
        operation.whole()
        const { epoch } = this
        this.clock.at(endNs, () => {
            if (epoch === this.epoch) this.ended()
        })
    }

    private get busyUntilNs(): number {
        return Math.max(this.bankBusyUntilNs[0]!, this.bankBusyUntilNs[1]!)
    }
}
