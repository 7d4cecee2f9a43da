// SPDX-License-Identifier: MIT
// Kernels in vitest: their functions on pictures of the test's own, checked as in the simulator.

import {
    compileKernel,
    type CompiledKernel,
} from "../../toolchain/kernel/compile-kernel.ts"
import {
    callShape,
    resultBytes,
    type KernelFunction,
} from "../../toolchain/kernel/kernel-signature.ts"
import { UsageError } from "../../protocol/errors.ts"
import {
    KernelInstance,
    type FrameMemory,
    type KernelWork,
} from "./kernel-instance.ts"
import { readResult, type KernelOutput } from "./kernel-result.ts"

/** A picture that a test gives to a kernel. */
export interface Picture {
    /** Rows one after the other; what the kernel writes is in it afterwards. */
    readonly pixels: Uint8Array
    /** Pixels of a row. */
    readonly width: number
    /** Rows. */
    readonly height: number
    /** Bytes from one row to the next; default: those of its pixels. */
    readonly stride?: number
    /** PixelFormat: 1 gray8 (default), 2 RGB565, 3 YUV 4:2:2. */
    readonly format?: number
}

/**
 * A kernel's function: first the pictures, then the numbers, both in the order of the kernel's own parameters; for a List, Bytes, Words
 * or Ints at the end how many there is place for.
 */
export type KernelTestFunction = (
    ...values: readonly (Picture | number | boolean)[]
) => KernelOutput

/** What `kernel()` gives when the test does not say a type. */
export type KernelFunctions = Readonly<Record<string, KernelTestFunction>>

/** Called after each function that ended, with what it took. */
export type WorkListener = (name: string, work: KernelWork) => void

const PAGE_BYTES = 65536
const SRAM = 0x20000000
/** As the simulator's I2C transfers have it. */
const RESULT = 0x1ff80000
/** Pictures of all calls: two of 752x480 and more. */
const PICTURE_BYTES = 0x200000

/**
 * Compile a kernel file and give its functions, with memory of their own: each call of `kernel()` starts anew.
 *
 * @param file a .kernel.ts file, relative to the project's folder
 * @param onWork told of each call
 * @typeParam Functions of the kernel, as the test calls them
 * @throws ProgramError with file, line and cause when it does not compile; its functions: KernelFault when they touch what they were
 *     not given, divide by zero or do not end
 *
 * @example
 * const { brightest } = await kernel("src/brightest.kernel.ts")
 * const spot = brightest({ pixels: new Uint8Array(64 * 48), width: 64, height: 48 }, 128)
 */
export async function kernel<Functions = KernelFunctions>(
    file: string,
    onWork?: WorkListener
): Promise<Functions> {
    const compiled = await compileKernel(file)
    const memory = new WebAssembly.Memory({
        initial: (SRAM + PICTURE_BYTES) / PAGE_BYTES,
    })
    const instance = new KernelInstance(compiled, memory)
    const functions: Record<string, KernelTestFunction> = {}
    for (const one of compiled.functions)
        functions[one.name] = testFunction(one, instance, memory, onWork)
    return functions as Functions
}

function testFunction(
    one: KernelFunction,
    instance: KernelInstance,
    memory: WebAssembly.Memory,
    onWork: WorkListener | undefined
): KernelTestFunction {
    const { records } = instance.kernel
    const { frames, numbers, result, isRowKernel } = callShape(one)
    const hasMost = result.kind === "list" || result.kind === "array"
    const pictureCount = isRowKernel ? 1 : frames.length
    return (...values) => {
        const pictures = values.filter(isPicture)
        const rest = values.filter(value => !isPicture(value)).map(Number)
        const wanted = numbers.length + (hasMost ? 1 : 0)
        if (pictures.length !== pictureCount || rest.length !== wanted)
            throw new UsageError(usage(instance.kernel, one, hasMost))
        const most = hasMost ? rest.pop()! : 0
        const bytes = resultBytes(result, records, most)
        const placed = place(pictures, memory)
        const call = {
            frames: placed,
            numbers: rest,
            result: { address: RESULT, bytes },
        }
        const work = { turns: 0, accesses: 0 }
        const run = (more: object): void =>
            instance.run(one, { ...call, ...more }, work)
        try {
            if (isRowKernel) eachRow(placed[0]!, run)
            else run({})
        } finally {
            takeBack(pictures, placed, memory)
        }
        onWork?.(one.name, work)
        const output = new Uint8Array(memory.buffer).slice(
            RESULT,
            RESULT + bytes
        )
        return readResult(result, records, output)
    }
}

/** As the rows of a frame arrive. */
function eachRow(frame: FrameMemory, run: (more: object) => void): void {
    const { address, width, height, stride } = frame
    for (let y = 0; y < height; y++)
        run({
            frames: [],
            row: {
                address: address + y * stride,
                width,
                bytes: stride,
                y,
                height,
            },
            keepResult: y > 0,
        })
}

function isPicture(value: Picture | number | boolean): value is Picture {
    return typeof value === "object"
}

/** The same picture twice is one memory. */
function place(
    pictures: readonly Picture[],
    memory: WebAssembly.Memory
): FrameMemory[] {
    const bytes = new Uint8Array(memory.buffer)
    const placed: FrameMemory[] = []
    let address = SRAM
    for (const [index, picture] of pictures.entries()) {
        const { pixels, width, height, format = 1 } = picture
        const stride = picture.stride ?? width * (format === 1 ? 1 : 2)
        if (pixels.length < stride * height)
            throw new UsageError(
                `a picture of ${width}x${height} with ${stride} bytes per row has ${stride * height} bytes, its pixels are ${pixels.length}.`
            )
        const same = pictures.findIndex(other => other.pixels === pixels)
        const at = same < index ? placed[same]!.address : address
        if (same === index) {
            if (at + pixels.length > SRAM + PICTURE_BYTES)
                throw new UsageError(
                    `the pictures of a kernel's call have more than ${PICTURE_BYTES} bytes together.`
                )
            bytes.set(pixels, at)
            address += (pixels.length + 3) & ~3
        }
        placed.push({
            name: `frame ${index}`,
            address: at,
            width,
            height,
            stride,
            format,
        })
    }
    return placed
}

function takeBack(
    pictures: readonly Picture[],
    placed: readonly FrameMemory[],
    memory: WebAssembly.Memory
): void {
    for (const [index, { pixels }] of pictures.entries())
        pixels.set(
            new Uint8Array(memory.buffer, placed[index]!.address, pixels.length)
        )
}

function usage(
    { file }: CompiledKernel,
    { name, parameters }: KernelFunction,
    hasMost: boolean
): string {
    const list = parameters
        .map(({ name: parameter, type }) => `${parameter}: ${type}`)
        .join(", ")
    const most = hasMost
        ? ", and in place of its result how many there is place for"
        : ""
    return `kernel ${file}: ${name}(${list}) takes a picture ({ pixels, width, height }) for each Frame or Row, then its numbers${most}.`
}
