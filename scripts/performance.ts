// SPDX-License-Identifier: MIT
// `npm run performance`: measures, and writes docs/performance.md and the README's table.

import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { format, resolveConfig } from "prettier"
import { repeatableReport } from "../host/commands/bench/bench.ts"
import { projectRoot } from "../toolchain/paths.ts"
import { performancePage, withFigures } from "./performance/performance-page.ts"

const report = await repeatableReport(what => console.log(what))

await write("docs/performance.md", performancePage(report))
const readme = readFileSync(join(projectRoot, "README.md"), "utf8")
await write("README.md", withFigures(readme, report))

async function write(file: string, text: string): Promise<void> {
    const path = join(projectRoot, file)
    const style = await resolveConfig(path)
    writeFileSync(path, await format(text, { ...style, parser: "markdown" }))
}
