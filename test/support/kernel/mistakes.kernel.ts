// Kernels with one mistake each.
import { Frame, List, Words, bytes } from "camscript/kernel"

const seen = bytes(16)

class Place {
    x: i32 = 0
}

export function pastFrame(frame: Frame, row: i32): i32 {
    const pixels = frame.row(row)
    return pixels[frame.width - 1]
}

export function writesPastFrame(frame: Frame): void {
    const last = frame.row(frame.height - 1)
    last[frame.width] = 7
}

export function ownMemory(frame: Frame, index: i32): void {
    seen[index] = frame.width
}

export function farAway(frame: Frame, offset: i32): i32 {
    return frame.row(0).from(offset)[0]
}

export function outputTooSmall(frame: Frame, line: Words): void {
    for (let x = 0; x < frame.width; x++) line[x] = x
}

export function addsForever(frame: Frame, places: List<Place>): void {
    for (let x = 0; x < frame.width; x++) places.add().x = x
}

export function endless(frame: Frame): i32 {
    let n = 0
    while (frame.width > 0) n++
    return n
}

export function divides(frame: Frame, divisor: i32): i32 {
    return frame.width / divisor
}

export function divisionTooLarge(frame: Frame, divisor: i32): i32 {
    return (i32.MIN_VALUE + frame.height - frame.height) / divisor
}

export function throws(frame: Frame): i32 {
    if (frame.width > 3) throw new Error("too wide")
    return 1
}
