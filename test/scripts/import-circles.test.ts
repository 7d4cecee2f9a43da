// SPDX-License-Identifier: MIT

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { importCircles, readImports } from "../../scripts/import-circles.ts"

const root = join(import.meta.dirname, "..", "..")
const folders: string[] = []
afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** The circles of a project with these files. */
function circlesOf(files: Readonly<Record<string, string>>): string[][] {
    const folder = mkdtempSync(join(tmpdir(), "camscript-circles-"))
    folders.push(folder)
    for (const [name, source] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true })
        writeFileSync(join(folder, name), source)
    }
    return importCircles(readImports(folder, ["sim"]))
}

describe("the product's files", () => {
    it("import each other in no circle", () => {
        const circles = importCircles(readImports(root))

        expect(circles.map(circle => circle.join(" -> "))).toEqual([])
    })

    it("are all read, those of the device and of the page too", () => {
        const graph = readImports(root)

        expect(graph.get("src/main.ts")).toContain("src/camera.ts")
        expect(graph.get("host/view/page/main.tsx")).toContain(
            "host/view/page/app.tsx"
        )
        expect(graph.get("host/subcommands.ts")).toContain(
            "host/commands/run/run.ts"
        )
        expect(graph.get("toolchain/vm/vm-image.ts")).toBeDefined()
    })
})

describe("a circle of imports", () => {
    it.each([
        `import { b } from "./b.ts"\nexport const a = b\n`,
        `import type { B } from "./b.ts"\nexport const a: B = 1\n`,
        `import { type B } from "./b"\nexport const a: B = 1\n`,
        `export { b } from "./b.ts"\n`,
        `export const a = import("./b.ts")\n`,
        `export type A = import("./b.ts").B\n`,
        `const text = \`\${1}\`\nimport { b } from "./b.ts"\nexport const a = b\n`,
    ])("is found by every form of import: %j", source => {
        expect(
            circlesOf({
                "sim/a.ts": source,
                "sim/b.ts": `import { a } from "./a.ts"\nexport const b = a\n`,
            })
        ).toEqual([["sim/a.ts", "sim/b.ts"]])
    })

    it("is found across folders, and reported once, as it goes round", () => {
        expect(
            circlesOf({
                "sim/c.ts": `import "./deep/b.ts"`,
                "sim/deep/b.ts": `import "../a.mjs"`,
                "sim/a.mjs": `import "./c.ts"`,
                "sim/outside.ts": `import "./c.ts"`,
            })
        ).toEqual([["sim/a.mjs", "sim/c.ts", "sim/deep/b.ts"]])
    })

    it("is not what two files make that import the same one", () => {
        expect(
            circlesOf({
                "sim/a.ts": `import "./c.ts"\nimport "./b.ts"`,
                "sim/b.ts": `import "./c.ts"`,
                "sim/c.ts": `// import "./a.ts"\nexport const text = 'import "./a.ts"'`,
            })
        ).toEqual([])
    })
})
