// SPDX-License-Identifier: MIT
// What the firmware does when a program or the firmware itself goes wrong, on the emulated board with its flash and watchdog.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { programImage } from "../../toolchain/slots/program-image.ts"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"
import { buildProgramSlot } from "../../toolchain/slots/program-slot.ts"
import { readBoard } from "../../boards/board-file.ts"
import { EmulatedBoard } from "../../sim/emulated-board.ts"
import { chipPlaces } from "../../sim/cortex-m/chip-mcu.ts"
import { readElf, type Segment } from "../../sim/cortex-m/elf.ts"
import { loadScene } from "../../sim/scene/load-scene.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import { DEFAULT_CPI } from "../../sim/observe/cpu-use.ts"

const BOARD = "nucleo-f446re"
const SLOT_B = 0x08060000
/** Offset of a slot's rejected word. */
const REJECTED = 168

/** An emulated board with more in its flash than the firmware, and what it prints before any client says hello. */
async function boardWith(
    extra: (address: (symbol: string) => number) => Segment[]
) {
    const { elf: file } = await buildFirmware({ board: BOARD })
    const board = readBoard(BOARD)
    const elf = readElf(readFileSync(file), file, chipPlaces(board))
    const emulated = new EmulatedBoard({
        board,
        scene: await loadScene("flat", { width: 752, height: 480 }, 1),
        elf: {
            ...elf,
            segments: [
                ...elf.segments,
                ...extra(symbol => elf.symbols.address(symbol)),
            ],
        },
        program: await buildProgram("src/main.ts"),
        cpi: DEFAULT_CPI,
    })
    const text: string[] = [""]
    emulated.chip.usart(2).onTransmit = value => {
        if (value === 10) text.push("")
        else if (value !== 13)
            text[text.length - 1] += String.fromCharCode(value)
    }
    return { emulated, text }
}

/** Run the board, not what watches its program: that a program fails is what these tests want. */
function runUntil(
    { emulated, text }: Awaited<ReturnType<typeof boardWith>>,
    said: RegExp,
    longestS: number
): void {
    const { mcu } = emulated
    while (mcu.nowNs < longestS * 1e9 && !text.some(line => said.test(line)))
        mcu.run(mcu.nowNs + 50e6)
}

describe("a program that panics three times in its first seconds", () => {
    it("gives way to the one in the other slot, and is not tried again", async () => {
        const program = await buildProgram("test/vm/programs/infinite-loop.ts")
        const content = buildProgramSlot({
            image: programImage(program),
            request: {},
            sensor: "mt9v034",
            name: "infinite-loop.ts",
            sequence: 2,
        })
        const board = await boardWith(() => [
            { address: SLOT_B, bytes: content },
        ])
        try {
            runUntil(board, /^starting src\/main\.ts/, 30)

            const { text, emulated } = board
            const first = text.findIndex(line =>
                /^starting infinite-loop\.ts in slot B/.test(line)
            )
            const last = text.findIndex(line =>
                /^starting src\/main\.ts in slot A/.test(line)
            )
            expect(first).toBeGreaterThanOrEqual(0)
            expect(last).toBeGreaterThan(first)
            expect(
                text.filter(line => /panic 60001/.test(line)).length
            ).toBeGreaterThanOrEqual(3)
            expect(
                emulated.chip.flash.readableAtNs(SLOT_B)
            ).toBeLessThanOrEqual(emulated.mcu.nowNs)
            expect(emulated.readWord(SLOT_B + REJECTED)).not.toBe(0xffffffff)
        } finally {
            board.emulated.close()
        }
    })
})

describe("a firmware that hangs", () => {
    it("is restarted by the watchdog, which the boot log says with the turn that hung", async () => {
        // vm_process begins with a branch to itself.
        const board = await boardWith(address => [
            {
                address: address("vm_process"),
                bytes: Uint8Array.of(0xfe, 0xe7),
            },
        ])
        try {
            runUntil(board, /^CRASH before this reset/, 20)

            expect(board.text.join("\n")).toMatch(
                /reset: .*watchdog[^]*CRASH before this reset: watchdog/
            )
        } finally {
            board.emulated.close()
        }
    })
})
