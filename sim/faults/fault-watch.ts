// SPDX-License-Identifier: MIT
// What each fault did to the capture: which counters moved, which frames were lost or wrong, when it was right again.

import { ProgramError } from "../../protocol/errors.ts"
import type { Clock } from "../clock.ts"
import type { Size } from "../../protocol/capture.ts"
import type { SensorFrame, SensorModel } from "../sensors/sensor-model.ts"
import type { Effect } from "./effect.ts"
import type { FaultSchedule } from "./fault-schedule.ts"
import type { FaultName } from "./fault-table.ts"

/** One fault of `camscript run --json` (docs/json.md). */
export interface FaultOutcome {
    readonly fault: FaultName
    /** When it was due, s. */
    readonly at: number
    /** When it first acted, s; null: it never did. */
    readonly happenedAt: number | null
    /** Counters of the frame grabber, or causes, that moved from then on until all was right again; null: none. */
    readonly detectedAs: readonly string[] | null
    /** Frames of the sensor, sent or due, that were not delivered right. */
    readonly framesLost: number
    /** Frames that were handed over as good with wrong pixels, or of another size. */
    readonly wrongFrames: number
    /** Frames, sent or due, from then on before the next that started after the fault and was right; null: none was. */
    readonly recoveredAfterFrames: number | null
    readonly recoveredAfterMs: number | null
}

/** Counters that move without a fault. */
const ORDINARY: ReadonlySet<string> = new Set([
    "frames",
    "sensorFrames",
    "delivered",
    "skipped",
    "settling",
    "irqs",
    "neededBytes",
])

/** A gap between two frames that is longer has frames missing in it, in frame periods. */
const GAP_PERIODS = 1.5

export interface FaultWatchOptions {
    readonly clock: Clock
    readonly sensor: SensorModel
    /** What was counted, by name: asked for in look() only. */
    readonly counters: () => CounterValues
}

type CounterValues = Readonly<Record<string, number>>

/** A frame, or a batch of its rows, that was taken. */
export interface JudgedFrame {
    readonly sent: SensorFrame
    /** What was taken is what the sensor sent. */
    readonly right: boolean
    /** And with it all of the frame was. */
    readonly whole: boolean
    /** Undefined: unknown. */
    readonly size: Size | undefined
}

/** A fault that has happened, until all is right again. */
interface OpenFault {
    readonly effect: Effect
    readonly happenedNs: number
    readonly before: CounterValues | undefined
    /** Size of the last frame before it. */
    readonly size: Size | undefined
    readonly detected: Set<string>
    /** Frames of the sensor that ended since, by number: delivered right? */
    readonly frames: Map<number, boolean>
    /** Numbers of those that were handed over although they were not right. */
    readonly wrong: Set<number>
    /** Frames that were due and not sent. */
    due: number
    recovered: Recovery | undefined
}

interface Recovery {
    readonly sequence: number
    readonly timeNs: number
    readonly due: number
}

/** Watches one run; look() is called where the grabber can be read. */
export class FaultWatch {
    private schedule: FaultSchedule | undefined
    private readonly open = new Map<Effect, OpenFault>()
    private readonly closed = new Map<Effect, FaultOutcome>()
    private counters: CounterValues | undefined
    /** Of the sensor's frames, while nothing is wrong. */
    private periodNs = Infinity
    private newest: SensorFrame | undefined
    private size: Size | undefined

    constructor(private readonly options: FaultWatchOptions) {
        const { sensor } = options
        const told = sensor.onFrame
        sensor.onFrame = frame => {
            told?.(frame)
            this.frameSent(frame)
        }
    }

    /** From the beginning of the run on. */
    watch(schedule: FaultSchedule): void {
        this.schedule = schedule
        schedule.onHappened = effect => this.happened(effect)
        // Before it runs there is nothing to read.
        schedule.onAdding = () => {
            if (this.options.clock.nowNs > 0)
                this.counters = this.options.counters()
        }
    }

    /** When the next fault begins, ns; Infinity: none. */
    get nextNs(): number {
        return this.schedule?.nextNs ?? Infinity
    }

    /** Note the counters. Not to be called while native code runs. */
    look(): void {
        if (!this.busy) return
        this.counters = this.options.counters()
        for (const open of this.open.values()) {
            this.compare(open, this.counters)
            if (open.recovered === undefined) continue
            this.open.delete(open.effect)
            this.closed.set(open.effect, outcomeOf(open))
        }
    }

