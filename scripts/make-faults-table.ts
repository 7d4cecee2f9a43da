// SPDX-License-Identifier: MIT
// Writes the matrix of docs/faults.md from runs of every fault on every way to capture: `npm run faults-table`.

import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import {
    BEGIN,
    END,
    tableText,
} from "../test/support/faults/fault-table-text.ts"
import { matrixRows } from "../test/support/faults/matrix.ts"
import { projectRoot } from "../toolchain/paths.ts"

const file = join(projectRoot, "docs/faults.md")
const text = readFileSync(file, "utf8")
const from = text.indexOf(BEGIN)
const to = text.indexOf(END)
if (from < 0 || to < from)
    throw new Error(`${file} has no lines "${BEGIN}" and "${END}"`)
const table = tableText(await matrixRows())
writeFileSync(file, text.slice(0, from) + table + text.slice(to + END.length))
