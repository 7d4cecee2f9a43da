// SPDX-License-Identifier: MIT
// The page's files, made when they are first needed: one script, one style sheet, nothing from anywhere else.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { projectRoot } from "../../toolchain/paths.ts"

/** A file of the page. */
export interface PageFile {
    readonly type: string
    readonly body: string
}

const FOLDER = join(projectRoot, "host", "view", "page")

let made: Promise<ReadonlyMap<string, PageFile>> | undefined

/** Every path of the page and what is there; made once per process. */
export function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
    return (made ??= makePage())
}

async function makePage(): Promise<ReadonlyMap<string, PageFile>> {
    const { outputFiles } = await build({
        entryPoints: [join(FOLDER, "main.tsx")],
        outfile: join(FOLDER, "page.js"),
        bundle: true,
        minify: true,
        write: false,
        format: "esm",
        target: "es2022",
        jsx: "automatic",
        jsxImportSource: "preact",
        define: { "process.env.NODE_ENV": '"production"' },
        absWorkingDir: projectRoot,
        logLevel: "silent",
    })
    const bundled = (end: string) =>
        outputFiles.find(({ path }) => path.endsWith(end))!.text
    const own = (name: string) => readFileSync(join(FOLDER, name), "utf8")
    return new Map([
        ["/", { type: "text/html; charset=utf-8", body: own("index.html") }],
        [
            "/page.js",
            { type: "text/javascript; charset=utf-8", body: bundled(".js") },
        ],
        [
            "/page.css",
            { type: "text/css; charset=utf-8", body: bundled(".css") },
        ],
        ["/icon.svg", { type: "image/svg+xml", body: own("icon.svg") }],
    ])
}
