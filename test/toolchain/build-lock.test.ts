// SPDX-License-Identifier: MIT
// The build lock: one at a time, and no lock outlives its owner.

import { spawnSync } from "node:child_process"
import {
    existsSync,
    mkdtempSync,
    readdirSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { withBuildLock } from "../../toolchain/build-lock.ts"

let folder: string
let lock: string
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-lock-"))
    lock = join(folder, "build.lock")
})
afterEach(() => rmSync(folder, { recursive: true }))

describe("withBuildLock", () => {
    it("lets one action run after the other", async () => {
        let running = 0
        let most = 0
        const action = async () => {
            most = Math.max(most, ++running)
            await new Promise(resolve => setImmediate(resolve))
            running--
        }

        await Promise.all([1, 2, 3].map(() => withBuildLock(lock, action)))

        expect(most).toBe(1)
        expect(readdirSync(folder)).toEqual([])
    })

    it("is free again after an action that failed", async () => {
        const failure = new Error("the build failed")

        await expect(
            withBuildLock(lock, () => Promise.reject(failure))
        ).rejects.toBe(failure)

        expect(existsSync(lock)).toBe(false)
        expect(await withBuildLock(lock, async () => 7)).toBe(7)
    })

    it("takes over the lock of a process that is gone", async () => {
        const gone = spawnSync(process.execPath, ["-e", ""]).pid
        writeFileSync(lock, `${gone}\n`)

        expect(await withBuildLock(lock, async () => 7)).toBe(7)
        expect(readdirSync(folder)).toEqual([])
    })
})
