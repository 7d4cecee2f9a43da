// SPDX-License-Identifier: MIT
// What counts as a save of the program: another content of its files, and nothing else.

import {
    mkdirSync,
    mkdtempSync,
    rmSync,
    utimesSync,
    writeFileSync,
} from "node:fs"
import { join, relative } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { SourceWatch } from "../../host/source-watch.ts"
import { cacheFolder, userProject } from "../../toolchain/paths.ts"

let root: string
let watch: SourceWatch
let end: AbortController

const file = (name: string) => join(root, name)
const save = (name: string, text: string) => writeFileSync(file(name), text)

beforeEach(() => {
    mkdirSync(cacheFolder, { recursive: true })
    root = mkdtempSync(join(cacheFolder, "source-watch-"))
    for (const folder of ["app/parts", "app/node_modules/x", "elsewhere"])
        mkdirSync(file(folder), { recursive: true })
    for (const name of ["app/main.ts", "app/parts/a.ts", "elsewhere/lib.ts"])
        save(name, "1\n")
    watch = new SourceWatch(file("app/main.ts"))
    end = new AbortController()
})
afterEach(() => {
    end.abort()
    rmSync(root, { recursive: true })
})

/** Something else is saved afterwards: what was told of by then was told of the first. */
async function isNews(change: () => void): Promise<boolean> {
    change()
    let told = false
    const next = watch.next(end.signal).then(isSaved => (told = isSaved))
    // Three looks of the watch.
    await new Promise(resolve => setTimeout(resolve, 700))
    const early = told
    save("app/main.ts", "last\n")
    expect(await next).toBe(true)
    return early
}

describe("a program's sources", () => {
    it.each([
        ["app/main.ts", "2\n"],
        ["app/parts/a.ts", "2\n"],
        ["app/parts/new.tsx", ""],
    ])("%s with another content is a save", async (name, text) => {
        save(name, text)
        expect(await watch.next(end.signal)).toBe(true)
    })

    it("that go away are a save, too", async () => {
        rmSync(file("app/parts/a.ts"))
        expect(await watch.next(end.signal)).toBe(true)
    })

    it("saved while nobody waited are told of afterwards, once", async () => {
        save("app/main.ts", "2\n")
        expect(await watch.next(end.signal)).toBe(true)
        expect(await isNews(() => {})).toBe(false)
    })

    it("saved without a change are none", async () => {
        const same = () => {
            save("app/main.ts", "1\n")
            utimesSync(file("app/main.ts"), 1, 1)
        }
        expect(await isNews(same)).toBe(false)
    })

    it.each([
        "app/notes.txt",
        "app/node_modules/x/index.ts",
        "elsewhere/lib.ts",
    ])("%s is none of them", async name => {
        expect(await isNews(() => save(name, "2\n"))).toBe(false)
    })

    it("elsewhere are watched when a build has read them", async () => {
        watch.add([relative(userProject, file("elsewhere/lib.ts"))])
        save("elsewhere/lib.ts", "2\n")
        expect(await watch.next(end.signal)).toBe(true)
    })

    it("are not waited for after the end", async () => {
        const next = watch.next(end.signal)
        end.abort()
        expect(await next).toBe(false)
    })
})
