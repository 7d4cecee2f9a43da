// SPDX-License-Identifier: MIT
// A register lock that two keys in order open (RM0090 §3.6.1); a wrong one shuts it until the next reset.

export class KeyLock {
    private step = 0

    constructor(private readonly keys: readonly [number, number]) {}

    /** Nothing can be written behind the lock. */
    get locked(): boolean {
        return this.step !== this.keys.length
    }

    /** Closed, and the keys work. */
    reset(): void {
        this.step = 0
    }

    /** Close it; the keys open it again, unless it is shut until the next reset. */
    close(): void {
        if (!this.locked) this.step = 0
    }

    /** @returns false when the key was wrong: the lock is shut until the next reset */
    write(key: number): boolean {
        if (!this.locked) return true
        if (this.step >= 0 && key === this.keys[this.step]) {
            this.step++
            return true
        }
        this.step = -1
        return false
    }
}
