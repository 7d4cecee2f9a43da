// SPDX-License-Identifier: MIT
// A scene that never changes.

import type { Field, FieldSize, Scene } from "./scene.ts"

export class StillScene implements Scene {
    readonly still = true
    private readonly field: Field

    /** @param luma width x height bytes, row-major */
    constructor(
        readonly name: string,
        size: FieldSize,
        luma: Uint8Array
    ) {
        this.field = { width: size.width, height: size.height, luma }
    }

    at(_timeNs: number): Field {
        return this.field
    }
}
