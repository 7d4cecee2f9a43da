// SPDX-License-Identifier: MIT
// What a run of all tests says of its coverage: by room, and each outcome in an interrupt that never came.

import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import type { EmulatedBoard } from "../../sim/emulated-board.ts"
import { parseElf } from "../../toolchain/elf/elf.ts"
import { ProgramMap } from "../../toolchain/elf/program-map.ts"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"
import {
    addCounts,
    countsOf,
    functionShapes,
    type FunctionCounts,
} from "../support/coverage/executed-functions.ts"
import {
    halfwordsOf,
    interruptFunctions,
} from "../support/coverage/interrupt-functions.ts"
import { outcomeLines } from "../support/coverage/interrupt-outcomes.ts"
import { emulatedRig } from "../support/system/emulated-rig.ts"

const NEVER = () => new Uint32Array(0x100000)

async function run(app: string, seconds: number): Promise<EmulatedBoard> {
    const { emulated } = await emulatedRig({ app, tally: true })
    emulated.run({ seconds })
    return emulated
}

it("names outcomes that never came, and no longer when another board had them", async () => {
    const emulated = await run("src/main.ts", 0.3)
    const { map, tally } = emulated
    const shapes = functionShapes(map)
    const { elf } = await buildFirmware({ board: "nucleo-f446re" })
    const half = halfwordsOf(parseElf(readFileSync(elf), elf))
    const functions = interruptFunctions(map, half)
    const lines = (sums: FunctionCounts): string[] =>
        outcomeLines(map, countsOf(sums, shapes), functions)
    const sums: FunctionCounts = new Map()

    addCounts(sums, shapes, NEVER)
    const nothing = lines(sums)
    addCounts(sums, shapes, (address, bytes) => tally!.counts(address, bytes))
    const streaming = lines(sums)
    // Another board came out both ways everywhere: each instruction was begun more often than the one behind it.
    addCounts(sums, shapes, (_address, bytes) =>
        new Uint32Array(bytes).map((_, index) =>
            index % 2 === 0 ? 2 * bytes - index : 1
        )
    )
    const all = lines(sums)

    const jumps = (text: readonly string[]): string[] =>
        text.filter(line => /row_copy\.c|between_frames/.test(line))
    expect(jumps(nothing).length).toBeGreaterThan(10)
    expect(streaming.length).toBeLessThan(nothing.length)
    // No crop window moves in this program.
    expect(streaming.join("\n")).toMatch(
        /capture_isr\.c:\d+ \(between_frames, taken\)/
    )
    expect(jumps(all)).toEqual([])
    emulated.close()
})

it("finds what runs in interrupts by the calls in the code", async () => {
    const { elf } = await buildFirmware({ board: "nucleo-f446re" })
    const parsed = parseElf(readFileSync(elf), elf)
    const map = new ProgramMap(parsed)
    const names = [...interruptFunctions(map, halfwordsOf(parsed))].map(
        address => map.symbols.functionAt(address)!.name
    )

    expect(names).toEqual(
        expect.arrayContaining([
            "DCMI_IRQHandler",
            "DMA2_Stream1_IRQHandler",
            "SysTick_Handler",
            "cam_capture_tick",
            "cam_row_copy_unaligned",
            "reclaim",
        ])
    )
    expect(names).not.toContain("cam_grabber_transfer")
    expect(names).not.toContain("main")
})
