// SPDX-License-Identifier: MIT
// What the VM prints about an exception or a panic, turned into one error in the words of the program.

import { ProgramError } from "../../protocol/errors.ts"
import { sourceLocation } from "../../toolchain/devicescript/program.ts"
import type { Program } from "../../toolchain/devicescript/program.ts"

/** Classes by which a driver or the camera refuses a request: the message says it all. */
const REFUSALS = new Set([
    "SensorError",
    "CaptureError",
    "DriverError",
    "PlanError",
])

const PANIC_INFINITE_LOOP = 60001
const PANIC_OUT_OF_MEMORY = 60004
const PANIC_UNHANDLED_EXCEPTION = 60005
const PANIC_STACK_OVERFLOW = 60006

const PANIC_KINDS: ReadonlyMap<number, ProgramError["kind"]> = new Map([
    [PANIC_INFINITE_LOOP, "endless-loop"],
    [PANIC_OUT_OF_MEMORY, "out-of-memory"],
])

/** Frames shown: a recursion that ran over has thirty equal ones. */
const FRAMES_SHOWN = 8

/** A line `*  at inner_F2 (pc:22)` or `!  at inner_F2 (pc:22)`. */
const STACK_LINE = /^[*!] {2}at (\w*)_F(\d+) \(pc:(\d+)\)/

export interface Panic {
    readonly program: Program
    readonly code: number
    readonly gcHeapBytes: number
    /** What the VM printed since the last instant, in order; lines of the program's own console left out. */
    readonly lines: readonly string[]
    /** The exception's whole message, where it can be had: the VM's lines are cut after 298 bytes. */
    readonly message: string | undefined
}

/** Say in one paragraph why the program stopped, with the lines of the program that led there. */
export function programError(panic: Panic): ProgramError {
    if (panic.code === PANIC_UNHANDLED_EXCEPTION) return exceptionError(panic)
    const stack = stackOf(panic, panic.lines)
    return new ProgramError(
        `${panic.program.name}: ${panicText(panic)}${stack}`,
        false,
        PANIC_KINDS.get(panic.code) ?? "panic"
    )
}

/** The VM complained with a line that starts with "!", and goes on. */
export function complaintError(program: Program, line: string): ProgramError {
    return new ProgramError(
        `${program.name}: the DeviceScript VM reports "${line.replace(/^! */, "")}".`
    )
}

/** The VM itself stopped: an assertion, or a trap of WebAssembly. */
export function vmError(
    program: Program,
    reason: string,
    lines: readonly string[]
): ProgramError {
    const last = lines.at(-1)
    const said = last === undefined ? "" : `; its last words: "${last}"`
    return new ProgramError(
        `${program.name}: the DeviceScript VM broke down: ${reason}${said}.`
    )
}

function exceptionError(panic: Panic): ProgramError {
    const { program, lines } = panic
    // A program may print other exceptions before (Error.print), so the last one counts.
    const start = lines.findLastIndex(line => line.startsWith("* Exception: "))
    const name =
        start < 0 ? "exception" : lines[start]!.slice("* Exception: ".length)
    const printed = /^\* {2}message: (.*)$/.exec(lines[start + 1] ?? "")?.[1]
    // Only the same message, longer: without it the printed one.
    const message =
        printed !== undefined && panic.message?.startsWith(printed) === true
            ? panic.message
            : printed
    if (message !== undefined && REFUSALS.has(name))
        return new ProgramError(message, true, "exception")
    const text = message === undefined ? name : `${name}: ${message}`
    return new ProgramError(
        `${program.name}: ${text}${stackOf(panic, lines.slice(start + 1))}`,
        false,
        "exception"
    )
}

/** The module's own code, at the end of every stack that began there; a handler's fiber begins with the handler. */
const MODULE_CODE = 0

/** Is the code that ran a handler's, or the module's own? */
function inHandler(lines: readonly string[]): boolean {
    const stack = lines.flatMap(line => STACK_LINE.exec(line)?.[2] ?? [])
    return stack.length > 0 && Number(stack.at(-1)) !== MODULE_CODE
}

function panicText({ code, gcHeapBytes, lines }: Panic): string {
    switch (code) {
        case PANIC_INFINITE_LOOP: {
            const ran =
                "ran 131,072 bytecode operations without a pause (panic 60001, InfiniteLoop): "
            return inHandler(lines)
                ? `a handler ${ran}its loop never ends, or it does more at once than fits, as one that looks at each of a few ` +
                      "thousand pixels. frame.stats() and frame.histogram() look at all pixels without a loop; " +
                      "a loop needs an await ds.sleep(1) every few rows, and costs the frames that come meanwhile."
                : `the module's own code ${ran}a loop this long needs an await ds.sleep(1) now and then.`
        }
        case PANIC_OUT_OF_MEMORY:
            return `the GC heap of ${gcHeapBytes} bytes is full (panic 60004, OutOfMemory)${heapText(lines)}.`
        case PANIC_STACK_OVERFLOW:
            return "calls are nested too deeply (panic 60006, StackOverflow)."
        default:
            return code < 60000
                ? `the program called panic(${code}).`
                : `the bytecode is damaged (panic ${code}).`
    }
}

/** From `stats: 45 objects, 23820 B used, 744 B free (184 B max block)` and `devs: OOM (1012 bytes)`. */
function heapText(lines: readonly string[]): string {
    const all = lines.join("\n")
    const wanted = /devs: OOM \((\d+) bytes\)/.exec(all)?.[1]
    const heap = readHeapStatistics(all)
    if (wanted === undefined || heap === undefined) return ""
    return (
        `: ${wanted} bytes were wanted, ${heap.usedBytes} are in use, ` +
        `${heap.freeBytes} free, of which ${heap.largestFreeBytes} in one piece`
    )
}

/** Use of the garbage-collected heap, bytes. */
export interface HeapUse {
    readonly usedBytes: number
    readonly freeBytes: number
    /** The largest object that still fits. */
    readonly largestFreeBytes: number
}

/** Read the VM's line of heap statistics. */
export function readHeapStatistics(text: string): HeapUse | undefined {
    const match =
        /stats: \d+ objects, (\d+) B used, (\d+) B free \((\d+) B max block\)/.exec(
            text
        )
    if (match === null) return undefined
    return {
        usedBytes: Number(match[1]),
        freeBytes: Number(match[2]),
        largestFreeBytes: Number(match[3]),
    }
}

/**
 * The stack in lines of the program, innermost first. DeviceScript's own libraries are left out, and so is whatever
 * called the program's entry file: the camera that calls a frame handler tells its author nothing.
 */
function stackOf({ program }: Panic, lines: readonly string[]): string {
    const { debug } = program
    if (debug === undefined) return ""
    const frames: string[] = []
    let own = 0
    for (const line of lines) {
        const match = STACK_LINE.exec(line)
        if (match === null) continue
        const location = sourceLocation(
            debug,
            Number(match[2]),
            Number(match[3])
        )
        if (location === undefined || location.file.startsWith("node_modules/"))
            continue
        frames.push(
            `\n    at ${location.functionName} (${location.file}:${location.line})`
        )
        if (location.file === program.name) own = frames.length
    }
    if (own > 0) frames.length = own
    const more =
        frames.length > FRAMES_SHOWN
            ? `\n    and ${frames.length - FRAMES_SHOWN} more`
            : ""
    return frames.slice(0, FRAMES_SHOWN).join("") + more
}
