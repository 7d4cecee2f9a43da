// SPDX-License-Identifier: MIT
// One kernel file on an MCU's memory: its calls, with every access checked and every turn of a loop counted.

import {
    KERNEL_MEMORY_BASE,
    OWN_BYTES_MAX,
} from "../../toolchain/kernel/kernel-compiler.ts"
import type { CompiledKernel } from "../../toolchain/kernel/compile-kernel.ts"
import {
    callShape,
    INTRINSIC_MODULE,
    isNumberType,
    LIST_HEAD_BYTES,
    type KernelFunction,
} from "../../toolchain/kernel/kernel-signature.ts"
import { AccessCheck, type Region } from "./access-check.ts"
import { INTRINSICS } from "./intrinsics.ts"
import { KernelFault, type KernelCause } from "./kernel-fault.ts"
import { placeInKernel } from "./source-lines.ts"

/** A picture in the MCU's memory. */
export interface FrameMemory {
    /** For errors, as "frame 0". */
    readonly name: string
    readonly address: number
    /** Pixels, rows, and bytes from row to row. */
    readonly width: number
    readonly height: number
    readonly stride: number
    /** PixelFormat. */
    readonly format: number
}

/** A row that arrives. */
export interface RowMemory {
    readonly address: number
    /** Pixels. */
    readonly width: number
    readonly bytes: number
    readonly y: number
    readonly height: number
}

export interface KernelCall {
    readonly frames: readonly FrameMemory[]
    readonly row?: RowMemory
    readonly numbers: readonly number[]
    /** Where the kernel puts its result; its bytes are set to 0 before. */
    readonly result: { readonly address: number; readonly bytes: number }
    /** The result goes on from the call before: rows after the first. */
    readonly keepResult?: boolean
}

/** What a call took. */
export interface KernelWork {
    /** Turns of loops and calls of functions. */
    readonly turns: number
    /** Loads and stores. */
    readonly accesses: number
}

/**
 * Turns after which a kernel is taken for one that does not end: at least 0.3 s of a Cortex-M4 at 180 MHz, in which no frame could
 * be taken; one look at each pixel of 752x480 is 361,000.
 */
export const TURNS_MAX = 10_000_000

/** Records that the camera writes for the kernel lie behind the kernel's own memory. */
const RECORDS = KERNEL_MEMORY_BASE + OWN_BYTES_MAX
const RECORD_BYTES = 32

/** WebAssembly's own words for what stops it, and ours. */
const TRAPS: readonly (readonly [RegExp, KernelCause, string])[] = [
    [
        /divide by zero|remainder by zero/,
        "division-by-zero",
        "divides by zero: look at the divisor first",
    ],
    [
        /unrepresentable|overflow/,
        "number-too-large",
        "makes a number that does not fit into 32 bits (a division of the smallest integer by -1, or a float that is no integer's)",
    ],
    [
        /unreachable/,
        "throw",
        "throws: a kernel's caller gets no more than that",
    ],
]

/** Stops the module from within one of its calls. */
class Stop extends Error {
    constructor(
        readonly why: string,
        readonly kind: KernelCause
    ) {
        super(why)
    }
}

export class KernelInstance {
    private readonly exports: WebAssembly.Exports
    private readonly words: DataView
    private readonly bytes: Uint8Array
    /** Bytes of its own memory. */
    private readonly ownBytes: number
    /** Its own memory between two calls: other kernels have theirs at the same address. */
    private readonly own: Uint8Array
    private check = new AccessCheck([])
    private turns = 0
    private accesses = 0

    /** @param memory indexed by MCU addresses */
    constructor(
        readonly kernel: CompiledKernel,
        memory: WebAssembly.Memory
    ) {
        this.bytes = new Uint8Array(memory.buffer)
        this.words = new DataView(memory.buffer)
        this.ownBytes = kernel.ownBytes
        const ownMemory = this.bytes.subarray(
            KERNEL_MEMORY_BASE,
            KERNEL_MEMORY_BASE + this.ownBytes
        )
        // Another kernel's may be there.
        const before = ownMemory.slice()
        ownMemory.fill(0)
        const module = new WebAssembly.Module(
            Uint8Array.from(kernel.checkedWasm)
        )
        this.exports = new WebAssembly.Instance(module, {
            env: { memory, ...this.checks() },
            [INTRINSIC_MODULE]: INTRINSICS,
        }).exports
        this.own = ownMemory.slice()
        ownMemory.set(before)
    }

    /**
     * Run a function.
     *
     * @param work is added to, also when the kernel is stopped
     * @throws KernelFault when it does what it may not
     */
    run(
        kernel: KernelFunction,
        call: KernelCall,
        work: { turns: number; accesses: number }
    ): void {
        this.bytes.set(this.own, KERNEL_MEMORY_BASE)
        if (!call.keepResult) this.clearResult(kernel, call)
        this.check = new AccessCheck(this.regions(call))
        this.turns = 0
        this.accesses = 0
        let value: number | undefined
        try {
            const run = this.exports[kernel.name] as (
                ...values: number[]
            ) => number | undefined
            value = run(...this.values(kernel, call))
        } catch (error) {
            throw this.explain(kernel, error)
        } finally {
            work.turns += this.turns
            work.accesses += this.accesses
            this.own.set(
                this.bytes.subarray(
                    KERNEL_MEMORY_BASE,
                    KERNEL_MEMORY_BASE + this.ownBytes
                )
            )
        }
        if (value !== undefined)
            this.storeValue(kernel, call.result.address, value)
    }

