// SPDX-License-Identifier: MIT
// A scene that never changes.

import type { Field, Scene } from "./scene.ts"
import type { Size } from "../../protocol/capture.ts"

export class StillScene implements Scene {
    readonly still = true
    private readonly field: Field

    /**
     * @param luma width x height bytes, row-major
     * @param rgb 3 bytes per pixel; left out for a gray scene
     */
    constructor(
        readonly name: string,
        { width, height }: Size,
        luma: Uint8Array,
        rgb?: Uint8Array
    ) {
        this.field = { width, height, luma, rgb }
    }

    at(_timeNs: number): Field {
        return this.field
    }
}
