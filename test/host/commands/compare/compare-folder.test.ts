// SPDX-License-Identifier: MIT

import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeEach, describe, expect, it } from "vitest"
import {
    CompareFolder,
    comparedName,
} from "../../../../host/commands/compare/compare-folder.ts"

let out: string

beforeEach(() => {
    out = join(mkdtempSync(join(tmpdir(), "camscript-compare-")), "out")
})

/** A comparison that ends well. */
function publish(...names: string[]): void {
    const folder = new CompareFolder(out)
    const files = names.map(name => folder.add(name, `content of ${name}`))
    folder.publish({ strategies: [{ files }] })
}

describe("the folder of a comparison", () => {
    it("gets nothing before the end", () => {
        new CompareFolder(out).add("compare-line.png", "pixels")

        expect(existsSync(out)).toBe(false)
    })

    it("gets the images and the report at the end, and nothing else", () => {
        publish("compare-line.png", "compare-line.svg")

        expect(readdirSync(out).sort()).toEqual([
            "camscript-compare.json",
            "compare-line.png",
            "compare-line.svg",
        ])
        expect(readFileSync(join(out, "compare-line.svg"), "utf8")).toBe(
            "content of compare-line.svg"
        )
    })

    it("says where an image will be", () => {
        const path = new CompareFolder(out).add("compare-line.png", "pixels")

        expect(path).toBe(join(out, "compare-line.png"))
    })

    it("loses the images of the comparison before, and no other file", () => {
        publish("compare-line.png", "compare-dcmi-crop.png")
        writeFileSync(join(out, "notes.txt"), "mine")

        publish("compare-line.png")

        expect(readdirSync(out).sort()).toEqual([
            "camscript-compare.json",
            "compare-line.png",
            "notes.txt",
        ])
    })
})

describe("a folder that is refused", () => {
    it("holds an image of that name from elsewhere", () => {
        mkdirSync(out)
        writeFileSync(join(out, "compare-line.png"), "mine")

        expect(() => new CompareFolder(out)).toThrow(
            /compare-line\.png.*not overwritten/
        )
    })

    it("is a file", () => {
        writeFileSync(out, "a file")

        expect(() => new CompareFolder(out)).toThrow(/is a file/)
    })

    it("cannot be written", () => {
        writeFileSync(out, "a file")
        const below = new CompareFolder(join(out, "below"))
        below.add("compare-line.png", "pixels")

        expect(() => below.publish({ strategies: [] })).toThrow(
            /^--out .*below cannot be written/
        )
    })
})

describe("the name of a strategy's image", () => {
    it("has no character that an address must escape", () => {
        expect(comparedName("rows+crop", "svg")).toBe("compare-rows-crop.svg")
        expect(comparedName("dcmi-crop", "png")).toBe("compare-dcmi-crop.png")
    })
})
