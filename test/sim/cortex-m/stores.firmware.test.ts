// SPDX-License-Identifier: MIT
// Stores that go past Unicorn: what they write, and that code which they change is executed in its new form.

import { expect, it } from "vitest"
import type { EmulatedChip } from "../../support/cortex-m/emulated-chip.ts"
import { assembled } from "../../support/cortex-m/assembly.ts"

/** Run to the end; what is looked at is in memory. */
function ran(code: string): EmulatedChip {
    const emulated = assembled(`${code}\n    b end\n    .ltorg\n`)
    emulated.mcu.onAddress(emulated.elf.symbols.address("end"), () =>
        emulated.mcu.stop()
    )
    emulated.mcu.run(1e9)
    emulated.close()
    return emulated
}

it("stores of every width land where they belong, also across pages of 1 KB", () => {
    const { memory } = ran(`
    ldr r5, =0x44332211
    ldr r6, =0x88776655
    str r5, [r0]
    strh r5, [r0, #4]
    strb r5, [r0, #6]
    strd r5, r6, [r0, #8]
    vmov s0, r6
    vstr s0, [r0, #16]
    push {r5, r6}
    ldr r7, =0x200013fe
    str r5, [r7]
    ldr r7, =0x20001601
    strh r6, [r7]
`)
    const bytes = (address: number, count: number): string =>
        Buffer.from(memory.subarray(address, address + count)).toString("hex")

    expect(bytes(0x20001000, 7)).toBe("11223344112211")
    expect(bytes(0x20001008, 12)).toBe("112233445566778855667788")
    expect(bytes(0x20010000 - 8, 8)).toBe("1122334455667788")
    expect(bytes(0x200013fc, 7)).toBe("00001122334400")
    expect(bytes(0x20001600, 4)).toBe("00556600")
})

it.each([
    ["at the page's start", 0x20002000],
    ["that reaches into the next page", 0x200023fc],
])("code in RAM %s is executed as it was stored last", (_where, place) => {
    const emulated = ran(`
    ldr r9, =${place}
    movs r10, #0
    ldr r5, =0x30012001     // movs r0, #1; adds r0, #1
    ldr r6, =0x47703001     // adds r0, #1; bx lr
    str r5, [r9]
    str r6, [r9, #4]
    orr r8, r9, #1
    blx r8
    add r10, r10, r0
    movs r5, #0x20
    strb r5, [r9, #1]
    ldr r5, =0x3007         // adds r0, #7
    strh r5, [r9, #4]
    blx r8
    ldr r7, =0x20001000
    str r10, [r7]
    str r0, [r7, #4]
`)

    expect(emulated.word(0x20001000)).toBe(3)
    expect(emulated.word(0x20001004)).toBe(1 + 1 + 7)
})

it("code that changes the code behind it in its own page is noticed", () => {
    const emulated = ran(`
    ldr r9, =0x20002000
    adr r6, routine
    movs r7, #6
1:  ldr r8, [r6], #4
    str r8, [r9], #4
    subs r7, #1
    bne 1b
    ldr r9, =0x20002001
    movs r5, #0
    blx r9
    blx r9
    ldr r7, =0x20001000
    str r5, [r7]
    b end
    .balign 4
    // Each call adds to r5, and makes the next one add one more.
routine:
    adr r6, patched
patched:
    adds r5, #1
    ldrb r7, [r6]
    adds r7, #1
    strb r7, [r6]
    bx lr
`)

    expect(emulated.word(0x20001000)).toBe(1 + 2)
})