    /** Run; a program that ends by it has noticed what was wrong. */
    guard(run: () => void): void {
        try {
            run()
        } catch (error) {
            const cause = error instanceof ProgramError ? error.kind : undefined
            if (cause !== undefined)
                for (const { detected } of this.open.values())
                    detected.add(cause)
            throw error
        }
    }

    /** A frame was taken, and compared with what the sensor sent. */
    judged(frame: JudgedFrame): void {
        for (const open of this.open.values()) this.account(open, frame)
        if (this.open.size === 0) this.size = frame.size
    }

    /** Of all faults, in the order of their list. Not to be called while native code runs. */
    outcomes(): FaultOutcome[] {
        this.look()
        return (this.schedule?.effects ?? []).map(effect => {
            const open = this.open.get(effect)
            if (open === undefined)
                return this.closed.get(effect) ?? notHappened(effect)
            const due = this.dueUntil(this.options.clock.nowNs)
            return outcomeOf({ ...open, due: open.due + due })
        })
    }

    /** Some faults are to come, or not over. */
    private get busy(): boolean {
        return (this.schedule?.effects.length ?? 0) > this.closed.size
    }

    private happened(effect: Effect): void {
        const { newest } = this
        const { nowNs } = this.options.clock
        // A frame that ends just now is hit as well: it may be its end that is missing.
        const ending = newest !== undefined && newest.endNs >= nowNs
        this.open.set(effect, {
            effect,
            happenedNs: nowNs,
            before: this.counters,
            size: this.size,
            detected: new Set(),
            frames: new Map(ending ? [[newest.sequence, false]] : []),
            wrong: new Set(),
            due: 0,
            recovered: undefined,
        })
    }

    private frameSent(frame: SensorFrame): void {
        const { newest } = this
        const due = this.dueUntil(frame.startNs)
        this.newest = frame
        if (this.open.size === 0 && newest !== undefined)
            this.periodNs = frame.startNs - newest.startNs
        for (const open of this.open.values()) {
            open.due += due
            if (frame.endNs >= open.happenedNs)
                open.frames.set(frame.sequence, false)
        }
    }

    /** Frames that were due since the newest and did not come. */
    private dueUntil(ns: number): number {
        if (this.newest === undefined) return 0
        const periods = (ns - this.newest.startNs) / this.periodNs
        return periods > GAP_PERIODS ? Math.round(periods) - 1 : 0
    }

    private account(
        open: OpenFault,
        { sent, right, whole, size }: JudgedFrame
    ): void {
        if (open.recovered !== undefined || sent.endNs < open.happenedNs) return
        const { effect } = open
        const same =
            open.size?.width === size?.width &&
            open.size?.height === size?.height
        if (!right || !same) open.wrong.add(sent.sequence)
        if (!whole || !same) return
        open.frames.set(sent.sequence, true)
        if (sent.startNs >= (effect.overNs ?? Infinity))
            open.recovered = {
                sequence: sent.sequence,
                timeNs: this.options.clock.nowNs,
                due: open.due,
            }
    }

    private compare({ before, detected }: OpenFault, now: CounterValues): void {
        for (const [name, value] of Object.entries(now))
            if (!ORDINARY.has(name) && value > (before?.[name] ?? 0))
                detected.add(name)
    }
}

function outcomeOf(open: OpenFault): FaultOutcome {
    const { effect, happenedNs, detected, frames, wrong, recovered } = open
    const { fault, at } = effect.fault
    const last = recovered?.sequence ?? Infinity
    const due = recovered?.due ?? open.due
    const before = [...frames].filter(([sequence]) => sequence < last)
    const lost = before.filter(([, right]) => !right)
    return {
        fault,
        at,
        happenedAt: round(happenedNs / 1e9, 9),
        detectedAs: detected.size === 0 ? null : [...detected],
        framesLost: lost.length + due,
        wrongFrames: wrong.size,
        recoveredAfterFrames: recovered ? before.length + due : null,
        recoveredAfterMs: recovered
            ? round((recovered.timeNs - happenedNs) / 1e6, 3)
            : null,
    }
}

function notHappened({ fault: { fault, at } }: Effect): FaultOutcome {
    return {
        fault,
        at,
        happenedAt: null,
        detectedAs: null,
        framesLost: 0,
        wrongFrames: 0,
        recoveredAfterFrames: null,
        recoveredAfterMs: null,
    }
}

function round(value: number, decimals: number): number {
    const scale = 10 ** decimals
    return Math.round(value * scale) / scale
}
