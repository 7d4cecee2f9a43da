// SPDX-License-Identifier: MIT
// A folder of images as a film: in the order of their names, at a frame rate, from the start again after the last.

import { readdirSync } from "node:fs"
import { basename, extname, join } from "node:path"
import { UsageError } from "../../protocol/errors.ts"
import { loadField } from "./image.ts"
import type { Field, Scene } from "./scene.ts"
import type { Size } from "../../protocol/capture.ts"

export const FOLDER_FPS = 30

const EXTENSIONS = [".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff"]

class FolderScene implements Scene {
    readonly still: boolean

    constructor(
        readonly name: string,
        private readonly fields: readonly Field[],
        private readonly fps: number
    ) {
        this.still = fields.length === 1
    }

    at(timeNs: number): Field {
        const index = Math.floor((timeNs * this.fps) / 1e9)
        return this.fields[index % this.fields.length]!
    }
}

/**
 * Load all images of a folder (memory: one field each).
 * @param fps images per second
 * @throws UsageError when it has none, or one cannot be read
 */
export async function folderScene(
    path: string,
    size: Size,
    fps = FOLDER_FPS
): Promise<Scene> {
    const names = readdirSync(path)
        .filter(name => EXTENSIONS.includes(extname(name).toLowerCase()))
        // By code points, so that the order is the same in every locale.
        .sort((a, b) => (a < b ? -1 : 1))
    if (names.length === 0)
        throw new UsageError(
            `scene "${path}" is a folder without images: none of its files ends in ${EXTENSIONS.join(", ")}`
        )
    const fields: Field[] = []
    for (const name of names)
        fields.push(await loadField(join(path, name), size))
    return new FolderScene(basename(path), fields, fps)
}
