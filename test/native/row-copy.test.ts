// SPDX-License-Identifier: MIT
// Copies of rows: every length, every alignment, nothing beside the target.

import { beforeAll, describe, expect, it } from "vitest"
import {
    compileSources,
    nativeSources,
} from "../../toolchain/wasm/compile-native.ts"

const SOURCE = 0x1ff00000
const TARGET = 0x1ff10000
const WORDS_MAX = 40

type Copy = (to: number, from: number, words: number) => void

describe("copies of a row", () => {
    let memory: Uint8Array
    let copies: Record<string, Copy>

    beforeAll(async () => {
        const names = ["aligned", "unaligned", "rgb565"]
        const module = await compileSources(
            nativeSources(),
            names.map(name => `cam_row_copy_${name}`)
        )
        const wasm = new WebAssembly.Memory({ initial: 8200, maximum: 8200 })
        const nothing = new Proxy({}, { get: () => () => 0 })
        const { exports } = new WebAssembly.Instance(module, {
            env: { memory: wasm },
            mmio: nothing as WebAssembly.ModuleImports,
            port: nothing as WebAssembly.ModuleImports,
        })
        copies = Object.fromEntries(
            names.map(name => [name, exports[`cam_row_copy_${name}`] as Copy])
        )
        memory = new Uint8Array(wasm.buffer)
    })

    function copied(
        name: string,
        offset: number,
        words: number,
        bytes: number
    ): number[] {
        for (let i = 0; i < 4 * WORDS_MAX + 8; i++)
            memory[SOURCE + i] = (i * 7 + 3) & 0xff
        memory.fill(0xee, TARGET, TARGET + 8 * WORDS_MAX + 8)
        copies[name]!(TARGET, SOURCE + offset, words)
        expect(memory[TARGET + bytes]).toBe(0xee)
        return [...memory.subarray(TARGET, TARGET + bytes)]
    }

    const sourceBytes = (offset: number, count: number): number[] =>
        Array.from({ length: count }, (_, i) => ((i + offset) * 7 + 3) & 0xff)

    it("are exact from a word on, for every number of words", () => {
        for (let words = 0; words <= WORDS_MAX; words++)
            expect(copied("aligned", 4, words, 4 * words)).toEqual(
                sourceBytes(4, 4 * words)
            )
    })

    it("are exact from any byte on, for every number of words", () => {
        for (let words = 0; words <= WORDS_MAX; words++)
            for (let offset = 0; offset < 4; offset++)
                expect(copied("unaligned", offset, words, 4 * words)).toEqual(
                    sourceBytes(offset, 4 * words)
                )
    })

    it("turn gray into RGB565: the upper 5, 6 and 5 bits", () => {
        for (const offset of [0, 1, 2, 3])
            expect(copied("rgb565", offset, WORDS_MAX, 8 * WORDS_MAX)).toEqual(
                sourceBytes(offset, 4 * WORDS_MAX).flatMap(gray => {
                    const pixel =
                        ((gray >> 3) << 11) | ((gray >> 2) << 5) | (gray >> 3)
                    return [pixel & 0xff, pixel >> 8]
                })
            )
    })
})
