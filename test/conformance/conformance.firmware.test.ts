// SPDX-License-Identifier: MIT
// Programs on one part of the language or library each: the compiled VM prints what the official one prints under Node.

import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import type { Program } from "../../toolchain/devicescript/program.ts"
import { QemuBoard } from "./board-run.ts"
import { buildFor, runInFirmware } from "./firmware-run.ts"
import { buildPrograms, programNames } from "./programs.ts"
import { DONE, runInSimulator } from "./vm-runs.ts"

const GC_HEAPS_BYTES = [12, 32, 40].map(kilobytes => kilobytes * 1024)

const board = new QemuBoard()
let programs: ReadonlyMap<string, Program>

beforeAll(async () => {
    programs = await buildPrograms()
    for (const bytes of GC_HEAPS_BYTES) await buildFor(bytes)
    await board.link(GC_HEAPS_BYTES[0]!)
})

afterAll(() => board.dispose())

describe("conformance programs", () => {
    it("are at least 40", () => {
        expect(programNames.length).toBeGreaterThanOrEqual(40)
    })
})

describe.each(GC_HEAPS_BYTES)(
    "the firmware on the emulated board with a GC heap of %i bytes",
    gcHeapBytes => {
        it.each(programNames)(
            "prints of %s what the VM in the simulator prints",
            async name => {
                const program = programs.get(name)!

                const expected = await runInSimulator(program, gcHeapBytes)
                const printed = runInFirmware(program, gcHeapBytes)

                expect(printed).toEqual(expected)
                expect(printed.at(-1)).toBe(DONE)
                expect(printed.length).toBeGreaterThan(1)
            }
        )
    }
)

// Its MPU forbids what the firmware's cannot: the flash alias outside the VM's constants, where a forgotten address points.
describe("the compiled VM under a strict MPU", () => {
    const gcHeapBytes = GC_HEAPS_BYTES[0]!

    it.concurrent.each(programNames)(
        "touches no stray address in %s",
        async name => {
            const program = programs.get(name)!

            const printed = await board.run(program, gcHeapBytes)

            expect(printed).toEqual(await runInSimulator(program, gcHeapBytes))
        }
    )
})

describe("the compiled VM", () => {
    const print = async (file: string) =>
        board.print(await buildProgram(file), GC_HEAPS_BYTES[0]!)

    it("ends a program that never pauses, with the simulator's panic code", async () => {
        const lines = await print(
            "test/sim/devicescript/programs/infinite-loop.ts"
        )

        expect(lines.at(-1)).toBe("P 60001")
    })

    it("asks the port for a restart when the program does", async () => {
        const lines = await print("test/sim/devicescript/programs/reboot.ts")

        expect(lines.at(-1)).toBe("S restart")
    })

    // LOAD_LOCAL 0, THROW: `throw value` of its last function.
    const THROW = [21, 0, 84]
    // LOAD_STATIC_FUNCTION 3, LOAD_LOCAL 0, CALL1: `again(value)`.
    const CALL = [39, 3, 21, 0, 3]
    const lostJump = (found: readonly number[], at: number, byte: number) =>
        damaged("test/sim/devicescript/programs/lost-jump.ts", found, at, byte)

    it("prints what the program prints that the next tests damage", async () => {
        const lines = await print("test/sim/devicescript/programs/lost-jump.ts")

        expect(lines.slice(-3)).toContain("C > caught 2")
    })

    it("refuses a jump into another function, which is thrown there", async () => {
        const program = await lostJump(CALL, 3, 2)

        const lines = await board.print(program, GC_HEAPS_BYTES[0]!)

        expect(lines.at(-1)).toBe("P 60105")
    })

    it("stops at an operation whose function has another type, as WebAssembly does", async () => {
        const program = await lostJump(THROW, 2, 0)

        const lines = await board.print(program, GC_HEAPS_BYTES[0]!)

        expect(lines.at(-1)).toBe("S the VM's code trapped")
        expect(() => runInSimulator(program, GC_HEAPS_BYTES[0]!)).toThrow(
            /signature mismatch/
        )
    })
})

/** A program with another byte `at` bytes behind the only place where its bytecode has these. */
async function damaged(
    file: string,
    found: readonly number[],
    at: number,
    byte: number
): Promise<Program> {
    const program = await buildProgram(file)
    const bytecode = program.bytecode.slice()
    const places = [...bytecode.keys()].filter(place =>
        found.every((value, i) => bytecode[place + i] === value)
    )
    expect(places).toHaveLength(1)
    bytecode[places[0]! + at] = byte
    return { ...program, bytecode }
}
