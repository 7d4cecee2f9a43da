// SPDX-License-Identifier: MIT
// Where the images of the docs are.

import { join } from "node:path"
import { projectRoot } from "../../toolchain/paths.ts"

/** Path of an image of the docs. */
export function imageFile(name: string): string {
    return join(projectRoot, "docs", "images", name)
}
