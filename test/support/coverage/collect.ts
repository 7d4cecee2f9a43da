// SPDX-License-Identifier: MIT
// Set-up of each test file that runs boards: in a run of all tests with CAMSCRIPT_COVERAGE they are counted.

import { COVERAGE_FOLDER } from "./executed.ts"

const folder = process.env[COVERAGE_FOLDER]
if (folder !== undefined) (await import("./sum-boards.ts")).sumBoards(folder)
