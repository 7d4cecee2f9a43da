// SPDX-License-Identifier: MIT
// How a debugger holds the core: it stops it between two instructions, watches data and counts instructions. Nothing of it
// shows in the program, nor in virtual time.

import type { CamscriptError } from "../../protocol/errors.ts"
import {
    DATA_WATCHES,
    DATA_WATCH_WORDS,
    type DataAccess,
    Word,
} from "./core-state.ts"
import type { ExecutionTime } from "./execution-time.ts"
import type { CpuCore } from "./unicorn.ts"

/** Bytes whose accesses are watched. */
export interface DataWatch {
    readonly address: number
    readonly bytes: number
    readonly access: DataAccess
}

export interface CoreDebugParts {
    readonly core: Pick<CpuCore, "words">
    readonly time: ExecutionTime
    /** End the run before the next instruction. */
    readonly stop: () => void
    /** What has to be looked for is different now. */
    readonly changed: () => void
}

/** Of one core. Without a debugger nothing of it is ever true. */
export class CoreDebug {
    /** The core executes nothing, and time stands still, until this is false again. */
    held = false
    /** The debugger has ended the run: `Mcu.run` throws this. */
    killed: CamscriptError | undefined
    /** An instruction has accessed watched data, and was executed. */
    onData: ((watch: DataWatch, address: number) => void) | undefined
    /** As many instructions as `stopAfter` says have been executed, and the next one would be now: exceptions are entered. */
    onLimit: (() => void) | undefined
    private watches: readonly DataWatch[] = []
    private limit: number | undefined

    constructor(private readonly parts: CoreDebugParts) {}

    /** The instruction hook has to look for something. */
    get isWatching(): boolean {
        return this.watches.length > 0 || this.limit !== undefined
    }

    /** Hold the core before its next instruction. */
    hold(): void {
        this.held = true
        this.parts.stop()
    }

    /**
     * Watch these, and nothing else, from now on.
     * @returns false when they are more than DATA_WATCHES: nothing is changed then
     */
    watchData(watches: readonly DataWatch[]): boolean {
        if (watches.length > DATA_WATCHES) return false
        const { words } = this.parts.core
        this.watches = watches
        words.fill(0, Word.DATA_WATCHES, Word.DATA_HITS)
        watches.forEach(({ address, bytes, access }, index) => {
            const at = Word.DATA_WATCHES + index * DATA_WATCH_WORDS
            words.set([address, address + bytes, access], at)
        })
        this.parts.changed()
        return true
    }

    /** Call `onLimit` once this many instructions have been executed since power-on; undefined: never. */
    stopAfter(instructions: number | undefined): void {
        this.limit = instructions
        this.parts.changed()
    }

    /** The core is about to run. */
    prepare(): void {
        if (this.limit === undefined) return
        const { core, time } = this.parts
        // A debugger's calls of functions count in the word, and not in the total.
        core.words[Word.LAST_INSTRUCTION] =
            core.words[Word.INSTRUCTIONS]! +
            (this.limit - time.instructions.total)
    }

    /** The core has run, and its instructions are booked. */
    look(): void {
        const { words } = this.parts.core
        const hits = words[Word.DATA_HITS]!
        if (hits === 0) return
        words[Word.DATA_HITS] = 0
        const hit = this.watches.find((_, i) => (hits >> i) & 1)
        if (hit) this.onData?.(hit, words[Word.DATA_ADDRESS]!)
    }

    /** An instruction is about to be executed. @returns whether it must not be */
    holds(): boolean {
        if (
            this.limit !== undefined &&
            this.parts.time.instructions.total >= this.limit
        ) {
            this.stopAfter(undefined)
            this.onLimit?.()
        }
        return this.held
    }
}
