// SPDX-License-Identifier: MIT
// The firmware's C code under a second compiler: clang sees it as the Cortex-M4 would, without a warning.

import { readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { describe, expect, it } from "vitest"
import { boardConstants } from "../../toolchain/firmware/board-constants.ts"
import { readBoard } from "../../boards/board-file.ts"
import {
    cFiles,
    nativeSources,
    runClang,
    WARNING_FLAGS,
} from "../../toolchain/wasm/compile-native.ts"
import { projectRoot } from "../../toolchain/paths.ts"

/** This clang has no ARM code generator: it parses and checks, with ARM's types and registers. */
const CORTEX_M4 = [
    "--target=thumbv7em-none-eabi",
    "-mcpu=cortex-m4",
    "-fsyntax-only",
]

/** C files of firmware/ and its folders, by name without folder; of vm/, which is compiled with the VM, its API. */
function firmwareSources(): Record<string, string> {
    const folder = join(projectRoot, "firmware")
    return Object.fromEntries(
        readdirSync(folder, { recursive: true })
            .map(String)
            .filter(path => /\.[ch]$/.test(path))
            .filter(path => !/^vm\b/.test(path) || basename(path) === "vm.h")
            .map(path => [
                basename(path),
                readFileSync(join(folder, path), "utf8"),
            ])
    )
}

describe("the firmware's C code", () => {
    it("has no warning for the Cortex-M4 under clang", async () => {
        const constants = boardConstants(readBoard("stm32f4-discovery"), {
            version: "0",
            vmId: 0,
        })
        const firmware = {
            ...firmwareSources(),
            "board_constants.c": constants,
        }
        expect(Object.keys(firmware)).toEqual(
            expect.arrayContaining(["main.c", "vectors.c", "crash.c", "link.c"])
        )
        const headers = Object.fromEntries(
            Object.entries(nativeSources()).filter(([name]) =>
                name.endsWith(".h")
            )
        )
        const sources = { ...headers, ...firmware }
        await runClang(
            [...CORTEX_M4, ...WARNING_FLAGS, ...cFiles(sources)],
            sources
        )
    })
})
