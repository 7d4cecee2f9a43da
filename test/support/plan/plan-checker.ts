// SPDX-License-Identifier: MIT
// Which limits of sensor, DCMI, DMA and memory a plan breaks: written from the sheets, apart from the planner.

import type { BoardLimits } from "../../../src/plan/memory.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { CapturePlan } from "../../../src/plan/types.ts"

export interface Given {
    readonly request: CaptureRequest
    /** "MT9V034" or "OV2640". */
    readonly sensor: string
    readonly board: BoardLimits
}

const LINE = 1
const JPEG = 5

/** Of the MT9V034 by the binning of columns: register 0x05. */
const HBLANK_MIN: Readonly<Record<number, number>> = { 1: 61, 2: 71, 4: 91 }

/** Collects what does not hold. */
class Findings {
    readonly broken: string[] = []

    holds(what: string, condition: boolean): void {
        if (!condition) this.broken.push(what)
    }

    within(what: string, value: number, min: number, max: number): void {
        this.holds(
            `${what} = ${value} in ${min}..${max}`,
            value >= min && value <= max
        )
    }
}

/** @returns what does not hold; empty for a good plan */
export function brokenLimits(plan: CapturePlan, given: Given): string[] {
    const findings = new Findings()
    if (given.sensor === "MT9V034") checkMt9v034(plan, given, findings)
    else checkOv2640(plan, given, findings)
    checkWindows(plan, given, findings)
    checkWires(plan, findings)
    checkMemory(plan, given, findings)
    return findings.broken
}

/** MT9V034 data sheet Rev. 7, tables 4 to 6, registers 0x01 to 0x06. */
function checkMt9v034(
    plan: CapturePlan,
    given: Given,
    findings: Findings
): void {
    const { x, y, width, height } = plan.sensorWindow
    const { hblankPclk, vblankRows, fps } = plan.timing
    const binning = given.request.binning || 1
    const rows = height / binning
    findings.within("COLUMN_START", x + 1, 1, 752)
    findings.within("ROW_START", y + 4, 4, 482)
    findings.within("WINDOW_WIDTH", width, 1, 752)
    findings.within("WINDOW_HEIGHT", height, 1, 480)
    findings.within("last column", x + width, 1, 752)
    findings.within("last row", y + height, 1, 480)
    findings.holds("binning", plan.binning === binning)
    findings.holds(
        "whole groups",
        [x, y, width, height].every(px => px % binning === 0)
    )
    findings.within(
        "HORIZONTAL_BLANKING",
        hblankPclk,
        HBLANK_MIN[binning]!,
        1023
    )
    findings.within("row", width + hblankPclk, 704, 752 + 1023)
    findings.within("VERTICAL_BLANKING", vblankRows, 4, 3000)
    findings.holds(
        "frame rate as in table 5",
        Math.abs(
            fps * ((rows + vblankRows) * (width + hblankPclk) + 4) -
                given.board.xclkHz
        ) < 1
    )
    findings.within(
        "exposure",
        plan.timing.exposureMaxRows,
        1,
        rows + vblankRows - 3
    )
    findings.holds("gray8", plan.format === 1)
    findings.holds(
        "not scaled, but binned",
        plan.busWidthPx === width / binning && plan.busHeightPx === rows
    )
    if (given.request.fps && given.request.timing === undefined)
        checkNearest(plan, given, findings)
}

/** A wanted frame rate is met to 1 %, or the rate is at the end of what blanking can do. */
function checkNearest(
    plan: CapturePlan,
    given: Given,
    findings: Findings
): void {
    const wanted = given.request.fps!
    const { fps, hblankPclk, vblankRows, rowPclk } = plan.timing
    const { width } = plan.sensorWindow
    const least = width + HBLANK_MIN[plan.binning]!
    const shortest = vblankRows === 4 && rowPclk === Math.max(704, least)
    const longest = vblankRows === 3000 && hblankPclk === 1023
    const near = Math.abs(fps / wanted - 1) < 0.01
    findings.holds(
        `${fps} fps for ${wanted}`,
        near || (shortest && wanted > fps) || (longest && wanted < fps)
    )
}

