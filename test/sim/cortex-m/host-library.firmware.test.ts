// SPDX-License-Identifier: MIT
// What the emulator needs from the machine, and what it says when that is missing.

import {
    chmodSync,
    existsSync,
    mkdtempSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import {
    compileHooks,
    hookLibrary,
} from "../../../sim/cortex-m/host-library.ts"

describe("the hook library", () => {
    let folder: string

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "camscript-hooks-"))
    })

    afterEach(() => rmSync(folder, { recursive: true }))

    it("is compiled once per content", () => {
        const library = hookLibrary()

        expect(existsSync(library)).toBe(true)
        expect(hookLibrary()).toBe(library)
    })

    it("names the packages when there is no C compiler", () => {
        expect(() =>
            compileHooks(join(folder, "a.so"), "no-such-compiler")
        ).toThrow(/found no cc: install the Debian packages gcc and libc6-dev/)
    })

    it("names the package when there is no Unicorn", () => {
        const compiler = join(folder, "cc")
        writeFileSync(
            compiler,
            '#!/bin/sh\necho "ld: cannot find -l:libunicorn.so.2" >&2\nexit 1\n'
        )
        chmodSync(compiler, 0o755)

        expect(() => compileHooks(join(folder, "a.so"), compiler)).toThrow(
            /install the Debian package libunicorn2, or run npm run setup/
        )
    })
})
