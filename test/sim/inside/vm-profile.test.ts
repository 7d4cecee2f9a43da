// SPDX-License-Identifier: MIT
// The profile of the simulator's VM: its sums are the VM's own counts, and each line has what it did.

import { beforeAll, describe, expect, it } from "vitest"
import { readBoard } from "../../../boards/board-file.ts"
import { cyclesOf } from "../../../sim/devicescript/work-counter.ts"
import { speedscopeFile, totalOf } from "../../../sim/inside/speedscope.ts"
import type { Profile } from "../../../sim/inside/speedscope.ts"
import { vmProfiles } from "../../../sim/inside/vm-profile.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { Simulation } from "../../../sim/simulation.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { programPlaces } from "../../../toolchain/devicescript/bytecode.ts"
import {
    profileNamed,
    weightOfLine,
} from "../../support/inside/profile-lines.ts"

const APP = "test/system/programs/inside/loops.ts"
const board = readBoard("nucleo-f446re")

async function simulated(app: string, byPlace: boolean): Promise<Simulation> {
    return Simulation.create({
        board,
        scene: await loadScene("flat", { width: 752, height: 480 }, 1),
        program: await buildProgram(app),
        byPlace,
    })
}

async function profilesOf(simulation: Simulation, app: string) {
    const program = await buildProgram(app)
    return vmProfiles({
        bytecode: program.bytecode,
        program: programPlaces(program)!,
        byPlace: simulation.vmWorkByPlace,
        work: simulation.vmWork,
        cycles: board.vmCycles,
    })
}

describe("of a program with loops", () => {
    let simulation: Simulation
    let profiles: Profile[]

    beforeAll(async () => {
        simulation = await simulated(APP, true)
        simulation.run({ seconds: 0.5 })
        profiles = await profilesOf(simulation, APP)
    })

    it("has as many operations as the VM did, and the cycles that the board's rates charge", () => {
        const { vmWork } = simulation
        const time = profileNamed(profiles, "HCLK cycles, by the board's rates")

        expect(vmWork.operation).toBeGreaterThan(10_000)
        expect(totalOf(profileNamed(profiles, "VM operations"))).toBe(
            vmWork.operation
        )
        expect(totalOf(time)).toBeCloseTo(cyclesOf(vmWork, board.vmCycles), 3)
    })

    it("has for each line what it did, and nothing for one that did not run", () => {
        const operations = profileNamed(profiles, "VM operations")
        const of = (line: number) => weightOfLine(operations, APP, line)

        expect(of(8)).toBeGreaterThan(0)
        expect(of(8) % 1100).toBe(0)
        expect(of(13) % 1100).toBe(0)
        expect(of(20) % 300).toBe(0)
        expect(of(26)).toBe(0)
    })

    it("finds the line that leaves garbage", () => {
        const allocated = profileNamed(profiles, "allocated")
        const [worst] = allocated.samples
            .filter(([stack]) => stack.at(-1)!.file === APP)
            .sort(([, a], [, b]) => b - a)

        expect(worst![0].at(-1)!.line).toBe(20)
        // 300 strings of 1 to 790 characters.
        expect(worst![1]).toBeGreaterThan((300 * 790) / 2)
    })

    it("is a file of speedscope's format: weights and samples of frames that are there", () => {
        const file = JSON.parse(speedscopeFile(APP, profiles)) as {
            shared: { frames: { name: string }[] }
            profiles: {
                type: string
                samples: number[][]
                weights: number[]
                endValue: number
            }[]
        }

        expect(file.profiles).toHaveLength(3)
        for (const { type, samples, weights, endValue } of file.profiles) {
            expect(type).toBe("sampled")
            expect(samples).toHaveLength(weights.length)
            expect(weights.reduce((a, b) => a + b, 0)).toBe(endValue)
            for (const index of samples.flat())
                expect(file.shared.frames[index]!.name).not.toBe("")
        }
    })
})

it("changes nothing that a program can see", async () => {
    const [counting, plain] = await Promise.all([
        simulated("src/main.ts", true),
        simulated("src/main.ts", false),
    ])
    counting.run({ frames: 10 })
    plain.run({ frames: 10 })

    expect(counting.clock.nowNs).toBe(plain.clock.nowNs)
    expect(counting.vmWork).toEqual(plain.vmWork)
    expect(counting.record.counters()).toEqual(plain.record.counters())
})