/** OV2640 data sheet v1.6: DSP registers 0x51 to 0x5C, and what the port carries. */
function checkOv2640(
    plan: CapturePlan,
    given: Given,
    findings: Findings
): void {
    const { x, y, width, height } = plan.sensorWindow
    findings.within("XVCLK", given.board.xclkHz, 6e6, 24e6)
    findings.within("last column", x + width, 1, 1600)
    findings.within("last row", y + height, 1, 1200)
    findings.within("OUTW", plan.busWidthPx, 40, width)
    findings.within("OUTH", plan.busHeightPx, 32, height)
    findings.holds("OUTW in fours", plan.busWidthPx % 4 === 0)
    findings.holds("OUTH in fours", plan.busHeightPx % 4 === 0)
    findings.holds("HSIZE in fours", width % 4 === 0)
    findings.holds("VSIZE in fours", height % 4 === 0)
    findings.within("fps", plan.timing.fps, 0.001, 61)
    if (plan.strategy !== JPEG)
        findings.holds(
            "bytes of a frame within the port's 54 MHz",
            plan.busBytes * plan.timing.fps <= 54e6
        )
}

/** What arrives is what was asked for, but for the rounding that is documented. */
function checkWindows(
    plan: CapturePlan,
    given: Given,
    findings: Findings
): void {
    const { window, sensorWindow: read } = plan
    const field = given.sensor === "MT9V034" ? [752, 480] : [1600, 1200]
    const asked = given.request.window ?? {
        width: field[0]!,
        height: field[1]!,
    }
    findings.holds(
        "the sensor reads the window",
        read.x <= window.x &&
            read.y <= window.y &&
            read.x + read.width >= window.x + window.width &&
            read.y + read.height >= window.y + window.height
    )
    const { size } = given.request
    const binning = given.request.binning || 1
    const scaled =
        size !== undefined &&
        (size.width !== 0 || size.height !== 0) &&
        (size.width !== Math.floor(asked.width / binning) ||
            size.height !== Math.floor(asked.height / binning))
    if (scaled) {
        // 0 leaves one side as it is.
        if (size.width > 0)
            checkSide("frame's width", plan.widthPx, size.width, findings)
        if (size.height > 0)
            checkSide("frame's height", plan.heightPx, size.height, findings)
    }
    if (scaled || plan.strategy === JPEG) return
    const width = Math.floor(asked.width)
    const bytes = plan.lineBytes / plan.widthPx
    const word = (4 / bytes) * binning
    findings.within(
        "width",
        window.width,
        Math.min(width - word + 1, word),
        Math.max(width, word)
    )
    findings.holds("width near", Math.abs(window.width - width) < word)
    const height = Math.floor(asked.height)
    findings.holds(
        "height",
        window.height ===
            Math.max(binning, Math.floor(height / binning) * binning)
    )
    findings.holds(
        "one pixel for each group",
        window.width === plan.widthPx * binning &&
            window.height === plan.heightPx * binning
    )
    // One word at the right edge moves left, and pairs and groups of pixels stay together.
    if (asked.x !== undefined)
        findings.within(
            "x",
            window.x,
            Math.floor(asked.x) - Math.max(3, word - 1),
            Math.floor(asked.x)
        )
    if (asked.y !== undefined)
        findings.within(
            "y",
            window.y,
            Math.floor(asked.y) - binning + 1,
            Math.floor(asked.y)
        )
    findings.holds("pairs", plan.format !== 3 || window.x % 2 === 0)
}

/** Down to a multiple of four, at least four. */
function checkSide(
    what: string,
    got: number,
    wanted: number,
    findings: Findings
): void {
    findings.holds(what, got === Math.max(4, Math.floor(wanted / 4) * 4))
}

