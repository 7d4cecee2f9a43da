// SPDX-License-Identifier: MIT
// Counts without calls are those of the tally that follows them.

import { afterEach, expect, it } from "vitest"
import { EmulatedBoard } from "../../../sim/emulated-board.ts"
import { boot, closeAll, compileProgram } from "../../support/cortex-m/core.ts"
import { emulatedRig } from "../../support/system/emulated-rig.ts"

afterEach(closeAll)

const FLASH = 0x08000000

it("counts a program's instructions and jumps as the tally with calls does", () => {
    const [followed, counted] = [true, false].map(followCalls => {
        const { mcu, elf } = boot("decisions", {
            elf: compileProgram("decisions", true),
        })
        const tally = mcu.startTally(followCalls)
        mcu.run(1_000_000)
        return [...elf.map.instructions()].map(({ address }) => [
            ...tally.counts(address, 2),
        ])
    })

    expect(counted).toEqual(followed)
    expect(counted!.flat().some(count => count > 3)).toBe(true)
})

it("counts the firmware with its interrupts, and the program's operations", async () => {
    const runs = []
    for (const followCalls of [true, false]) {
        const { onlooker } = EmulatedBoard
        EmulatedBoard.onlooker = { made: () => {}, closing: () => {} }
        const { emulated } = await emulatedRig({ tally: followCalls })
        EmulatedBoard.onlooker = onlooker
        const tally = emulated.tally!
        emulated.run({ seconds: 0.5 })
        const counts = tally.counts(FLASH, 0x40000)
        runs.push({
            counts: [...emulated.map.instructions()]
                .filter(({ address }) => address < FLASH + 0x40000)
                .map(({ address }) => [
                    counts[address - FLASH],
                    counts[address - FLASH + 1],
                ]),
            operations: tally.operations(),
        })
        emulated.mcu.close()
    }

    expect(runs[1]).toEqual(runs[0])
    expect(runs[1]!.operations.some(count => count > 3)).toBe(true)
})
