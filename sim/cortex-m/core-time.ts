// SPDX-License-Identifier: MIT
// HCLK cycles that have passed, while the frequency changes under way: for SysTick and DWT.

/** Virtual time and frequency as the core sees them. */
export class CoreTime {
    private anchorNs = 0
    private anchorCycles = 0
    private hz: number
    private readonly watchers: (() => void)[] = []

    /**
     * @param now virtual time, ns
     * @param hclk frequency of the core, Hz; may change at every register write
     */
    constructor(
        private readonly now: () => number,
        private readonly hclk: () => number
    ) {
        this.hz = hclk()
    }

    /** Virtual time, ns. */
    get nowNs(): number {
        return this.now()
    }

    /** Frequency that `cycles` counts with, Hz. */
    get hclkHz(): number {
        return this.hz
    }

    /** HCLK cycles since power-on. */
    get cycles(): number {
        return (
            this.anchorCycles + ((this.now() - this.anchorNs) * this.hz) / 1e9
        )
    }

    /** Call `watcher` after the frequency has changed. */
    onChange(watcher: () => void): void {
        this.watchers.push(watcher)
    }

    /** Look whether the frequency has changed since; called after register writes and events. */
    update(): void {
        const hz = this.hclk()
        if (hz === this.hz) return
        this.anchorCycles = this.cycles
        this.anchorNs = this.now()
        this.hz = hz
        for (const watcher of this.watchers) watcher()
    }
}
