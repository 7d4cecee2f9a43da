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
        Instructions.FRAME + vsync + transfers + plan.lines * copy + entries
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

/** Cycles to copy one wanted row: into a batch, or gray into colours of a display. Other rows the DMA puts where they belong. */
function copyCycles(plan: CapturePlan): number {
    const coloured = plan.display && plan.format === PixelFormat.GRAY8
    if (plan.batchRows === 0 && !coloured) return 0
    return (plan.lineBytes / CropLimit.WORD_BYTES) * COPY_CYCLES_PER_WORD
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
