// SPDX-License-Identifier: MIT
// The worst case of the native stack: sums, and refusals of what cannot be summed.

import { describe, expect, it } from "vitest"
import {
    readCallGraph,
    type CallGraph,
} from "../../../toolchain/firmware/call-graph.ts"
import {
    analyseStack,
    VM_SHARE_BYTES,
    type StackReport,
} from "../../../toolchain/firmware/stack-analysis.ts"

/** As gcc -fcallgraph-info=su writes it. */
function ci(
    nodes: Readonly<Record<string, number>>,
    edges: readonly string[]
): string {
    return [
        'graph: { title: "x.c"',
        ...Object.entries(nodes).map(
            ([name, bytes]) =>
                `node: { title: "${name}" label: "${name}\\nx.c:1:1\\n${bytes} bytes (static)" }`
        ),
        'node: { title: "memcpy" label: "memcpy\\n<built-in>" shape : ellipse }',
        'node: { title: "__indirect_call" label: "Indirect Call Placeholder" shape : ellipse }',
        ...edges.map(edge => {
            const [from, to] = edge.split(" ")
            return `edge: { sourcename: "${from}" targetname: "${to}" label: "x.c:2:2" }`
        }),
        "}",
    ].join("\n")
}

const NODES = {
    Reset_Handler: 8,
    main: 100,
    cam_init: 500,
    "firmware/gate/gate.c:enter": 0,
    "firmware/gate/gate.c:note_fault": 24,
    "firmware/gate/gate_calls.c:transfer": 40,
    cam_bus: 160,
    cam_time_us: 0,
    DCMI_IRQHandler: 32,
    DMA2_Stream1_IRQHandler: 16,
    EXTI0_IRQHandler: 40,
    EXTI1_IRQHandler: 8,
    EXTI2_IRQHandler: 8,
    EXTI3_IRQHandler: 8,
    EXTI4_IRQHandler: 8,
    EXTI9_5_IRQHandler: 8,
    EXTI15_10_IRQHandler: 8,
    SysTick_Handler: 0,
    DMA1_Stream6_IRQHandler: 24,
}
const EDGES = [
    "Reset_Handler main",
    "main cam_init",
    "main firmware/gate/gate.c:enter",
    "firmware/gate/gate_calls.c:transfer cam_bus",
    "cam_bus memcpy",
]

function graph(nodes = {}, edges: readonly string[] = []): CallGraph {
    return readCallGraph([ci({ ...NODES, ...nodes }, [...EDGES, ...edges])])
}

function analysed(given: CallGraph, native: number, vm = 2272): StackReport {
    return analyseStack(given, { native, vm })
}

describe("the stack analysis", () => {
    it("adds the way through the VM, a handler of each priority with its frame, and the guard", () => {
        const report = analysed(graph(), 4096)
        // ten registers on the way in
        expect(report.aboveVm).toBe(148)
        // memcpy counts as 32; a frame by which a fault leaves
        expect(report.belowVm).toBe(232 + 32)
        expect(report.thread).toBe(608)
        // 26 words and one to align, three times
        expect(report.interrupts).toBe(32 + 40 + 24 + 3 * 108)
        const { used, interrupts } = analysed(graph({ cam_init: 100 }), 4096)
        expect(used).toBe(148 + 264 + interrupts + 32)
    })

    it("gives the VM's C code its share, what the gate pushes, and an exception's frame", () => {
        const { vm } = analysed(graph(), 4096)
        expect(vm).toEqual({
            limit: 2272,
            used: VM_SHARE_BYTES + 88 + 108,
            share: VM_SHARE_BYTES,
            gate: 196,
        })
        expect(() => analysed(graph(), 4096, 2144)).toThrow(
            /the stack of the VM's C code needs 2244 bytes .* gives it 2144/
        )
    })

    it("has room for the clock, which the SVC's handler reads", () => {
        const report = analysed(graph({ cam_time_us: 600 }), 4096)
        expect(report.belowVm).toBe(600 + 32)
    })

    it("refuses a call of the VM that enters the VM", () => {
        expect(() =>
            analysed(graph({}, ["cam_bus firmware/gate/gate.c:enter"]), 4096)
        ).toThrow(
            "firmware/gate/gate_calls.c:transfer, which the VM calls, enters the VM"
        )
    })

    it("takes the way without the VM when that is deeper", () => {
        const report = analysed(graph({ cam_init: 3000 }), 4096)
        expect(report.used).toBe(3108 + report.interrupts + 32)
    })

    it("refuses a sum over the limit, with the sum", () => {
        expect(() => analysed(graph(), 1024)).toThrow(
            /needs 1060 bytes .*without the VM 608.* the board file gives it 1024/
        )
    })

    it("refuses recursion", () => {
        expect(() => analysed(graph({}, ["cam_init main"]), 4096)).toThrow(
            "recursion in the C code: Reset_Handler calls main calls cam_init calls main"
        )
    })

    it("refuses a function that it knows nothing of", () => {
        expect(() => analysed(graph({}, ["main sprintf"]), 4096)).toThrow(
            /stack of sprintf/
        )
    })

    it("refuses a call through a pointer whose targets nobody has named", () => {
        expect(() =>
            analysed(graph({}, ["main __indirect_call"]), 4096)
        ).toThrow(/main calls through a pointer/)
    })

    it("follows the calls through pointers that are named", () => {
        const nodes = {
            cam_grabber_transfer: 48,
            cam_grabber_pin_find: 8,
            cam_grabber_pin_mode: 8,
            cam_grabber_pin_write: 8,
            cam_grabber_pin_read: 8,
            "native/grabber/grabber.c:trigger": 64,
            "native/grabber/grabber.c:helper": 512,
        }
        const report = analysed(
            graph(nodes, [
                "cam_bus cam_grabber_transfer",
                "cam_grabber_transfer __indirect_call",
                "native/grabber/grabber.c:trigger native/grabber/grabber.c:helper",
            ]),
            8192
        )
        expect(report.belowVm).toBe(40 + 160 + 48 + 64 + 512 + 32)
    })

    it("refuses a frame of unknown size", () => {
        const text = ci(NODES, EDGES).replace(
            "500 bytes (static)",
            "500 bytes (dynamic)"
        )
        expect(() => readCallGraph([text])).toThrow(
            /cam_init: its stack is dynamic/
        )
    })
})
