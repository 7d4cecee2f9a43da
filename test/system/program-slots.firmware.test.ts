// SPDX-License-Identifier: MIT
// Which of two programs runs, on the emulated board: one that does not start gives way to the other, one that only lacks its
// sensor does not.

import { describe, expect, it } from "vitest"
import type { ElfSegment } from "../../toolchain/elf/elf.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import { programImage } from "../../toolchain/slots/program-image.ts"
import { buildProgramSlot } from "../../toolchain/slots/program-slot.ts"
import { randomWords } from "../support/firmware/slots/fake-flash.ts"
import {
    emulatedRig,
    runUntil,
    type EmulatedRig,
} from "../support/system/emulated-rig.ts"

const SLOT_A = 0x08040000
const SLOT_B = 0x08060000
/** Offset of a slot's rejected word. */
const REJECTED = 180

/** Set by `npm run test:long`. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"
const MUTANTS = LONG ? 60 : 4

/** A slot's content with a program, newer than what is in slot A. */
async function slotOf(
    app: string,
    damage: (image: Uint8Array) => void = () => {}
): Promise<Uint8Array> {
    const program = await buildProgram(app)
    const image = programImage(program).slice()
    damage(image)
    return buildProgramSlot({
        image,
        request: {},
        sensor: "mt9v034",
        name: program.name,
        sequence: 2,
    })
}

function slotB(bytes: Uint8Array): () => ElfSegment[] {
    return () => [{ address: SLOT_B, bytes }]
}

/** Where bytecode begins in an image: "DevS" (devs_img_header_t). */
const BYTECODE_MAGIC = Buffer.from("DevS")

/** The version of the bytecode, which no VM knows. */
function wrongVersion(image: Uint8Array): void {
    const at = Buffer.from(image.buffer).indexOf(BYTECODE_MAGIC)
    expect(at).toBeGreaterThan(0)
    image[at + 8 + 3] = 99
}

function lines(rig: EmulatedRig, what: RegExp): string[] {
    return rig.text.filter(line => what.test(line))
}

function rejected(rig: EmulatedRig, slot: number): boolean {
    return rig.emulated.readWord(slot + REJECTED) !== 0xffffffff
}

