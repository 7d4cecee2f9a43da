// SPDX-License-Identifier: MIT
// The budget of a firmware as a person reads it.

import type { Colors } from "picocolors/types.js"
import type { BuildReport } from "./build-report.ts"

const OWNERS: Readonly<Record<string, string>> = {
    vectors: "interrupt vectors",
    vm: "DeviceScript VM",
    c: "C code",
    library: "C library",
    program: "program in slot A",
    nativeStack: "stack",
    nativeData: "C data",
    vmNativeStack: "VM C stack",
    vmStack: "VM stack",
    vmData: "VM data",
    vmHeap: "VM heap",
    gcHeap: "GC heap",
    frameBuffers: "frame buffers",
    free: "free",
}

const LABEL_WIDTH = 20
const NUMBER_WIDTH = 11

/** Lines for the terminal. */
export function buildTable(report: BuildReport, colours: Colors): string[] {
    const { flash, ram, stack, frames } = report
    const side = report.largestTwoBufferSquare
    return [
        `  ${colours.bold(report.board)}`,
        "",
        ...budgetLines("flash", flash, colours),
        note(
            `firmware ${number(flash.firmware.bytes)} of ${number(flash.firmware.limit)} below the slots, ` +
                `program ${number(flash.slot.bytes)} of ${number(flash.slot.limit)} in its slot, gaps included`
        ),
        "",
        ...budgetLines("RAM", ram, colours),
        note(
            `C data holds ${number(ram.nativeDataUsed)}; ${frames.buffers} frame ` +
                `${frames.buffers === 1 ? "buffer" : "buffers"} in ${number(ram.frameMemory)} of frame memory`
        ),
        note(
            `stack: ${number(stack.used)} at worst: C ${stack.aboveVm} + C for the VM ${stack.belowVm} ` +
                `+ interrupts ${stack.interrupts} + guard ${stack.guard}; ` +
                `VM C stack: ${number(stack.vm.used)}: VM ${stack.vm.share} + gate ${stack.vm.gate}`
        ),
        note(
            side === 0
                ? "two frame buffers fit for no window"
                : `two frame buffers fit up to ${side}x${side}`
        ),
        "",
        ...report.files.map(file => `  ${file}`),
    ]
}

function budgetLines(
    title: string,
    budget: BuildReport["flash"] | BuildReport["ram"],
    colours: Colors
): string[] {
    const owners = Object.entries(budget.byOwner).map(
        ([owner, bytes]) =>
            `    ${OWNERS[owner]!.padEnd(LABEL_WIDTH)}${number(bytes).padStart(NUMBER_WIDTH)}`
    )
    const total = `${number(budget.used)} of ${number(budget.limit)} bytes`
    return [`  ${title}: ${colours.bold(total)}`, ...owners]
}

function note(text: string): string {
    return `    ${text}`
}

/** 131072 as 131,072. */
function number(value: number): string {
    return value.toLocaleString("en-US")
}