    private clearResult(kernel: KernelFunction, { result }: KernelCall): void {
        this.bytes.fill(0, result.address, result.address + result.bytes)
        const shape = callShape(kernel).result
        if (shape.kind !== "list") return
        const item = this.kernel.records[shape.record]!.bytes
        const capacity = Math.floor((result.bytes - LIST_HEAD_BYTES) / item)
        this.words.setInt32(result.address + 4, capacity, true)
    }

    /** A returned number is a result of 4 bytes. */
    private storeValue(
        kernel: KernelFunction,
        address: number,
        value: number
    ): void {
        if (kernel.returns === "f32")
            this.words.setFloat32(address, value, true)
        else this.words.setInt32(address, value, true)
    }

    /** The arguments in the function's own order; records of frames and row are written. */
    private values(kernel: KernelFunction, call: KernelCall): number[] {
        let frame = 0
        let number = 0
        return kernel.parameters.map(({ type }) => {
            if (type === "Frame")
                return this.writeFrame(call.frames[frame]!, frame++)
            if (type === "Row") return this.writeRow(call.row!)
            return isNumberType(type)
                ? call.numbers[number++]!
                : call.result.address
        })
    }

    private writeFrame(
        { address, width, height, stride, format }: FrameMemory,
        index: number
    ): number {
        return this.writeRecord(index, [address, width, height, stride, format])
    }

    private writeRow({ address, width, y, height }: RowMemory): number {
        return this.writeRecord(0, [address, width, y, height])
    }

    private writeRecord(index: number, values: readonly number[]): number {
        const at = RECORDS + index * RECORD_BYTES
        for (const [i, value] of values.entries())
            this.words.setInt32(at + 4 * i, value, true)
        return at
    }

    private regions({ frames, row, result }: KernelCall): Region[] {
        const regions: Region[] = frames.map(
            ({ name, address, width, height, stride }) => ({
                name: `${name} (${width}x${height})`,
                address,
                bytes: stride * height,
            })
        )
        if (row !== undefined)
            regions.push({
                name: `row ${row.y} (${row.width} pixels)`,
                address: row.address,
                bytes: row.bytes,
            })
        if (result.bytes > 0) regions.push({ name: "its result", ...result })
        if (this.ownBytes > 0)
            regions.push({
                name: "its own memory",
                address: KERNEL_MEMORY_BASE,
                bytes: this.ownBytes,
            })
        regions.push({
            name: "the record of its frames",
            address: RECORDS,
            bytes: RECORD_BYTES * Math.max(1, frames.length),
        })
        return regions
    }

    /** What toolchain/kernel/compiler-worker.mjs puts before each access, and into each loop and function. */
    private checks(): WebAssembly.ModuleImports {
        const access = (
            bytes: number,
            offset: number,
            pointer: number,
            writes: boolean
        ): number => {
            this.accesses++
            const problem = this.check.problem(
                (pointer >>> 0) + (offset >>> 0),
                bytes,
                writes
            )
            if (problem !== undefined) throw new Stop(problem, "access")
            return pointer
        }
        const same = <T>(_place: number, value: T): T => value
        return {
            load_ptr: (
                _place: number,
                bytes: number,
                offset: number,
                pointer: number
            ) => access(bytes, offset, pointer, false),
            store_ptr: (
                _place: number,
                bytes: number,
                offset: number,
                pointer: number
            ) => access(bytes, offset, pointer, true),
            log_execution: () => {
                if (++this.turns > TURNS_MAX)
                    throw new Stop(
                        `has not ended after ${TURNS_MAX.toLocaleString("en")} turns of its loops: does one of them end?`,
                        "endless-loop"
                    )
            },
            load_val_i32: same,
            load_val_i64: same,
            load_val_f32: same,
            load_val_f64: same,
            store_val_i32: same,
            store_val_i64: same,
            store_val_f32: same,
            store_val_f64: same,
            memory_grow_pre: same,
            memory_grow_post: same,
        }
    }

    private explain(kernel: KernelFunction, error: unknown): unknown {
        const stop =
            error instanceof Stop
                ? error
                : error instanceof WebAssembly.RuntimeError
                  ? trapOf(error)
                  : undefined
        if (stop === undefined) return error
        const { file, sourceMap } = this.kernel
        const place = placeInKernel((error as Error).stack ?? "", sourceMap)
        const limits =
            stop.kind === "access"
                ? " A kernel may touch the frames or the row that it is given, its result and its own memory: " +
                  "compare the index with width, height or capacity."
                : ""
        return new KernelFault(
            `kernel ${file}, ${kernel.name}() ${stop.why}${place === undefined ? "" : ` (${place})`}.${limits}`,
            stop.kind,
            file,
            kernel.name,
            place
        )
    }
}

function trapOf(error: Error): { why: string; kind: KernelCause } | undefined {
    const [, kind, why] =
        TRAPS.find(([pattern]) => pattern.test(error.message)) ?? []
    return kind === undefined || why === undefined ? undefined : { kind, why }
}