/** RM0090 15.5.5, 15.8.9, 15.8.10 (crop), 10.5.6 (NDTR). */
function checkWires(plan: CapturePlan, findings: Findings): void {
    const bytes = plan.strategy === JPEG ? 0 : plan.lineBytes / plan.widthPx
    const busRow = plan.busWidthPx * bytes
    findings.holds(
        "bytes on the bus",
        plan.busBytes === busRow * plan.busHeightPx
    )
    findings.within("NDTR", plan.transferWords, 1, 65_535)
    findings.holds("whole words", plan.transferWords % 1 === 0)
    if (plan.strategy === LINE) {
        findings.holds(
            "one transfer for each row",
            plan.transfers === plan.busHeightPx
        )
        findings.within(
            "wanted columns in each",
            plan.skipBytes + plan.lineBytes,
            4,
            plan.transferWords * 4
        )
        findings.within("LINE_SKIP_BYTES", plan.skipBytes, 0, 3)
        findings.within(
            "end of the rows",
            plan.skipRows + plan.lines,
            1,
            plan.busHeightPx
        )
        checkRowCrop(plan, busRow, findings)
        return
    }
    findings.holds(
        "transfers",
        plan.transfers * plan.transferWords * 4 === plan.frameBytes
    )
    checkCrop(plan, busRow, findings)
}

/** Strategy line: all rows, each from a word on to its end, where a clock that is lost is missed. */
function checkRowCrop(
    plan: CapturePlan,
    busRow: number,
    findings: Findings
): void {
    const dropped = busRow - plan.transferWords * 4
    if (!plan.crop) {
        findings.holds("whole rows", dropped === 0)
        return
    }
    findings.holds("columns to drop", dropped > 0 && dropped % 4 === 0)
    findings.holds("CWSTRT", plan.cwstrt === dropped)
    findings.holds(
        "CWSIZE",
        plan.cwsize ===
            (((plan.busHeightPx - 1) << 16) | (plan.transferWords * 4 - 1))
    )
}

function checkCrop(
    plan: CapturePlan,
    busRow: number,
    findings: Findings
): void {
    if (!plan.crop) {
        const whole =
            plan.busWidthPx === plan.widthPx &&
            plan.busHeightPx === plan.heightPx
        findings.holds("nothing to drop", whole)
        return
    }
    const hoffcnt = plan.cwstrt & 0x3fff
    const vst = (plan.cwstrt >> 16) & 0x1fff
    const capcnt = plan.cwsize & 0x3fff
    const vline = (plan.cwsize >> 16) & 0x3fff
    findings.holds("no crop of a JPEG", plan.strategy !== JPEG)
    findings.holds("CAPCNT", capcnt + 1 === plan.lineBytes)
    findings.holds("VLINE", vline + 1 === plan.lines)
    findings.within("end of the crop", hoffcnt + capcnt + 1, 4, busRow)
    findings.within(
        "last row of the crop",
        vst + vline + 1,
        1,
        plan.busHeightPx
    )
}

function checkMemory(
    plan: CapturePlan,
    given: Given,
    findings: Findings
): void {
    const { frameMemoryBytes } = given.board
    const { ramBytes, buffers, batchRows } = given.request
    const all = plan.buffers * plan.bufferBytes
    const rowBuffers = plan.strategy === LINE ? 8 * plan.transferWords : 0
    findings.within("MODE_LINE_BYTES", plan.lineBytes, 4, 16_383)
    findings.within("MODE_LINES", plan.lines, 1, 16_383)
    findings.holds("lines of whole words", plan.lineBytes % 4 === 0)
    findings.holds("frame", plan.frameBytes === plan.lineBytes * plan.lines)
    findings.within(
        "buffers",
        plan.buffers,
        1,
        buffers! >= 1 ? Math.min(4, buffers!) : 2
    )
    findings.within("RAM", all + rowBuffers, 4, frameMemoryBytes)
    if (ramBytes !== undefined) findings.within("budget", all, 4, ramBytes)
    const rows =
        plan.strategy === LINE && batchRows! >= 1 ? plan.batchRows : plan.lines
    findings.holds("buffer", plan.bufferBytes === plan.lineBytes * rows)
    findings.within("LINE_BATCH_ROWS", plan.batchRows, 0, 255)
}
