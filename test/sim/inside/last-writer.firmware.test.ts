// SPDX-License-Identifier: MIT
// Who wrote a byte last: instructions of every width, exception entries, aliases of bits, and the DMA.

import { describe, expect, it } from "vitest"
import { readBoard } from "../../../boards/board-file.ts"
import {
    LastWriter,
    lastWriterText,
    type ByteWrite,
} from "../../../sim/inside/last-writer.ts"
import { Clock } from "../../../sim/clock.ts"
import { assembled } from "../../support/cortex-m/assembly.ts"
import { emulatedRig } from "../../support/system/emulated-rig.ts"

const BYTE = 0x20001403

interface Answer {
    readonly answer: ByteWrite | undefined
    readonly text: string
    readonly at: (label: string) => string
}

/** Run code that has 0x20001400 in r0, and ask for the byte at BYTE. */
function ran(code: string): Answer {
    const emulated = assembled(`
    ldr r0, =0x20001400
    ldr r5, =0x44332211
    ldr r6, =0x88776655
${code}
    b end
    .ltorg
`)
    const { mcu, chip, elf } = emulated
    const writer = new LastWriter(
        {
            ...{ mcu, chip, map: elf.map },
            sensor: { onFrame: undefined },
            clock: new Clock(),
        },
        BYTE
    )
    mcu.onAddress(elf.symbols.address("end"), () => mcu.stop())
    mcu.run(1e9)
    const answer = writer.answer
    const text = lastWriterText(writer)
    emulated.close()
    return {
        answer,
        text,
        at: label =>
            `0x${elf.symbols.address(label).toString(16).padStart(8, "0")}`,
    }
}

describe("of a byte of RAM", () => {
    it.each([
        ["a byte", "strb r5, [r0, #3]", 0x11],
        ["a halfword", "strh r5, [r0, #2]", 0x22],
        ["a word", "str r5, [r0]", 0x44],
        ["a word that does not lie on words", "str r5, [r0, #1]", 0x33],
        ["the first word of two", "strd r5, r6, [r0]", 0x44],
        ["the second word of two", "sub r0, #4\n strd r5, r6, [r0]", 0x88],
        ["several words", "subs r0, #4\n stm r0, {r5, r6}", 0x88],
        ["a pushed word", "adds r0, #4\n mov sp, r0\n push {r5}", 0x44],
    ])("finds %s", (_what, code, value) => {
        const { answer, text, at } = ran(`writer: ${code}\n`)

        expect(answer!.by).toBe("instruction")
        expect(answer!.value).toBe(value)
        if (!code.includes("\n")) expect(text).toContain(at("writer"))
    })

    it("is the last one of several, and none that only came near", () => {
        const { answer, text, at } = ran(`
    str r5, [r0]
writer:
    strb r6, [r0, #3]
    strb r5, [r0, #2]
    str r5, [r0, #4]
`)

        expect(answer!.value).toBe(0x55)
        expect(text).toContain(at("writer"))
    })

    it("is nobody when none wrote", () => {
        const { answer, text } = ran("    str r5, [r0, #4]\n")

        expect(answer).toBeUndefined()
        expect(text).toBe("0x20001403: nobody has written it since power-on")
    })

    it("is a bit's alias", () => {
        // Bit 5 of the byte: 0x22000000 + offset of the byte * 32 + bit * 4.
        const alias = 0x22000000 + (BYTE - 0x20000000) * 32 + 5 * 4
        const { answer } = ran(`
    ldr r7, =${alias}
    movs r5, #1
    str r5, [r7]
`)

        expect(answer!.by).toBe("instruction")
    })

    it("is an exception's entry, that stacks registers there", () => {
        const { answer } = ran(`
    ldr r7, =0xe000ed08
    ldr r8, =vectors
    str r8, [r7]
    adds r0, #32
    mov sp, r0
    svc #0
    b end
    .ltorg
    .balign 512
vectors:
    .rept 16
    .word handler + 1
    .endr
    .thumb_func
handler:
    bx lr
`)

        expect(answer!.by).toBe("exception entry")
    })
})

describe("of our firmware", () => {
    it("is the DMA for a pixel, in the frame that was asked for", async () => {
        const board = readBoard("nucleo-f446re")
        const { emulated } = await emulatedRig({
            request: {
                window: { width: 64, height: 48 },
                fps: 100,
                buffers: 1,
            },
        })
        const { mcu, chip, sensor, clock, map, record } = emulated
        // Row 2, column 5 of the only buffer.
        const pixel = board.frameMemory.address + 2 * 64 + 5
        const writer = new LastWriter(
            { mcu, chip, sensor, clock, map },
            pixel,
            4
        )
        const times = new Map<number, number>()
        record.onLent = (_index, sequence) => {
            writer.frameArrived(sequence)
            times.set(sequence, clock.nowNs)
        }
        try {
            emulated.run({ frames: 8 })
            const { by, ns, detail } = writer.answer!

            expect(by).toBe("DMA2")
            expect(detail).toContain("stream 1, byte 133 from M0AR")
            expect(ns).toBeLessThan(times.get(4)!)
            expect(ns).toBeGreaterThan(times.get(3)!)
            expect(lastWriterText(writer)).toContain("as of frame 4: DMA2")
        } finally {
            emulated.close()
        }
    })
})
