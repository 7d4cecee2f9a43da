// SPDX-License-Identifier: MIT
// Faults of the program itself: when it has used the I2C bus, the next instructions of its bytecode are others for a moment.
// The VM is the same in simulator and firmware, and so is what it does then: the program throws, loops, or takes memory.

import type { Effect, Injectors } from "./effect.ts"

type ProgramFaultName = "program-throw" | "program-loop" | "program-memory"

/** In the VM's context: address of the bytecode, and of the innermost activation (words 57 and 58 of devs_ctx_t in this build). */
const CONTEXT_IMAGE = 228
const CONTEXT_ACTIVATION = 232
/** In an activation: 16 bits, bytes from the start of the bytecode to the next instruction. */
const ACTIVATION_PC = 4

/** Bytecode (DeviceScript 2.16.4, Op): EXPR0_NULL, STMT1_THROW; a TypeError. */
const THROW = [90, 84]
/** STMTx_JMP to itself. */
const LOOP = [13, 0]
/** EXPRx_LITERAL 0x7fff, STMT1_ALLOC_BUFFER: more than any GC heap has. */
const TAKE_MEMORY = [40, 0xf9, 0x7f, 0xff, 33]

interface Patch {
    readonly address: number
    readonly original: Uint8Array
}

/** Whoever runs the VM tells when the program calls the bus, and when it has ended. */
export class ProgramFaults {
    private readonly waiting: { code: readonly number[]; effect: Effect }[] = []
    private patch: Patch | undefined

    /** @param memory the VM's, indexed by its addresses */
    constructor(private readonly memory: () => Uint8Array) {}

    readonly injectors: Injectors<ProgramFaultName> = {
        "program-throw": (_, effect) => this.wait(THROW, effect),
        "program-loop": (_, effect) => this.wait(LOOP, effect),
        "program-memory": (_, effect) => this.wait(TAKE_MEMORY, effect),
    }

    /** The program calls the I2C bus. @param context address of the VM's context */
    busCalled(context: number): void {
        this.restore()
        const next = this.waiting.shift()
        if (next === undefined) return
        const { code, effect } = next
        const memory = this.memory()
        const view = new DataView(memory.buffer, memory.byteOffset)
        const activation = view.getUint32(context + CONTEXT_ACTIVATION, true)
        const address =
            view.getUint32(context + CONTEXT_IMAGE, true) +
            view.getUint16(activation + ACTIVATION_PC, true)
        const original = memory.slice(address, address + code.length)
        memory.set(code, address)
        this.patch = { address, original }
        effect.happenedOnce()
    }

    /** The bytecode is as it was: the program has ended, or goes on. */
    restore(): void {
        if (this.patch === undefined) return
        this.memory().set(this.patch.original, this.patch.address)
        this.patch = undefined
    }

    private wait(code: readonly number[], effect: Effect): void {
        this.waiting.push({ code, effect })
    }
}
