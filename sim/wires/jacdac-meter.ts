// SPDX-License-Identifier: MIT
// Meters the Jacdac packets that hosts send to the VM: a token bucket. What is over the rate is dropped and counted.
//
// Why: every answer, announcement and event of a program's services shares the VM's 50 packets/s; what waits for its turn
// takes heap, and a full heap ends the program. 30/s leave room for 5 events/s, sent three times each, and announcements.
// An acknowledgement costs neither, and there are no more of them than the VM has asked for: a debugger's answers are many.

import { countPackets, isAcknowledgement } from "../../protocol/jacdac-frame.ts"

export interface MeterOptions {
    readonly packetsPerSecond: number
    /** Packets that may come at once after a pause. */
    readonly burst: number
}

/** What is let into the VM. */
export const VM_PACE: MeterOptions = { packetsPerSecond: 30, burst: 8 }

/** What a host keeps to, so that nothing of it is ever dropped. */
export const HOST_PACE: MeterOptions = { packetsPerSecond: 25, burst: 8 }

/** Packets count, not frames: one frame may carry sixty requests. */
export class PacketMeter {
    /** Packets let through and dropped, since the beginning. */
    passed = 0
    dropped = 0
    private tokens: number
    private filledUs = 0

    constructor(private readonly options: MeterOptions) {
        this.tokens = options.burst
    }

    /**
     * A frame comes.
     *
     * @param nowUs any clock that does not go back
     * @returns false: it is over the rate; a frame with more packets than the burst always is
     */
    take(frame: Uint8Array, nowUs: number): boolean {
        const packets = countPackets(frame)
        if (isAcknowledgement(frame)) {
            this.passed += packets
            return true
        }
        this.fill(nowUs)
        if (packets > this.tokens) {
            this.dropped += packets
            return false
        }
        this.tokens -= packets
        this.passed += packets
        return true
    }

    /** How long until so many packets may pass, us; 0: now. More than the burst never may. */
    waitUs(nowUs: number, packets = 1): number {
        this.fill(nowUs)
        const missing = Math.max(0, packets - this.tokens)
        return Math.ceil((missing * 1e6) / this.options.packetsPerSecond)
    }

    private fill(nowUs: number): void {
        const { packetsPerSecond, burst } = this.options
        const came = ((nowUs - this.filledUs) * packetsPerSecond) / 1e6
        this.tokens = Math.min(burst, this.tokens + came)
        this.filledUs = nowUs
    }
}
