// SPDX-License-Identifier: MIT
// Signals over virtual time: every change of level with its exact time. What the scope image and a VCD are made of.

/** A signal has this level from this time on, ns. */
export type Change = readonly [timeNs: number, level: number]

/** One signal; its level before the first change is 0. */
export interface Signal {
    readonly name: string
    /** In the order of their times; two neighbours have different levels. */
    readonly changes: readonly Change[]
}

export interface SignalTrace {
    /** In the order in which they first changed. */
    readonly signals: readonly Signal[]
}

interface GrowingSignal extends Signal {
    readonly changes: Change[]
}

/** Collects the changes of any number of signals. */
export class SignalRecorder implements SignalTrace {
    readonly signals: GrowingSignal[] = []
    private readonly byName = new Map<string, GrowingSignal>()

    /**
     * Note a level; one that the signal has already is no change.
     * @param timeNs one before the signal's last change counts as that: times that were computed in different ways
     *        differ by parts of a ns
     */
    set(name: string, timeNs: number, level: number): void {
        const signal = this.byName.get(name)
        const last = signal?.changes.at(-1)
        if (level === (last?.[1] ?? 0)) return
        const change: Change = [Math.max(timeNs, last?.[0] ?? 0), level]
        if (signal) signal.changes.push(change)
        else this.add({ name, changes: [change] })
    }

    /** Forget all changes before a time, ns; what level a signal had then stays known. */
    forget(beforeNs: number): void {
        for (const { changes } of this.signals) {
            const kept = changes.findIndex(([timeNs]) => timeNs >= beforeNs)
            const past = kept < 0 ? changes.length : kept
            if (past > 1) changes.splice(0, past - 1)
        }
    }

    /** Changes of a signal; none of one that never changed. */
    changesOf(name: string): readonly Change[] {
        return this.byName.get(name)?.changes ?? []
    }

    private add(signal: GrowingSignal): void {
        this.byName.set(signal.name, signal)
        this.signals.push(signal)
    }
}
