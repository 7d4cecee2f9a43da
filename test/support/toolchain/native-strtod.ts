// SPDX-License-Identifier: MIT
// strtod of firmware/vm and of the stock VM, both as wasm, called with JavaScript strings.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import {
    runClang,
    WARNING_FLAGS,
} from "../../../toolchain/wasm/compile-native.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { stockVm } from "../../../toolchain/vm/vm-image.ts"
import { vmImports } from "../../../toolchain/vm/vm-interface.ts"
import { WasmBinary } from "../../../toolchain/vm/wasm-binary.ts"

export interface Parsed {
    readonly value: number
    /** Characters that belong to the number. */
    readonly length: number
}

export type Strtod = (text: string) => Parsed

/** firmware/vm/strtod.c, compiled for wasm32. */
export async function ownStrtod(): Promise<Strtod> {
    const folder = join(projectRoot, "firmware", "vm")
    const sources = Object.fromEntries(
        ["strtod.c", "strtod.h"].map(name => [
            name,
            readFileSync(join(folder, name), "utf8"),
        ])
    )
    const files = await runClang(
        [
            "--target=wasm32",
            ...WARNING_FLAGS,
            "-nostdlib",
            "-Wl,--no-entry,--export=vm_strtod,--export=__heap_base",
            "native/strtod.c",
            "-o",
            "strtod.wasm",
        ],
        sources
    )
    const { exports } = new WebAssembly.Instance(
        new WebAssembly.Module(files["strtod.wasm"] as BufferSource)
    )
    const heap = exports["__heap_base"] as WebAssembly.Global
    return caller(
        exports["memory"] as WebAssembly.Memory,
        exports["vm_strtod"] as (text: number, end: number) => number,
        heap.value as number
    )
}

/** The VM's own, which the board's VM does without. */
export function stockStrtod(): Strtod {
    const { bytes } = new WasmBinary(stockVm()).withExports(["strtod"])
    const nothing = () => {}
    const { exports } = new WebAssembly.Instance(
        new WebAssembly.Module(bytes as BufferSource),
        vmImports({
            timeMs: () => 0,
            printed: nothing,
            sent: nothing,
            fillRandom: nothing,
            panicked: nothing,
            copy: nothing,
            stopped: reason => {
                throw new Error(reason)
            },
        })
    )
    const malloc = exports["malloc"] as (bytes: number) => number
    return caller(
        exports["memory"] as WebAssembly.Memory,
        exports["strtod"] as (text: number, end: number) => number,
        malloc(16384)
    )
}

function caller(
    memory: WebAssembly.Memory,
    strtod: (text: number, end: number) => number,
    scratch: number
): Strtod {
    const bytes = new Uint8Array(memory.buffer)
    const words = new DataView(memory.buffer)
    const end = (scratch + 7) & ~7
    const start = end + 8
    return text => {
        const encoded = Buffer.from(`${text}\0`, "latin1")
        bytes.set(encoded, start)
        const value = strtod(start, end)
        return { value, length: words.getUint32(end, true) - start }
    }
}
