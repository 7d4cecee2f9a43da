// SPDX-License-Identifier: MIT
// cam_jpeg_check() of the native code, called by itself.

import {
    compileSources,
    nativeSources,
} from "../../../toolchain/wasm/compile-native.ts"

const FRAME = 0x1ff00000
const PROVEN = 0x1fefff00
/** Written behind the frame: what is read there changes the answer. */
const BEHIND = 64

export interface JpegVerdict {
    /** 0: not whole. */
    readonly bytes: number
    /** Decoded from end to end. */
    readonly proven: boolean
}

/** The native code with the functions of its JPEG check exported: one module for all tests. */
export function compileJpeg(): Promise<WebAssembly.Module> {
    return compileSources(nativeSources(), [
        "cam_jpeg_check",
        "cam_jpeg_affordable",
        "cam_jpeg_decoded",
    ])
}

/** @returns a function that judges the bytes of a frame as they were captured, decoded or by their markers only */
export async function jpegChecker(): Promise<
    (frame: Uint8Array, decode?: boolean) => JpegVerdict
> {
    const module = await compileJpeg()
    const wasm = new WebAssembly.Memory({ initial: 8200, maximum: 8200 })
    const nothing = new Proxy({}, { get: () => () => 0 })
    const { exports } = new WebAssembly.Instance(module, {
        env: { memory: wasm },
        mmio: nothing as WebAssembly.ModuleImports,
        port: nothing as WebAssembly.ModuleImports,
    })
    const check = exports["cam_jpeg_check"] as (
        bytes: number,
        count: number,
        decode: number,
        proven: number
    ) => number
    const memory = new Uint8Array(wasm.buffer)
    return (frame, decode = true) => {
        memory.set(frame, FRAME)
        memory.fill(0xff, FRAME + frame.length, FRAME + frame.length + BEHIND)
        memory[PROVEN] = 0xee
        const bytes = check(FRAME, frame.length, decode ? 1 : 0, PROVEN)
        return { bytes, proven: memory[PROVEN] === 1 }
    }
}
