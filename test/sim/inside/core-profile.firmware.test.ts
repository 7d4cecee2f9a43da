// SPDX-License-Identifier: MIT
// The profile of the emulated board: its sums are the emulator's own counts, and its lines of TypeScript those of the simulator.

import { expect, it } from "vitest"
import { coreProfiles } from "../../../sim/inside/core-profile.ts"
import { totalOf, type Profile } from "../../../sim/inside/speedscope.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { programPlaces } from "../../../toolchain/devicescript/bytecode.ts"
import { simulateOperations } from "../../support/inside/simulate-operations.ts"
import {
    profileNamed,
    weightOfLine,
} from "../../support/inside/profile-lines.ts"
import {
    emulatedRig,
    type RigOptions,
} from "../../support/system/emulated-rig.ts"

interface Profiled {
    readonly profiles: readonly Profile[]
    readonly instructions: number
    readonly cycles: number
}

async function profiled(
    options: RigOptions & { readonly app: string },
    seconds: number
): Promise<Profiled> {
    const { emulated } = await emulatedRig({ ...options, tally: true })
    try {
        emulated.run({ seconds })
        const { total, cycles } = emulated.mcu.instructions
        const program = programPlaces(await buildProgram(options.app))
        const { map } = emulated
        return {
            profiles: coreProfiles(emulated.tally!, { map, program }),
            instructions: total,
            cycles,
        }
    } finally {
        emulated.close()
    }
}

it("has the sums of the emulator, and the VM's operations of the simulator line by line", async () => {
    const app = "test/system/programs/inside/loops.ts"
    const { profiles, instructions, cycles } = await profiled({ app }, 0.5)
    const operations = profileNamed(profiles, "TypeScript, VM operations")
    const simulated = await simulateOperations(app, 0.5)

    expect(totalOf(profileNamed(profiles, "instructions"))).toBe(instructions)
    expect(totalOf(profileNamed(profiles, "HCLK cycles"))).toBeCloseTo(
        cycles,
        2
    )
    for (const line of [8, 12, 13, 19, 20, 26, 29, 31, 33])
        expect(
            [line, weightOfLine(operations, app, line)],
            `line ${line}`
        ).toEqual([line, weightOfLine(simulated, app, line)])
    expect(weightOfLine(operations, app, 8)).toBeGreaterThan(1100)
})

it("shows handlers apart, who called whom, and the lines that a frame costs", async () => {
    const { profiles } = await profiled({ app: "src/main.ts" }, 0.4)
    const { samples } = profileNamed(profiles, "instructions")
    const names = samples.map(([stack]) => stack.map(({ name }) => name))
    const inDcmi = names.filter(([outermost]) => outermost === "DCMI")

    expect(inDcmi.length).toBeGreaterThan(0)
    expect(inDcmi.some(stack => stack[1] === "DCMI_IRQHandler")).toBe(true)
    expect(
        names.some(
            ([outermost, ...rest]) =>
                outermost === "thread mode" &&
                rest.includes("main") &&
                rest.indexOf("w2c_vm_devs_fiber_run") > rest.indexOf("main")
        )
    ).toBe(true)
    const lines = profileNamed(profiles, "TypeScript, HCLK cycles")
    const files = new Set(lines.samples.map(([stack]) => stack.at(-1)!.file))
    expect(files).toContain("src/frame-stream.ts")
    expect(files).toContain("drivers/grabber/grabber.ts")
})
