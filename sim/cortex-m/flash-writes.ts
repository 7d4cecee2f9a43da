// SPDX-License-Identifier: MIT
// Stores of the CPU into flash. Unicorn has executed them when it is heard of: they are undone and given to the model.

import type { Rules } from "../rules.ts"
import { FLASH_WRITE_WORDS, Word } from "./core-state.ts"
import { FLASH_BASE } from "./cpu-memory.ts"
import type { CpuCore } from "./unicorn.ts"

/** Takes a store into flash and changes the memory as the silicon would. */
export type FlashWrite = (address: number, bytes: number, value: number) => void

export class FlashWrites {
    constructor(
        private readonly core: CpuCore,
        private readonly memory: Uint8Array,
        private readonly rules: Rules
    ) {}

    /** Undo and hand over the stores since the last call. The newest first, so that the oldest content comes back. */
    flush(write: FlashWrite | undefined): void {
        const { words } = this.core
        const count = words[Word.FLASH_WRITE_COUNT]!
        if (count === 0) return
        words[Word.FLASH_WRITE_COUNT] = 0
        for (let index = count - 1; index >= 0; index--) this.undo(index)
        for (let index = 0; index < count; index++) this.hand(index, write)
    }

    private entry(index: number): Uint32Array {
        const at = Word.FLASH_WRITES + index * FLASH_WRITE_WORDS
        return this.core.words.subarray(at, at + FLASH_WRITE_WORDS)
    }

    private undo(index: number): void {
        const [address, bytes, , , low, high] = this.entry(index)
        const old = new DataView(new ArrayBuffer(8))
        old.setUint32(0, low!, true)
        old.setUint32(4, high!, true)
        this.memory.set(new Uint8Array(old.buffer, 0, bytes), address)
    }

    private hand(index: number, write: FlashWrite | undefined): void {
        const [address, bytes, low, high] = this.entry(index)
        if (write === undefined) {
            this.rules.violated(
                "FLASH",
                `store of ${bytes! * 8} bits at 0x${address!.toString(16).padStart(8, "0")}, and nothing models the flash`,
                undefined,
                low
            )
            return
        }
        write(address!, Math.min(bytes!, 4), low!)
        if (bytes === 8) write(address! + 4, 4, high!)
        for (const base of [address!, address! - FLASH_BASE])
            this.core.changed(base, bytes!)
    }
}