describe("a newer program", () => {
    it("whose bytecode the VM refuses gives way to the other one at once", async () => {
        const content = await slotOf("src/main.ts", wrongVersion)
        const rig = await emulatedRig({ extra: slotB(content) })
        try {
            runUntil(rig, () => rig.frames.length >= 10, 2)

            expect(rig.frames.length).toBeGreaterThanOrEqual(10)
            expect(rig.text.join("\n")).toMatch(
                /^starting .* in slot B[^]*^! verification failure[^]*^CRASH before this reset: verification: .*, in the VM's turn$[^]*^slot B: the VM refuses its program; rejected$[^]*^starting .* in slot A$/m
            )
            expect(rejected(rig, SLOT_B)).toBe(true)
            expect(rig.emulated.record.counters().restarts).toBe(1)
        } finally {
            rig.emulated.close()
        }
    })

    it.each([
        ["exception", "test/system/programs/throws-at-once.ts", 60005],
        [
            "endless-loop",
            "test/sim/devicescript/programs/infinite-loop.ts",
            60001,
        ],
    ])(
        "that fails in its first second three times gives way too: %s",
        async (name, app, code) => {
            const rig = await emulatedRig({ extra: slotB(await slotOf(app)) })
            try {
                runUntil(rig, () => rig.frames.length >= 10, 20)

                expect(rig.frames.length).toBeGreaterThanOrEqual(10)
                const ended = `the program ended: ${name} (panic ${code}); it starts again; failures in its first second: `
                expect(lines(rig, /^the program ended/)).toEqual([
                    `${ended}1`,
                    `${ended}2`,
                    `${ended}3`,
                ])
                expect(lines(rig, /^CRASH before this reset/)[0]).toContain(
                    `${name} (panic ${code}), in the VM's turn`
                )
                expect(lines(rig, /^slot B: its program failed/)).toEqual([
                    "slot B: its program failed 3 times in its first second; rejected",
                ])
                expect(lines(rig, /^starting /).at(-1)).toBe(
                    "starting src/main.ts in slot A"
                )
                expect(rejected(rig, SLOT_B)).toBe(true)
            } finally {
                rig.emulated.close()
            }
        },
        180_000
    )

    it("that fails in its first minute eight times in a row gives way too", async () => {
        const rig = await emulatedRig({
            extra: slotB(await slotOf("test/system/programs/fails-late.ts")),
        })
        try {
            runUntil(rig, () => rig.frames.length >= 10, 60)

            expect(rig.frames.length).toBeGreaterThanOrEqual(10)
            expect(lines(rig, /^the program ended/)).toEqual(
                Array.from(
                    { length: 8 },
                    (_, i) =>
                        `the program ended: exception (panic 60005); it starts again; failures in its first minute: ${i + 1}`
                )
            )
            expect(lines(rig, /^slot B: its program failed/)).toEqual([
                "slot B: its program failed 8 times in a row in its first minute; rejected",
            ])
            expect(rejected(rig, SLOT_B)).toBe(true)
            expect(lines(rig, /^starting /).at(-1)).toBe(
                "starting src/main.ts in slot A"
            )
        } finally {
            rig.emulated.close()
        }
    }, 180_000)

    it("that restarts itself after its first second stays, however often", async () => {
        const rig = await emulatedRig({
            extra: slotB(await slotOf("test/system/programs/restarts-late.ts")),
        })
        try {
            const ended = /^the program ended: restart; it starts again$/
            runUntil(rig, () => lines(rig, ended).length >= 10, 40)

            expect(lines(rig, ended)).toHaveLength(10)
            expect(rejected(rig, SLOT_B)).toBe(false)
        } finally {
            rig.emulated.close()
        }
    }, 180_000)

    it("that finds no sensor stays, however often it fails, and streams when the sensor is there", async () => {
        const rig = await emulatedRig({
            extra: slotB(await slotOf("src/main.ts")),
        })
        const { emulated } = rig
        try {
            const { i2cBus } = emulated.chip
            i2cBus.detach(emulated.sensor)
            const ended = /^the program ended: exception.*maybe by its sensor/
            runUntil(rig, () => lines(rig, ended).length >= 4, 30)
            i2cBus.attach(emulated.sensor)
            runUntil(rig, () => rig.frames.length >= 10, 6)

            expect(lines(rig, ended)).toHaveLength(4)
            expect(lines(rig, /^starting /)).toEqual([
                "starting src/main.ts in slot B",
            ])
            expect(rejected(rig, SLOT_B)).toBe(false)
            expect(rig.frames.length).toBeGreaterThanOrEqual(10)
        } finally {
            emulated.close()
        }
    }, 180_000)

    it("that gives up because no frame comes stays: it may be the cable", async () => {
        const rig = await emulatedRig({
            extra: slotB(
                await slotOf("test/system/programs/waits-for-a-frame.ts")
            ),
            // VSYNC is dead.
            faults: Array.from({ length: 2000 }, (_, frame) => ({
                kind: "missing-vsync",
                frame,
            })),
        })
        try {
            const ended = /^the program ended: exception.*maybe by its sensor/
            runUntil(rig, () => lines(rig, ended).length >= 3, 20)
            runUntil(rig, () => false, 0.5)

            expect(lines(rig, ended)).toHaveLength(3)
            expect(lines(rig, /^starting /)).toHaveLength(1)
            expect(rejected(rig, SLOT_B)).toBe(false)
        } finally {
            rig.emulated.close()
        }
    }, 180_000)

    it("alone, and refused by the VM, leaves the link to those who have another", async () => {
        const content = await slotOf("src/main.ts", wrongVersion)
        const rig = await emulatedRig({
            // Slot A without a header.
            extra: () => [
                { address: SLOT_B, bytes: content },
                { address: SLOT_A, bytes: new Uint8Array(4) },
            ],
        })
        try {
            const none = /^NO PROGRAM: no slot has one that starts/
            runUntil(rig, () => lines(rig, none).length > 0, 5)
            runUntil(rig, () => false, 4)

            expect(lines(rig, none)).toHaveLength(1)
            expect(lines(rig, /^slot B: the VM refuses/)).toEqual([
                "slot B: the VM refuses its program; there is no other",
            ])
            expect(lines(rig, /^CRASH/)).toHaveLength(1)
        } finally {
            rig.emulated.close()
        }
    })
})

