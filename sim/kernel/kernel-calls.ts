// SPDX-License-Identifier: MIT
// Kernels of a program in the simulator: what cam_port_kernel_run() (native/port.h) asks for.

import { PixelFormat } from "../../protocol/capture.ts"
import { KernelStop } from "../../protocol/grabber-page.ts"
import type { CompiledKernel } from "../../toolchain/kernel/compile-kernel.ts"
import {
    callShape,
    resultBytes,
    type KernelFunction,
} from "../../toolchain/kernel/kernel-signature.ts"
import { KernelFault, type KernelCause } from "./kernel-fault.ts"
import {
    KernelInstance,
    type FrameMemory,
    type KernelCall,
    type KernelWork,
} from "./kernel-instance.ts"

/** What a program's use of one function came to. */
export interface KernelUse extends KernelWork {
    /** Path of the kernel file from the project's folder. */
    readonly file: string
    readonly functionName: string
    readonly calls: number
    /** Calls that were stopped, and what the first of them was stopped for. */
    readonly stopped: number
    readonly firstFault: KernelFault | undefined
}

/** cam_kernel_call_t, in words (native/kernel_call.h). */
const WORD = {
    id: 0,
    function: 1,
    format: 2,
    frameCount: 3,
    /** Address, columns, rows of each. */
    frames: 4,
    numbers: 16,
    numberCount: 17,
    result: 18,
    resultBytes: 19,
    resultBytesMax: 20,
} as const

/** What cam_port_kernel_run() returns besides the codes of KernelStop. */
const ENDED = 0
const NONE = 0x100
const OTHER = 0x101
const LARGE = 0x102

const STOPS: Readonly<Record<KernelCause, KernelStop>> = {
    access: KernelStop.ACCESS,
    "endless-loop": KernelStop.ENDLESS,
    "division-by-zero": KernelStop.DIVISION,
    "number-too-large": KernelStop.TOO_LARGE,
    throw: KernelStop.THROW,
}

/**
 * HCLK cycles of a turn of a loop and of a load or store, with what is computed between them: fitted to the cycle model of the core for the
 * 14 functions of vision/. An estimate: what is charged is 0.67 to 1.70 of what that model counts (docs/fidelity/vm.md).
 */
const TURN_CYCLES = 6.5
const ACCESS_CYCLES = 1.75

/** Time that a kernel's work is charged with, HCLK cycles. */
export function kernelCycles({ turns, accesses }: KernelWork): number {
    return turns * TURN_CYCLES + accesses * ACCESS_CYCLES
}

type Use = { -readonly [Key in keyof KernelUse]: KernelUse[Key] }

export class KernelCalls {
    private readonly instances: ReadonlyMap<number, KernelInstance>
    private readonly words: DataView
    private readonly byFunction = new Map<KernelFunction, Use>()

    /**
     * @param memory indexed by MCU addresses
     * @param resultBytesMax of a call, as on the board
     * @param onFault told of each kernel that is stopped
     */
    constructor(
        kernels: readonly CompiledKernel[],
        memory: WebAssembly.Memory,
        private readonly resultBytesMax: number,
        private readonly onFault: (fault: KernelFault) => void
    ) {
        this.words = new DataView(memory.buffer)
        this.instances = new Map(
            kernels.map(kernel => [
                kernel.id,
                new KernelInstance(kernel, memory),
            ])
        )
    }

    /** By function, in the order of their first calls. */
    uses(): readonly KernelUse[] {
        return [...this.byFunction.values()]
    }

    /**
     * Run what a program asks for.
     *
     * @param call address of a cam_kernel_call_t
     * @returns what cam_port_kernel_run() returns, and the time that it took, HCLK cycles
     */
    run(call: number): { end: number; cycles: number } {
        const word = (index: number): number =>
            this.words.getUint32(call + 4 * index, true)
        const instance = this.instances.get(word(WORD.id))
        if (instance === undefined) return { end: NONE, cycles: 0 }
        const kernel = instance.kernel.functions[word(WORD.function)]
        if (kernel === undefined || !this.fits(instance, kernel, word))
            return { end: OTHER, cycles: 0 }
        if (word(WORD.resultBytes) > this.resultBytesMax) {
            const at = call + 4 * WORD.resultBytesMax
            this.words.setUint32(at, this.resultBytesMax, true)
            return { end: LARGE, cycles: 0 }
        }
        const use = this.useOf(instance, kernel)
        const { turns, accesses } = use
        use.calls++
        let end = ENDED
        try {
            instance.run(kernel, this.callOf(kernel, word), use)
        } catch (error) {
            if (!(error instanceof KernelFault)) throw error
            use.stopped++
            use.firstFault ??= error
            this.onFault(error)
            end = STOPS[error.kind]
        }
        const cycles = kernelCycles({
            turns: use.turns - turns,
            accesses: use.accesses - accesses,
        })
        return { end, cycles }
    }

    private useOf(instance: KernelInstance, kernel: KernelFunction): Use {
        let use = this.byFunction.get(kernel)
        if (use === undefined) {
            use = {
                file: instance.kernel.file,
                functionName: kernel.name,
                calls: 0,
                stopped: 0,
                firstFault: undefined,
                turns: 0,
                accesses: 0,
            }
            this.byFunction.set(kernel, use)
        }
        return use
    }

    /** Has the call what the function takes? A list or an array of the caller's may have any size. */
    private fits(
        { kernel }: KernelInstance,
        fn: KernelFunction,
        word: (index: number) => number
    ): boolean {
        const { frames, numbers, result, isRowKernel } = callShape(fn)
        return (
            !isRowKernel &&
            word(WORD.frameCount) === frames.length &&
            word(WORD.numberCount) === numbers.length &&
            word(WORD.resultBytes) >= resultBytes(result, kernel.records, 0)
        )
    }

    private callOf(
        fn: KernelFunction,
        word: (index: number) => number
    ): KernelCall {
        const { frames, numbers, result } = callShape(fn)
        const format = word(WORD.format)
        const pixelBytes = format === PixelFormat.GRAY8 ? 1 : 2
        return {
            frames: frames.map((_, index): FrameMemory => {
                const at = WORD.frames + 3 * index
                const stride = word(at + 1)
                return {
                    name: `frame ${index}`,
                    address: word(at),
                    width: stride / pixelBytes,
                    height: word(at + 2),
                    stride,
                    format,
                }
            }),
            numbers: numbers.map(({ type }, index) => {
                const at = word(WORD.numbers) + 4 * index
                return type === "f32"
                    ? this.words.getFloat32(at, true)
                    : this.words.getInt32(at, true)
            }),
            result: {
                address: word(WORD.result),
                bytes: result.kind === "none" ? 0 : word(WORD.resultBytes),
            },
        }
    }
}
