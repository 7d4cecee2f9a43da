// SPDX-License-Identifier: MIT
// Saves what an LCD shows.

import { writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { UsageError } from "../../../protocol/errors.ts"
import type { LcdImage } from "../../../sim/displays/lcd-controller.ts"
import { displayFile } from "../../images/frame-image.ts"
import { makeFolder } from "../../make-folder.ts"

/**
 * Write a PNG; its folder is made when it is missing.
 * @throws UsageError when it cannot be written
 */
export async function saveLcdImage(
    file: string,
    image: LcdImage
): Promise<void> {
    const png = await displayFile(image)
    try {
        makeFolder(dirname(resolve(file)))
        writeFileSync(file, png)
    } catch (error) {
        throw new UsageError(
            `--lcd-image ${file} cannot be written: ${(error as Error).message}`
        )
    }
}
