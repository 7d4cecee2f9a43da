// SPDX-License-Identifier: MIT
// Where the owners of RAM lie: native ones, frames, and the VM's as one piece that one region of the MPU covers.

import { describe, expect, it } from "vitest"
import { boardNames, readBoard } from "../../boards/board-file.ts"
import { isVmOwner } from "../../boards/ram-layout.ts"

/** Addresses that the region opens, from its eighths. */
function opened({
    address,
    bytes,
    subregionsOff,
}: {
    address: number
    bytes: number
    subregionsOff: number
}): [number, number][] {
    if (bytes === 0) return []
    const eighth = bytes / 8
    return Array.from({ length: 8 }, (_, i): [number, number] => [
        address + i * eighth,
        address + (i + 1) * eighth,
    ]).filter((_, i) => (subregionsOff & (1 << i)) === 0)
}

const WAYS = boardNames().flatMap(name => [
    { name, options: {} },
    { name, options: { vmRam: "sram" } as const },
    { name, options: { gcHeapBytes: 4096 } },
    { name, options: { gcHeapBytes: 8192, vmRam: "sram" } as const },
])

describe.each(WAYS)("RAM of $name with $options", ({ name, options }) => {
    const board = readBoard(name, "mt9v034", options)
    const vm = board.ramOwners.filter(owner => isVmOwner(owner.name))
    const native = board.ramOwners.filter(owner => !isVmOwner(owner.name))

    it("opens the VM's owners to it and nothing else", () => {
        const { address, bytes } = board.vmRegion
        expect(Math.log2(bytes) % 1).toBe(0)
        expect(address % bytes).toBe(0)
        const native = opened(board.nativeInVmRegion)
        const open = opened(board.vmRegion).flatMap(
            ([from, to]): [number, number][] => {
                const last = native.at(-1)
                if (!last || last[0] < from || last[1] > to) return [[from, to]]
                expect(native[0]![0]).toBe(from)
                return [[last[1], to]]
            }
        )
        const last = vm.at(-1)!
        expect(open[0]![0]).toBe(vm[0]!.address)
        expect(open.at(-1)![1]).toBe(last.address + last.bytes)
        expect(open.reduce((sum, [from, to]) => sum + to - from, 0)).toBe(
            vm.reduce((sum, owner) => sum + owner.bytes, 0)
        )
    })

    it("leaves no gap and no overlap", () => {
        const frames = { name: "frames", ...board.frameMemory }
        const areas = [...native, frames, ...vm]
        for (const [before, after] of areas
            .slice(1)
            .map((area, i) => [areas[i]!, area]) as [
            typeof frames,
            typeof frames,
        ][]) {
            // From one memory into the next.
            if (before.address >>> 24 !== after.address >>> 24) continue
            expect(`${after.name} ${after.address}`).toBe(
                `${after.name} ${before.address + before.bytes}`
            )
        }
        const memory = board.memories.find(({ dma }) => dma)!
        expect(native[0]!.address).toBe(memory.address)
    })
})
