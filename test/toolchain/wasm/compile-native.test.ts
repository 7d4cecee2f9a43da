// SPDX-License-Identifier: MIT
// The native code compiles without a warning, for the simulator and for the Cortex-M4; errors come as the compiler says them.

import { describe, expect, it } from "vitest"
import { CamscriptError } from "../../../protocol/errors.ts"
import {
    cFiles,
    compileNative,
    compileSources,
    nativeSources,
    runClang,
    WARNING_FLAGS,
} from "../../../toolchain/wasm/compile-native.ts"

/** This clang has no ARM code generator: it parses and checks, with ARM's types and registers. */
const CORTEX_M4 = [
    "--target=thumbv7em-none-eabi",
    "-mcpu=cortex-m4",
    "-fsyntax-only",
]

describe("native code", () => {
    it("compiles to wasm that asks for nothing but mmio.h and port.h", async () => {
        const imports = WebAssembly.Module.imports(await compileNative())
        const modules = new Set(imports.map(({ module }) => module))
        expect([...modules].sort()).toEqual(["env", "mmio", "port"])
        expect(
            imports
                .filter(({ module }) => module === "env")
                .map(({ name }) => name)
        ).toEqual(["memory"])
    })

    it("has no warning for the Cortex-M4", async () => {
        const sources = nativeSources()
        expect(cFiles(sources)).toContain("native/capture_isr.c")
        await runClang(
            [...CORTEX_M4, ...WARNING_FLAGS, ...cFiles(sources)],
            sources
        )
    })

    it("would show a warning for the Cortex-M4", async () => {
        const sources = {
            "bad.c": "char f(long x);\nchar f(long x) { return x; }\n",
        }
        await expect(
            runClang(
                [...CORTEX_M4, ...WARNING_FLAGS, ...cFiles(sources)],
                sources
            )
        ).rejects.toThrow(/implicit conversion/)
    })
})

describe("a compile error", () => {
    it("is one error with the compiler's text", async () => {
        const failing = compileSources({
            "bad.c": "int f(void) { return missing; }\n",
        })
        await expect(failing).rejects.toThrow(CamscriptError)
        await expect(failing).rejects.toThrow(
            /native\/bad\.c:1:22: error: .*'missing'/
        )
    })
})
