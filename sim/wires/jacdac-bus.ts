// SPDX-License-Identifier: MIT
// The VM's Jacdac line, seen from outside: what hosts send goes in metered, what the VM sends comes out.

import { decodeFrame } from "../../protocol/jacdac-frame.ts"
import { PacketMeter, VM_PACE } from "./jacdac-meter.ts"

/** Carries whole Jacdac frames between hosts and a board: a simulation, or a serial link. */
export interface JacdacLine {
    /** Send a frame to the board. */
    send(frame: Uint8Array): void
    /**
     * Hear every frame that the board sends from now on. The bytes are the listener's own.
     * @returns a function that ends it
     */
    onFrame(listener: (frame: Uint8Array) => void): () => void
}

/** What happened to the packets of hosts, since boot. */
export interface JacdacBusCounters {
    readonly passed: number
    /** Over the rate that the VM takes. */
    readonly dropped: number
    /** Frames with a wrong length or checksum. */
    readonly damaged: number
}

export interface JacdacBusOptions {
    readonly nowUs: () => number
    /** Something waits to be taken. */
    readonly onWaiting: () => void
}

/** The simulator's Jacdac line. */
export class JacdacBus implements JacdacLine {
    private readonly meter = new PacketMeter(VM_PACE)
    private readonly waiting: Uint8Array[] = []
    private readonly listeners = new Set<(frame: Uint8Array) => void>()
    private damaged = 0

    constructor(private readonly options: JacdacBusOptions) {}

    get counters(): JacdacBusCounters {
        const { passed, dropped } = this.meter
        return { passed, dropped, damaged: this.damaged }
    }

    send(frame: Uint8Array): void {
        try {
            decodeFrame(frame)
        } catch {
            this.damaged++
            return
        }
        if (!this.meter.take(frame, this.options.nowUs())) return
        this.waiting.push(frame.slice())
        this.options.onWaiting()
    }

    onFrame(listener: (frame: Uint8Array) => void): () => void {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
    }

    /** The VM sends a frame. */
    sent(frame: Uint8Array): void {
        for (const listener of this.listeners) listener(frame.slice())
    }

    /**
     * Hand over what waits, as far as the VM takes it.
     * @returns false: some is left, its queue is full
     */
    deliver(receive: (frame: Uint8Array) => boolean): boolean {
        while (this.waiting.length > 0) {
            if (!receive(this.waiting[0]!)) return false
            this.waiting.shift()
        }
        return true
    }
}
