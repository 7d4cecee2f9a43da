// Kernels of the programs in this folder.
import { Frame, List, Words } from "camscript/kernel"
export { brightest } from "camscript/vision/brightest.kernel"

/** A row's first and last pixel. */
export class Ends {
    y: u16 = 0
    first: u8 = 0
    last: u8 = 0
    equal: bool = false
}

/**
 * Every so many rows.
 *
 * @param step rows
 */
export function ends(frame: Frame, step: i32, found: List<Ends>): void {
    found.clear()
    for (let y = 0; y < frame.height; y += step) {
        if (!found.hasPlace()) continue
        const row = frame.row(y)
        const one = found.add()
        one.y = <u16>y
        one.first = <u8>row[0]
        one.last = <u8>row[frame.width - 1]
        one.equal = one.first == one.last
    }
}

/** Sums of the columns. */
export function columns(frame: Frame, sums: Words): void {
    for (let x = 0; x < frame.width; x++) sums[x] = 0
    for (let y = 0; y < frame.height; y++) {
        const row = frame.row(y)
        for (let x = 0; x < frame.width; x++) sums[x] = sums[x] + row[x]
    }
}

export function scaledMean(frame: Frame, scale: f32, invert: bool): f32 {
    let sum: u32 = 0
    for (let y = 0; y < frame.height; y++)
        for (let x = 0; x < frame.width; x++) sum += frame.row(y)[x]
    const mean = (<f32>sum / <f32>(frame.width * frame.height)) * scale
    return invert ? -mean : mean
}

/** Writes into the frame itself. */
export function fill(frame: Frame, level: i32): void {
    for (let y = 0; y < frame.height; y++)
        for (let x = 0; x < frame.width; x++) frame.row(y)[x] = level
}

export function past(frame: Frame, row: i32): i32 {
    return frame.row(row)[0]
}

export function endless(frame: Frame): void {
    while (frame.width > 0) frame.row(0)[0] = 1
}
