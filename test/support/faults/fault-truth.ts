// SPDX-License-Identifier: MIT
// What really happened to a capture with faults: what the sensor sent beside what the program got, fault by fault.

import type { Effect } from "../../../sim/faults/effect.ts"
import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import type { SensorFrame } from "../../../sim/sensors/sensor-model.ts"

/** A simulation or an emulated board. */
export interface FaultyMachine {
    readonly sensor: { onFrame: ((frame: SensorFrame) => void) | undefined }
    readonly clock: { readonly nowNs: number }
    readonly faults: { readonly effects: readonly Effect[] }
}

/** What followed a fault that has happened. */
export interface Aftermath {
    readonly effect: Effect
    /** Frames, or frames of which a batch, were handed over as good and were not. */
    wrong: number
    /** After the fault was over, until a right frame came: frames that the sensor sent, and time. */
    framesUntilRight: number
    msUntilRight: number
    /** A right frame has come. */
    right: boolean
}

interface Open extends Aftermath {
    /** Frames that started after it was over. */
    readonly sent: number[]
}

/** Follows each fault until the next one has happened. */
export class FaultTruth {
    /** Of faults that are over and done with, in the order in which they happened. */
    readonly settled: Aftermath[] = []
    /** Wrong frames before any fault has happened. */
    wrongBefore = 0
    /** Nobody has set the sensor up anew: what it sends and what is counted can be compared. Set again by who looks. */
    keepsSending = true
    private open: Open[] = []
    /** Faults of the list that have been seen, and those of them that have not happened. */
    private noticed = 0
    private waiting: Effect[] = []
    private batches = { sequence: -1, rows: 0 }
    private lastWrong = -1

    /** @param rows of a whole frame: a batch has fewer */
    constructor(
        private readonly machine: FaultyMachine,
        private readonly rows: number
    ) {
        const told = machine.sensor.onFrame
        machine.sensor.onFrame = frame => {
            told?.(frame)
            this.sent(frame)
        }
    }

    /** A frame, or a batch of its rows, was handed over. */
    taken(frame: CapturedFrame): void {
        this.look()
        const { sent } = frame
        if (frame.pixelErrors > 0 || frame.torn) {
            this.wrong(sent)
            return
        }
        if (!this.completes(frame)) return
        for (const open of this.open) {
            const overNs = overAt(open.effect)
            if (open.right || sent.startNs < overNs) continue
            open.right = true
            open.framesUntilRight = open.sent.filter(
                sequence => sequence < sent.sequence
            ).length
            open.msUntilRight = (this.machine.clock.nowNs - overNs) / 1e6
        }
    }

    /** The end of the run, or of a part of it: all faults that have happened are done with. */
    settle(): void {
        this.look()
        this.settled.push(...this.open.splice(0))
    }

    private sent(frame: SensorFrame): void {
        this.look()
        for (const { effect, sent, right } of this.open)
            if (!right && frame.startNs >= overAt(effect))
                sent.push(frame.sequence)
    }

    private wrong(sent: SensorFrame): void {
        // Batches of one frame are one wrong frame.
        if (sent.sequence === this.lastWrong) return
        this.lastWrong = sent.sequence
        const culprit = this.open.at(-1)
        if (culprit === undefined) this.wrongBefore++
        else culprit.wrong++
    }

    private look(): void {
        const { effects } = this.machine.faults
        while (this.noticed < effects.length)
            this.waiting.push(effects[this.noticed++]!)
        if (!this.waiting.some(hasHappened)) return
        for (const effect of this.waiting.filter(hasHappened))
            this.begin(effect)
        this.waiting = this.waiting.filter(effect => !hasHappened(effect))
    }

    /** A line on the console. */
    told(line: string): void {
        if (/frames come again|no frames,|panic|restart/i.test(line))
            this.keepsSending = false
    }

    private begin(effect: Effect): void {
        // What came before has had its time.
        const done = this.open.filter(({ right }) => right)
        this.settled.push(...done)
        this.open = this.open.filter(({ right }) => !right)
        this.open.push({
            effect,
            wrong: 0,
            framesUntilRight: 0,
            msUntilRight: 0,
            right: false,
            sent: [],
        })
    }

    private completes({ sent, height, format }: CapturedFrame): boolean {
        if (format === "jpeg") return true
        const { sequence, rows } = this.batches
        const before = sequence === sent.sequence ? rows : 0
        this.batches = { sequence: sent.sequence, rows: before + height }
        return this.batches.rows >= this.rows
    }
}

function hasHappened({ happenedNs }: Effect): boolean {
    return happenedNs !== undefined
}

/** When it acts no more, ns: a late interrupt that was raised before the end is taken after it. */
function overAt({ fault, overNs = Infinity }: Effect): number {
    return fault.fault === "irq-late" ? overNs + fault.us * 1000 : overNs
}
