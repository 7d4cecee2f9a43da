#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The camscript executable. In the package it starts the JavaScript of dist/; in a clone, where the TypeScript is, it lets Node
// read that.

import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const args = process.argv.slice(2)

if (existsSync(new URL("./main.ts", import.meta.url))) {
    const { missingInstallation } =
        await import("../scripts/ensure-installed.mjs")
    const missing = missingInstallation()
    if (missing) {
        process.stderr.write(
            `camscript: ${missing}; run "npm ci" in ${fileURLToPath(new URL("..", import.meta.url))}\n`
        )
        process.exitCode = 1
    } else {
        const { register } = await import("tsx/esm/api")
        register()
        const { main } = await import("./main.ts")
        process.exitCode = await main(args)
    }
} else {
    if (process.env["CAMSCRIPT_DEBUG"]) process.setSourceMapsEnabled(true)
    const { main } = await import("../dist/main.js")
    process.exitCode = await main(args)
}
