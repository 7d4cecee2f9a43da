// SPDX-License-Identifier: MIT
// What a plan costs the CPU, and how long a frame takes to the program: an estimate from counted instructions. Pure.
// docs/planner.md says how they were counted, and what the estimate leaves out.

import { CropLimit } from "./crop"
import type { Rectangle } from "../../protocol/capture"
import { PixelFormat, Strategy } from "../../protocol/capture"
import type { CapturePlan } from "./types"

/** Instructions of our interrupt handlers, counted on an emulated Cortex-M4 (gcc 12, -O2). */
export enum Instructions {
    /** End of a frame: DMA flags with errors 21, DCMI flags 12. */
    FRAME = 33,
    /** VSYNC behind a crop window: DCMI flags. */
    VSYNC = 12,
    /** End of one DMA transfer of several: the next addresses. */
    TRANSFER = 17,
    /** From the notification to the end of a short handler in the VM: it is bytecode. */
    NOTIFICATION = 50000,
}

/** Cycles that are no instructions (Cortex-M4 TRM, exceptions: 12 in, 10 out with memory that does not wait). */
const ENTRY_AND_EXIT_CYCLES = 22

/** One word copied by LDM and STM of eight: 55 words take 33 instructions and 2 x 55 cycles of loads and stores. */
const COPY_CYCLES_PER_WORD = 2.6

/** One word from an address that is no multiple of 4: single loads of 2 cycles each, and STM of eight. */
const COPY_UNALIGNED_CYCLES_PER_WORD = 3.5

/** What a plan costs. */
export interface CaptureCost {
    readonly irqsPerSecond: number
    /** Share of the CPU's cycles that DCMI and DMA interrupts take, 0..1 and more: at one cycle for each instruction. */
    readonly cpuShare: number
    /** From the last wanted pixel on the bus to the program's handler, µs; undefined: it depends on the image. */
    readonly latencyUs: number | undefined
}

/**
 * Estimate what a plan costs.
 *
 * @param clocks of the board, Hz
 */
export function captureCost(
    plan: CapturePlan,
    clocks: { readonly hclkHz: number; readonly xclkHz: number }
): CaptureCost {
    const copy = copyCycles(plan)
    const entries = plan.irqs * ENTRY_AND_EXIT_CYCLES
    const vsync = plan.crop && plan.transfers === 1 ? Instructions.VSYNC : 0
    const transfers =
        plan.transfers > 1 ? plan.transfers * Instructions.TRANSFER : 0
    const cyclesPerFrame =
        Instructions.FRAME +
        vsync +
        transfers +
        copiedRows(plan) * copy +
        entries
    const last =
        ENTRY_AND_EXIT_CYCLES + Instructions.FRAME + Instructions.NOTIFICATION
    return {
        irqsPerSecond: plan.irqs * plan.timing.fps,
        cpuShare: (cyclesPerFrame * plan.timing.fps) / clocks.hclkHz,
        latencyUs:
            plan.strategy === Strategy.JPEG
                ? undefined
                : (waitPclk(plan) * 1e6) / clocks.xclkHz +
                  ((last + copy) * 1e6) / clocks.hclkHz,
    }
}

/** Wanted rows that the CPU copies; the others the DMA puts where they belong (native/capture/rows/capture_rows.c). */
function copiedRows(plan: CapturePlan): number {
    if (plan.strategy !== Strategy.LINE) return 0
    const { display, lineBytes, lines } = plan
    if (plan.batchRows > 0 || plan.skipBytes > 0) return lines
    if (display && plan.format === PixelFormat.GRAY8) return lines
    const behind = CropLimit.WORD_BYTES * plan.transferWords - lineBytes
    if (display && behind > 0) return lines
    return Math.min(lines, Math.ceil(behind / lineBytes))
}

/** Cycles to copy one row. */
function copyCycles(plan: CapturePlan): number {
    if (copiedRows(plan) === 0) return 0
    const cycles =
        plan.skipBytes > 0
            ? COPY_UNALIGNED_CYCLES_PER_WORD
            : COPY_CYCLES_PER_WORD
    return (plan.lineBytes / CropLimit.WORD_BYTES) * cycles
}

/** With several transfers VSYNC ends a frame, when the sensor has sent all its rows, also those that nobody wants. */
function waitPclk(plan: CapturePlan): number {
    if (plan.transfers === 1 && plan.strategy !== Strategy.LINE) return 0
    const { rowPclk, hblankPclk } = plan.timing
    const { window, sensorWindow: read } = plan
    const activePclk = rowPclk - hblankPclk
    const rows = (rowsBelow(window, read) * plan.busHeightPx) / read.height
    const columns = read.x + read.width - window.x - window.width
    return rows * rowPclk + (columns * activePclk) / read.width
}

function rowsBelow(window: Rectangle, read: Rectangle): number {
    return read.y + read.height - window.y - window.height
}
