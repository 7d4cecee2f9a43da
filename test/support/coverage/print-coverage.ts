// SPDX-License-Identifier: MIT
// Prints what the emulated boards of a run of tests executed. Its argument is the folder in which the tests have left their counts.

import { coverageText } from "./coverage-text.ts"

const folder = process.argv[2]
if (folder === undefined) {
    console.error("usage: tsx print-coverage.ts FOLDER")
    process.exitCode = 2
} else console.log(await coverageText(folder))
