// SPDX-License-Identifier: MIT
// From a stack with WebAssembly in it to the line of a kernel file.

import { SourceMap } from "node:module"

/** A frame of V8's stack: function name, and the offset of its call in the module. */
const WASM_FRAME =
    /at (?:(\S+) \()?wasm:\/\/[^)\s]*:wasm-function\[\d+\]:0x([0-9a-f]+)/g

/** Reads and writes of a record's field are functions; the line that is looked for is their caller's. */
const ACCESSOR = /#[gs]et:/

/** Bytes that one line of a kernel can take before what it calls; what lies farther away is another line. */
const REACH_BYTES = 400

/**
 * Find the line of a kernel that was running.
 *
 * @param stack of an error that was made while the module ran, or that it made
 * @param sourceMap of the module, as JSON
 * @returns as "src/blobs.kernel.ts:12"; undefined when there is none
 */
export function placeInKernel(
    stack: string,
    sourceMap: string
): string | undefined {
    const map = new SourceMap(
        JSON.parse(sourceMap) as ConstructorParameters<typeof SourceMap>[0]
    )
    for (const [, name = "", offset] of stack.matchAll(WASM_FRAME)) {
        if (name.startsWith("~lib/") || ACCESSOR.test(name)) continue
        const place = placeAt(map, parseInt(offset!, 16))
        if (place !== undefined) return place
    }
    return undefined
}

/** What is inlined has the library's lines: the kernel's own line is the nearest one before them. */
function placeAt(map: SourceMap, offset: number): string | undefined {
    let at = offset
    while (at >= 0 && offset - at < REACH_BYTES) {
        const entry = map.findEntry(0, at)
        if (!("originalSource" in entry)) return undefined
        const { originalSource, originalLine, generatedColumn } = entry
        // What the compiler put in has no line.
        const isOwn = originalSource && !originalSource.startsWith("~lib/")
        if (isOwn) return `${originalSource}:${originalLine + 1}`
        at = generatedColumn - 1
    }
    return undefined
}
