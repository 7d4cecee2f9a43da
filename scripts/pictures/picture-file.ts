// SPDX-License-Identifier: MIT
// Where the pictures of the docs are.

import { join } from "node:path"
import { projectRoot } from "../../toolchain/paths.ts"

/** Path of a picture of the docs. */
export function pictureFile(name: string): string {
    return join(projectRoot, "docs", "pictures", name)
}
