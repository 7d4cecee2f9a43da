// SPDX-License-Identifier: MIT
// `npm pack` calls this: Node's side of the package, as JavaScript and declarations in dist/. A clone reads the TypeScript itself.

import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { register } from "tsx/esm/api"

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(projectRoot, "dist")

/** What package.json and camscript.mjs name, and where it comes from. */
const ENTRIES = {
    main: "host/main.ts",
    testing: "sim/testing.ts",
    "failed-waveforms": "sim/failed-waveforms.ts",
    vitest: "sim/devicescript/vitest-plugin.ts",
}

/**
 * A file in dist/ stands for sources of many folders: each goes on looking for the files beside it where it lies itself.
 * @type {import("esbuild").Plugin}
 */
const placeOfSource = {
    name: "place-of-source",
    setup({ onLoad }) {
        onLoad({ filter: /\.(?:ts|mjs)$/ }, ({ path }) => {
            const text = readFileSync(path, "utf8")
            if (path.includes("node_modules") || !text.includes("import.meta"))
                return undefined
            const source = relative(projectRoot, path)
            const contents = text
                .replaceAll(
                    "import.meta.dirname",
                    `(import.meta.dirname + "/../${dirname(source)}")`
                )
                .replaceAll(
                    "import.meta.url",
                    `new URL("../${source}", import.meta.url).href`
                )
            return { contents, loader: path.endsWith(".ts") ? "ts" : "js" }
        })
    },
}

rmSync(dist, { recursive: true, force: true })
await build({
    absWorkingDir: projectRoot,
    entryPoints: ENTRIES,
    outdir: dist,
    bundle: true,
    splitting: true,
    chunkNames: "[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node20.19",
    packages: "external",
    sourcemap: true,
    // Names stay, so that errors can be read; CAMSCRIPT_DEBUG=1 shows the lines of the sources.
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [placeOfSource],
    logLevel: "warning",
})

// Compiled once here, so that nobody's first run begins with a C compiler.
register()
const { nativeSources, PREBUILT, wasmOf } =
    await import("../toolchain/wasm/compile-native.ts")
writeFileSync(PREBUILT, await wasmOf(nativeSources()))

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc")
const types = spawnSync(
    process.execPath,
    [tsc, "--project", "tsconfig.package.json"],
    { cwd: projectRoot, stdio: ["ignore", process.stderr, process.stderr] }
)
if (types.status !== 0) process.exit(1)

// A declaration beside another is found by TypeScript of any version under the name of its JavaScript.
const declarations = join(dist, "types")
for (const name of readdirSync(declarations, { recursive: true })) {
    if (!String(name).endsWith(".d.ts")) continue
    const file = join(declarations, String(name))
    const text = readFileSync(file, "utf8")
    writeFileSync(
        file,
        text.replace(/((?:from|import\(?)\s*"\.[^"]*?)(?:\.ts)?"/g, '$1.js"')
    )
}
