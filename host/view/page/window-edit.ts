// SPDX-License-Identifier: MIT
// Moving and resizing the window on the sensor's field, by pixels of the field. Pure; the camera rounds afterwards.

import type { Size, Rectangle } from "../../../protocol/capture.ts"

/** A smaller one could not be taken hold of any more. */
export const SMALLEST_PX = 16

export const CORNERS = ["nw", "ne", "sw", "se"] as const
export type Corner = (typeof CORNERS)[number]

/** Move it, as far as the field reaches. */
export function moved(
    window: Rectangle,
    dx: number,
    dy: number,
    field: Size
): Rectangle {
    const { x, y, width, height } = window
    return {
        x: clamp(Math.round(x + dx), 0, field.width - width),
        y: clamp(Math.round(y + dy), 0, field.height - height),
        width,
        height,
    }
}

/** Move one corner; the opposite one stays. */
export function resized(
    window: Rectangle,
    corner: Corner,
    { dx, dy, field }: { dx: number; dy: number; field: Size }
): Rectangle {
    const { x, y, width, height } = window
    const horizontal = edge(
        { start: x, end: x + width, limit: field.width },
        corner.endsWith("w"),
        dx
    )
    const vertical = edge(
        { start: y, end: y + height, limit: field.height },
        corner.startsWith("n"),
        dy
    )
    return {
        x: horizontal.start,
        y: vertical.start,
        width: horizontal.end - horizontal.start,
        height: vertical.end - vertical.start,
    }
}

/** A size typed in: the window stays where it is, as far as the field allows. */
export function fitted(window: Rectangle, field: Size): Rectangle {
    const width = clamp(Math.round(window.width), 1, field.width)
    const height = clamp(Math.round(window.height), 1, field.height)
    return moved({ ...window, width, height }, 0, 0, field)
}

interface Extent {
    readonly start: number
    readonly end: number
    readonly limit: number
}

function edge(
    { start, end, limit }: Extent,
    moveStart: boolean,
    by: number
): { readonly start: number; readonly end: number } {
    return moveStart
        ? { start: clamp(Math.round(start + by), 0, end - SMALLEST_PX), end }
        : {
              start,
              end: clamp(Math.round(end + by), start + SMALLEST_PX, limit),
          }
}

function clamp(value: number, min: number, max: number): number {
    return Math.max(min, Math.min(max, value))
}
