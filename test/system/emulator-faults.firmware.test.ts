// SPDX-License-Identifier: MIT
// What the firmware does when a program or the firmware itself goes wrong, on the emulated board with its flash and watchdog.

import { describe, expect, it } from "vitest"
import { programImage } from "../../toolchain/slots/program-image.ts"
import { buildProgramSlot } from "../../toolchain/slots/program-slot.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import { emulatedRig, runUntil } from "../support/system/emulated-rig.ts"

const SLOT_B = 0x08060000
/** Offset of a slot's rejected word. */
const REJECTED = 168

describe("a program that panics three times in its first seconds", () => {
    it("gives way to the one in the other slot, and is not tried again", async () => {
        const program = await buildProgram(
            "test/sim/devicescript/programs/infinite-loop.ts"
        )
        const content = buildProgramSlot({
            image: programImage(program),
            request: {},
            sensor: "mt9v034",
            name: "infinite-loop.ts",
            sequence: 2,
        })
        const board = await emulatedRig({
            extra: () => [{ address: SLOT_B, bytes: content }],
        })
        const { text, emulated } = board
        try {
            const other = /^starting src\/main\.ts/
            runUntil(board, () => text.some(line => other.test(line)), 30)

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
        const board = await emulatedRig({
            extra: address => [
                {
                    address: address("vm_process"),
                    bytes: Uint8Array.of(0xfe, 0xe7),
                },
            ],
        })
        const { text } = board
        try {
            const crash = /^CRASH before this reset/
            runUntil(board, () => text.some(line => crash.test(line)), 20)

            expect(text.join("\n")).toMatch(
                /reset: .*watchdog[^]*CRASH before this reset: watchdog/
            )
        } finally {
            board.emulated.close()
        }
    })
})
