// SPDX-License-Identifier: MIT
import { Frame, List, records, words } from "camscript/kernel"

/** A connected group of bright pixels; neighbours are also those at the corners. */
export class Blob {
    /** Pixels. */
    area: i32 = 0
    /** Centroid, 1/16 pixel. */
    x: i32 = 0
    y: i32 = 0
    /** The box around it, its last column and row included. */
    left: u16 = 0
    top: u16 = 0
    right: u16 = 0
    bottom: u16 = 0
}

/** Bright pixels side by side. */
class Run {
    start: i32 = 0
    /** The first pixel after it. */
    end: i32 = 0
    label: i32 = 0
}

/** Sums of what has one label. */
class Group {
    area: i32 = 0
    sumX: i32 = 0
    sumY: i32 = 0
    left: i32 = 0
    top: i32 = 0
    /** The first column after it. */
    right: i32 = 0
    bottom: i32 = 0
}

/** Runs of one row, and labels of one frame: what has no place is counted in `left` of the list. */
const RUNS = 128
const LABELS = 256

const evenRuns = records<Run>(RUNS)
const oddRuns = records<Run>(RUNS)
const groups = records<Group>(LABELS)
/** The label that a label was joined to; a root's is its own. */
const parents = words(LABELS)

function rootOf(label: i32): i32 {
    while (parents[label] != label) {
        parents[label] = parents[parents[label]]
        label = parents[label]
    }
    return label
}

/** Both labels mean one group from now on: the lower one. */
function join(a: i32, b: i32): i32 {
    const rootA = rootOf(a)
    const rootB = rootOf(b)
    const low = min(rootA, rootB)
    parents[max(rootA, rootB)] = low
    return low
}

function begin(label: i32, x: i32, y: i32): void {
    parents[label] = label
    const group = groups[label]
    group.area = 0
    group.sumX = 0
    group.sumY = 0
    group.left = x
    group.top = y
    group.right = x
    group.bottom = y
}

function addRun(label: i32, start: i32, end: i32, y: i32): void {
    const group = groups[label]
    const length = end - start
    group.area += length
    // Of neighbouring numbers: the product is even.
    group.sumX += ((start + end - 1) * length) / 2
    group.sumY += y * length
    group.left = min(group.left, start)
    group.right = max(group.right, end)
    group.bottom = y
}

function merge(from: Group, into: Group): void {
    into.area += from.area
    into.sumX += from.sumX
    into.sumY += from.sumY
    into.left = min(into.left, from.left)
    into.top = min(into.top, from.top)
    into.right = max(into.right, from.right)
    into.bottom = max(into.bottom, from.bottom)
}

/** sum / area in 1/16. In two steps: 16 times the sum of a large blob has more than 32 bits. */
function sixteenths(sum: i32, area: i32): i32 {
    return (sum / area) * 16 + ((sum % area) * 16) / area
}

/**
 * Connected groups of pixels above a threshold, in the order of their first pixels. One pass over the frame; 128 runs in a row and 256 beginnings
 * of groups in a frame have a place, what is more is left out and counted in `left`.
 *
 * @param threshold gray level 0..255
 * @param minArea pixels; smaller groups are left out, and not counted
 */
export function blobs(
    frame: Frame,
    threshold: i32,
    minArea: i32,
    found: List<Blob>
): void {
    const width = frame.width
    const height = frame.height
    let labels = 0
    let above = evenRuns
    let aboveCount = 0
    let runs = oddRuns
    found.clear()
    for (let y = 0; y < height; y++) {
        const row = frame.row(y)
        let runCount = 0
        let candidate = 0
        let x = 0
        while (true) {
            // Dark pixels are most of the picture: a loop of their own.
            while (x < width && row[x] <= threshold) x++
            if (x >= width) break
            const start = x
            while (x < width && row[x] > threshold) x++
            if (runCount == RUNS) {
                found.left += 1
                continue
            }
            while (candidate < aboveCount && above[candidate].end < start)
                candidate++
            let label = -1
            for (let i = candidate; i < aboveCount; i++) {
                if (above[i].start > x) break
                if (label < 0) label = rootOf(above[i].label)
                else label = join(label, above[i].label)
            }
            if (label < 0) {
                if (labels == LABELS) {
                    found.left += 1
                    continue
                }
                label = labels++
                begin(label, start, y)
            }
            const run = runs[runCount++]
            run.start = start
            run.end = x
            run.label = label
            addRun(label, start, x, y)
        }
        const free = above
        above = runs
        aboveCount = runCount
        runs = free
    }
    for (let label = 0; label < labels; label++) {
        const root = rootOf(label)
        if (root != label) merge(groups[label], groups[root])
    }
    for (let label = 0; label < labels; label++) {
        const group = groups[label]
        if (parents[label] != label || group.area < minArea) continue
        if (!found.hasPlace()) continue
        const blob = found.add()
        blob.area = group.area
        blob.x = sixteenths(group.sumX, group.area)
        blob.y = sixteenths(group.sumY, group.area)
        blob.left = <u16>group.left
        blob.top = <u16>group.top
        blob.right = <u16>(group.right - 1)
        blob.bottom = <u16>group.bottom
    }
}