describe("the only program", () => {
    it("is tried again for ever when it fails late, less and less often", async () => {
        const rig = await emulatedRig({
            app: "test/system/programs/fails-late.ts",
        })
        const { emulated } = rig
        try {
            const ended = /^the program ended/
            const endS: number[] = []
            while (endS.length < 11 && emulated.seconds < 110) {
                const before = endS.length
                runUntil(rig, () => lines(rig, ended).length > before, 30)
                endS.push(emulated.seconds)
            }
            const pauses = endS.slice(1).map((at, i) => at - endS[i]!)

            expect(lines(rig, /^slot A: its program failed/)).toEqual(
                [5, 10, 20, 40].map(
                    (s, i) =>
                        `slot A: its program failed ${8 + i} times in a row in its first minute; there is no other: it is tried again in ${s} s`
                )
            )
            // The VM's 5 s, later the pause; and 1.3 s that it runs, and the boot.
            expect(pauses.map(Math.floor)).toEqual([
                6, 6, 6, 6, 6, 6, 6, 6, 11, 21,
            ])
        } finally {
            emulated.close()
        }
    }, 180_000)
})

/** A byte or three of the image are others, in its settings or in its bytecode; the slot's CRCs fit. */
function mutated(seed: number): (image: Uint8Array) => void {
    return image => {
        const random = randomWords(seed)
        const start = seed % 4 === 0 ? 0 : Buffer.from(image).indexOf("DevS")
        for (let bytes = 1 + (random() % 3); bytes > 0; bytes--)
            image[start + (random() % (image.length - start))] = random() & 0xff
    }
}

/** Virtual s: three ends with 5 s in between, and a second for each run. */
const VERDICT_S = 25

describe("a newer program whose image was changed behind its CRC", () => {
    it.each(Array.from({ length: MUTANTS }, (_, i) => i + 1))(
        "number %i runs, or says why not; once rejected, the other one has frames",
        async seed => {
            const content = await slotOf("src/main.ts", mutated(seed))
            // Without faults, but permissive: a program that makes no sense may ask the sensor for what has no model.
            const rig = await emulatedRig({
                faults: [],
                extra: slotB(content),
            })
            try {
                runUntil(rig, () => rig.frames.length >= 10, VERDICT_S)
                // A rejection may have come last.
                if (rig.frames.length < 10 && rejected(rig, SLOT_B))
                    runUntil(rig, () => rig.frames.length >= 10, 2)
                const frames = rig.frames.length >= 10
                const named = lines(
                    rig,
                    /^the program ended: [a-z-]+|^CRASH before this reset: [a-z-]+/
                )
                if (rejected(rig, SLOT_B)) {
                    expect(frames).toBe(true)
                    expect(lines(rig, /^starting /).at(-1)).toBe(
                        "starting src/main.ts in slot A"
                    )
                }
                // What neither has frames nor ends is a program that does something else: its main loop goes on.
                if (!frames && named.length === 0) {
                    const before = rig.emulated.mcu.instructions.total
                    runUntil(rig, () => false, 3)
                    expect(rig.emulated.mcu.instructions.total).toBeGreaterThan(
                        before
                    )
                    expect(lines(rig, /^starting /)).toHaveLength(1)
                }
            } finally {
                rig.emulated.close()
            }
        },
        180_000
    )
})
