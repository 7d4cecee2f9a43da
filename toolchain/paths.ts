// SPDX-License-Identifier: MIT
// Where the project and its caches are.

import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The folder with package.json. */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** Results that can be made again from the sources: compiled C, bytecode. Ignored by git. */
export const cacheFolder = join(projectRoot, ".camscript", "cache")
