// SPDX-License-Identifier: MIT
// What the sensor looks at.

import type { Size } from "../../protocol/capture.ts"

/** Scene luminance on a sensor's field: row-major bytes, 0 = black, 255 = white at the reference exposure. */
export interface Field extends Size {
    readonly luma: Uint8Array
    /** Colours, 3 bytes per pixel, row-major; absent: a gray scene. `luma` is the same field as a gray sensor sees it. */
    readonly rgb?: Uint8Array
}

/** A scene of the size of the sensor's field. Deterministic: the same time gives the same field. */
export interface Scene {
    readonly name: string
    /** True when every frame is the same: models may then keep what they computed. */
    readonly still: boolean
    /** The field at a time, ns. The array may be reused by the next call of a scene that is not still. */
    at(timeNs: number): Field
}
