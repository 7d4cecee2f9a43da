// Kernels that use each view of "camscript/kernel" once.
import {
    Bytes,
    Frame,
    Ints,
    List,
    Row,
    Words,
    above,
    halfSum,
    ints,
    records,
    sumOfDifferences,
} from "camscript/kernel"

/** What a picture has. */
export class Extent {
    /** Gray levels. */
    least: u8 = 0
    most: u8 = 0
    /** Of the pixels, above the threshold. */
    share: f32 = 0
    negative: i16 = 0
    any: bool = false
}

export class Ends {
    y: u16 = 0
    first: u8 = 0
    last: u8 = 0
}

/**
 * Gray levels of a picture.
 *
 * @param threshold gray level
 *     0..255
 */
export function extent(frame: Frame, threshold: i32, found: Extent): void {
    let least = 255
    let most = 0
    let count = 0
    for (let y = 0; y < frame.height; y++) {
        const row = frame.row(y)
        for (let x = 0; x < frame.width; x++) {
            least = min(least, row[x])
            most = max(most, row[x])
            if (row[x] > threshold) count++
        }
    }
    found.least = <u8>least
    found.most = <u8>most
    found.share = <f32>count / <f32>(frame.width * frame.height)
    found.negative = <i16>-threshold
    found.any = count > 0
}

export function ends(frame: Frame, found: List<Ends>): void {
    found.clear()
    for (let y = 0; y < frame.height; y++) {
        if (!found.hasPlace()) continue
        const one = found.add()
        one.y = <u16>y
        one.first = <u8>frame.row(y)[0]
        one.last = <u8>frame.row(y)[frame.width - 1]
    }
}

export function bytesOf(frame: Frame, out: Bytes): void {
    for (let x = 0; x < frame.width; x++) out[x] = -x
}

export function wordsOf(frame: Frame, out: Words): void {
    for (let x = 0; x < frame.width; x++) out[x] = -x
}

export function intsOf(frame: Frame, out: Ints): void {
    for (let x = 0; x < frame.width; x++) out[x] = -x
}

export function mean(frame: Frame): f32 {
    return <f32>total(frame) / <f32>(frame.width * frame.height)
}

export function total(frame: Frame): u32 {
    let sum = 0
    for (let y = 0; y < frame.height; y++)
        for (let x = 0; x < frame.width; x++) sum += frame.row(y)[x]
    return sum
}

export function copy(frame: Frame, out: Frame): void {
    for (let y = 0; y < frame.height; y++)
        for (let x = 0; x < frame.width; x++) out.row(y)[x] = frame.row(y)[x]
}

class Counter {
    calls: i32 = 0
}

const counters = records<Counter>(1)

export function count(frame: Frame): i32 {
    counters[0].calls += frame.height
    return counters[0].calls
}

const sums = ints(8)

export function columns(row: Row, out: Ints): void {
    for (let x = 0; x < row.width; x++) {
        sums[x] = (row.first ? 0 : sums[x]) + row.pixels[x]
        if (row.last) out[x] = sums[x]
    }
}

export function differences(frame: Frame, sum: i32): i32 {
    return sumOfDifferences(frame.row(0).four(0), frame.row(1).four(0), sum)
}

export function aboveEach(frame: Frame, out: Bytes): void {
    out.setFour(0, above(frame.row(0).four(0), frame.row(1).four(0)))
}

export function halves(frame: Frame, out: Bytes): void {
    out.setFour(0, halfSum(frame.row(0).four(0), frame.row(1).four(0)))
}
