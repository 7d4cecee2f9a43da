// SPDX-License-Identifier: MIT
// The worst case of the two stacks: the native one (MSP), which has the C code and all interrupts, and the VM's (PSP).
//
// The C code has no recursion and its bound is exact, from the compiler's call graph. The VM has recursion and 41 calls
// through its table: no analysis bounds it. Its stack leaves room above the deepest use ever measured, and what overruns it is
// a fault of the VM by the MPU (firmware/supervision/mpu.c) that ends the program. What the gate and the core push there is
// known, and comes on top. (While the VM runs, the first interrupt pushes there and runs on the native stack, as the others do.)

import { CamscriptError } from "../../protocol/errors.ts"
import type { CallGraph } from "./call-graph.ts"

/** Measured: 1,468 bytes, 1,000 rounds of objects, buffers and JSON with an out-of-memory dump at the end, GCC 12.2 -Os. */
export const VM_SHARE_BYTES = 2048

/** What an exception pushes with the FPU in use: 26 words, and one to align (ARMv7-M B1.5.7). */
const EXCEPTION_FRAME_BYTES = 108

/** The MPU's region below the stack (firmware/supervision/crash.h). */
const GUARD_BYTES = 32

const ENTRY = "Reset_Handler"

/** Handlers by priority: one of each level at a time. Faults run on a stack of their own. */
const INTERRUPT_LEVELS = [
    ["DCMI_IRQHandler", "DMA2_Stream1_IRQHandler"],
    [
        "EXTI0_IRQHandler",
        "EXTI1_IRQHandler",
        "EXTI2_IRQHandler",
        "EXTI3_IRQHandler",
        "EXTI4_IRQHandler",
        "EXTI9_5_IRQHandler",
        "EXTI15_10_IRQHandler",
    ],
    [
        "SysTick_Handler",
        "DMA1_Stream6_IRQHandler",
        "kernel_enter.c:stop_limit", // TIM2
    ],
] as const

/** The way into the VM: its function pushes ten registers (firmware/gate/gate.c). */
const VM_ENTRY = "gate.c:enter"
const VM_ENTRY_BYTES = 40

/** The way into a kernel, which pushes as many (firmware/kernel/kernel_enter.c); the kernel has a stack of its own. */
const KERNEL_ENTRY = "kernel_enter.c:enter"

/** What the VM makes happen on the native stack: its calls, the clock behind two pushed words, and the handler of its faults
 * with the frame that it leaves by. */
const VM_CALLS = ["gate_calls.c:*", "cam_time_us", "gate.c:note_fault"]
const LEAVING_BYTES = 32

/** What the gate wants below the frame of its SVC (firmware/gate/gate.c). */
const GATE_BYTES = 88

/** Functions of newlib and libgcc without a call graph: leaves that push at most eight registers. */
const LIBRARY_LEAVES = new Set([
    "memcpy",
    "memset",
    "memmove",
    "memcmp",
    "__popcountsi2",
])
const LIBRARY_LEAF_BYTES = 32

/** Functions of the VM that native code calls itself: it looks at a variable. */
const VM_LEAVES = new Set(["vm_more_to_do", "vm_halted"])

/**
 * Calls through pointers, and all that they may reach; "grabber.c:*" are the static functions of that file that nobody
 * calls by name. One that is not here stops the build.
 */
const INDIRECT_CALLS: Readonly<Record<string, readonly string[]>> = {
    DMA2_Stream1_IRQHandler: ["capture_rows.c:*", "cam_jpeg_wrapped"],
    cam_rows_vsync: ["capture_rows.c:*", "cam_jpeg_wrapped"],
    "capture_rows.c:copied_row": [
        "cam_row_copy_aligned",
        "cam_row_copy_unaligned",
        "cam_row_copy_rgb565",
    ],
    cam_grabber_transfer: [
        "grabber.c:*",
        "cam_grabber_pin_find",
        "cam_grabber_pin_mode",
        "cam_grabber_pin_write",
        "cam_grabber_pin_read",
    ],
}

/** Bytes of the two stacks. */
export interface StackReport {
    /** Of the native stack. */
    readonly limit: number
    /** Sum of the rest. */
    readonly used: number
    /** Deepest way from reset through C code, not through the VM. */
    readonly thread: number
    /** C code that calls the VM, with the way in. */
    readonly aboveVm: number
    /** C code that the VM calls. */
    readonly belowVm: number
    /** One handler of each priority, with what the core pushes. */
    readonly interrupts: number
    readonly guard: number
    readonly vm: VmStackReport
}

/** Bytes of the stack of the VM's C code. */
export interface VmStackReport {
    readonly limit: number
    readonly used: number
    readonly share: number
    /** What the gate and the core push at the deepest place. */
    readonly gate: number
}

/** Bytes of the two stacks. */
export interface StackLimits {
    readonly native: number
    readonly vm: number
}

/**
 * Add it up.
 * @throws CamscriptError for recursion in C, also by the VM, for an unknown function, or a sum over its limit
 */
