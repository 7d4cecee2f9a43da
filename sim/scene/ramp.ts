// SPDX-License-Identifier: MIT
// A gray ramp from black at the left edge to white at the right one.

import type { Scene } from "./scene.ts"
import { StillScene } from "./still-scene.ts"
import type { Size } from "../../protocol/capture.ts"

export function rampScene(size: Size): Scene {
    const { width, height } = size
    const row = Uint8Array.from({ length: width }, (_, x) =>
        Math.round((255 * x) / Math.max(1, width - 1))
    )
    const luma = new Uint8Array(width * height)
    for (let y = 0; y < height; y++) luma.set(row, y * width)
    return new StillScene("ramp", size, luma)
}
