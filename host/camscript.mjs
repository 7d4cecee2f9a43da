#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The camscript executable: plain JavaScript that lets Node read TypeScript, then hands over to host/main.ts.

import { fileURLToPath } from "node:url"
import { missingInstallation } from "../scripts/ensure-installed.mjs"

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
    process.exitCode = await main(process.argv.slice(2))
}
