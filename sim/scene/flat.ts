// SPDX-License-Identifier: MIT
// A wall of one gray.

import type { Scene } from "./scene.ts"
import { StillScene } from "./still-scene.ts"
import type { Size } from "../../protocol/capture.ts"

/** @param level 0..255 */
export function flatScene(size: Size, level = 128): Scene {
    const luma = new Uint8Array(size.width * size.height).fill(level)
    return new StillScene(`flat:${level}`, size, luma)
}