export function analyseStack(
    graph: CallGraph,
    limits: StackLimits
): StackReport {
    const walk = new StackWalk(graph)
    const thread = walk.depth(ENTRY)
    const aboveVm = walk.depthTo(ENTRY) + VM_ENTRY_BYTES
    const calls = VM_CALLS.flatMap(call => walk.targets(call))
    const again = calls.find(name => walk.depthTo(name) >= 0)
    if (again !== undefined)
        throw new CamscriptError(
            `${again}, which the VM calls, enters the VM: it is never entered twice, its stack has room for one`
        )
    const belowVm =
        LEAVING_BYTES + Math.max(0, ...calls.map(name => walk.depth(name)))
    const interrupts = INTERRUPT_LEVELS.reduce(
        (sum, level) =>
            sum +
            EXCEPTION_FRAME_BYTES +
            Math.max(
                ...level
                    .flatMap(name => walk.targets(name))
                    .map(name => walk.depth(name))
            ),
        0
    )
    const used = Math.max(thread, aboveVm + belowVm) + interrupts + GUARD_BYTES
    if (used > limits.native)
        throw new CamscriptError(
            `the native stack needs ${used} bytes (C above the VM ${aboveVm}, C that it calls ${belowVm}, ` +
                `interrupts ${interrupts}, guard ${GUARD_BYTES}; without the VM ${thread}), ` +
                `the board file gives it ${limits.native}`
        )
    return {
        limit: limits.native,
        used,
        thread,
        aboveVm,
        belowVm,
        interrupts,
        guard: GUARD_BYTES,
        vm: vmStack(limits.vm),
    }
}

function vmStack(limit: number): VmStackReport {
    const gate = GATE_BYTES + EXCEPTION_FRAME_BYTES
    const used = VM_SHARE_BYTES + gate
    if (used > limit)
        throw new CamscriptError(
            `the stack of the VM's C code needs ${used} bytes (VM ${VM_SHARE_BYTES}, gate and interrupt ${gate}), ` +
                `the board file gives it ${limit}`
        )
    return { limit, used, share: VM_SHARE_BYTES, gate }
}

class StackWalk {
    private readonly known = new Map<string, number>()
    private readonly path: string[] = []
    private readonly callers: ReadonlySet<string>

    constructor(private readonly graph: CallGraph) {
        this.callers = new Set(
            [...graph.values()].flatMap(node => [...node.calls])
        )
    }

    /** Deepest stack of a function with all that it calls; the VM counts as nothing. */
    depth(name: string): number {
        if ([VM_ENTRY, KERNEL_ENTRY].includes(basename(name)))
            return VM_ENTRY_BYTES
        if (isLeaf(name)) return LIBRARY_LEAF_BYTES
        const known = this.known.get(name)
        if (known !== undefined) return known
        if (this.path.includes(name))
            throw new CamscriptError(
                `recursion in the C code: ${[...this.path, name].join(" calls ")}`
            )
        this.path.push(name)
        const below = this.callees(name).map(callee => this.depth(callee))
        this.path.pop()
        const depth = this.node(name).stackBytes + Math.max(0, ...below)
        this.known.set(name, depth)
        return depth
    }

    /** Deepest stack of a function when it enters the VM; -Infinity when it never does. */
    depthTo(name: string): number {
        if (basename(name) === VM_ENTRY) return 0
        if (isLeaf(name)) return -Infinity
        const below = this.callees(name).map(callee => this.depthTo(callee))
        return this.node(name).stackBytes + Math.max(-Infinity, ...below)
    }

    private node(name: string) {
        const node = this.graph.get(name)
        if (node === undefined)
            throw new CamscriptError(
                `nothing is known of the stack of ${name}: the compiler's call graph does not have it`
            )
        return node
    }

    private callees(name: string): readonly string[] {
        const node = this.node(name)
        if (!node.indirect) return [...node.calls]
        const known = INDIRECT_CALLS[basename(name)]
        if (known === undefined)
            throw new CamscriptError(
                `${name} calls through a pointer, and nothing says where to (toolchain/firmware/stack-analysis.ts)`
            )
        return [...node.calls, ...known.flatMap(target => this.targets(target))]
    }

    /** All functions of a list of calls that one entry names. */
    targets(target: string): readonly string[] {
        if (!target.includes(":")) return [target]
        if (!target.endsWith(":*"))
            return [...this.graph.keys()].filter(
                name => basename(name) === target
            )
        const found = [...this.graph.keys()].filter(
            name =>
                basename(name).startsWith(target.slice(0, -1)) &&
                !this.callers.has(name)
        )
        if (found.length === 0)
            throw new CamscriptError(`there is no function ${target} to call`)
        return found
    }
}

function isLeaf(name: string): boolean {
    return LIBRARY_LEAVES.has(name) || VM_LEAVES.has(name)
}

/** Without the folders of a static function's file. */
function basename(title: string): string {
    return title.slice(title.lastIndexOf("/") + 1)
}
