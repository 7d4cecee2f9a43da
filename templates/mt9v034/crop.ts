// Where to crop. Arithmetic only, so that a test can call it.

import type { Point, Rectangle, Size } from "camscript"

/** The MT9V034's pixels. */
const FIELD_WIDTH = 752
const FIELD_HEIGHT = 480

/** A window of that size with the point in its middle, moved as far as it must to lie on the field. */
export function windowAround(point: Point, size: Size): Rectangle {
    return {
        x: clamp(point.x - size.width / 2, FIELD_WIDTH - size.width),
        y: clamp(point.y - size.height / 2, FIELD_HEIGHT - size.height),
        width: size.width,
        height: size.height,
    }
}

function clamp(value: number, max: number): number {
    return Math.round(Math.max(0, Math.min(value, max)))
}
