// SPDX-License-Identifier: MIT
// Kernels on the emulated core: the same bits as in vitest and as C, and instructions against C.

import { describe, expect, it } from "vitest"
import { kernel, type Picture } from "../../../sim/kernel/kernel-test.ts"
import { compileKernel } from "../../../toolchain/kernel/compile-kernel.ts"
import {
    callShape,
    resultBytes,
} from "../../../toolchain/kernel/kernel-signature.ts"
import {
    kernelObject,
    type OptionSet,
} from "../../../toolchain/kernel/kernel-object.ts"
import { kernelCycles } from "../../../sim/kernel/kernel-calls.ts"
import { readResult } from "../../../sim/kernel/kernel-result.ts"
import { KernelOnCore, type CoreRun } from "../../support/kernel/kernel-core.ts"
import { discs, noise, TestPicture } from "../../support/vision/pictures.ts"

const WIDTH = 160
const HEIGHT = 120

const scene = () => discs(WIDTH, HEIGHT, 20)
const other = () => noise(WIDTH, HEIGHT, 2)

/** Rows of a laser on a dark picture. */
function line(): TestPicture {
    const dark = noise(WIDTH, HEIGHT, 3)
    return new TestPicture(WIDTH, HEIGHT).fill((x, y) => {
        const centre = HEIGHT / 2 + (HEIGHT / 4) * Math.sin(x / 20)
        const light = 210 * Math.exp(-((y - centre) ** 2) / 5)
        return (dark.at(x, y) >> 3) + light
    })
}

const colours = () =>
    new TestPicture(WIDTH, HEIGHT, 2).fill((x, y) => x * 7 + y * 13)

interface Case {
    readonly file: string
    readonly name: string
    readonly pictures: () => readonly Picture[]
    readonly numbers?: readonly number[]
    /** Records of a list, elements of an array. */
    readonly most?: number
}

const CASES: readonly Case[] = [
    {
        file: "brightest",
        name: "brightest",
        pictures: () => [scene()],
        numbers: [128],
    },
    {
        file: "blobs",
        name: "blobs",
        pictures: () => [scene()],
        numbers: [128, 2],
        most: 32,
    },
    {
        file: "flow",
        name: "flow",
        pictures: () => [noise(64, 64, 1), noise(64, 64, 2)],
        most: 25,
    },
    { file: "edges", name: "edges", pictures: () => [scene(), other()] },
    { file: "reduce", name: "half", pictures: () => [scene(), other()] },
    { file: "reduce", name: "quarter", pictures: () => [scene(), other()] },
    {
        file: "reduce",
        name: "motion",
        pictures: () => [scene(), other()],
        numbers: [40],
    },
    {
        file: "laser",
        name: "laser",
        pictures: () => [line()],
        numbers: [100],
        most: WIDTH,
    },
    {
        file: "histogram",
        name: "histogram",
        pictures: () => [scene()],
        most: 256,
    },
    {
        file: "histogram",
        name: "percentiles",
        pictures: () => [scene()],
        numbers: [5, 95],
    },
    {
        file: "gray",
        name: "rgb565ToGray",
        pictures: () => [colours(), other()],
    },
    {
        file: "gray",
        name: "yuv422ToGray",
        pictures: () => [colours(), other()],
    },
    {
        file: "debayer",
        name: "bayerToGray",
        pictures: () => [scene(), other()],
    },
    { file: "focus", name: "focus", pictures: () => [scene()] },
]

/** Instructions and cycles of one function, with each set of options, of the same in C, and what the simulator charges. */
interface Measured {
    readonly byOptions: Readonly<Record<OptionSet, CoreRun>>
    readonly c: CoreRun
    readonly charged: number
}

const measured = new Map<Case, Promise<Measured>>()

/** Run a case everywhere, once. */
function measure(one: Case): Promise<Measured> {
    let result = measured.get(one)
    if (result === undefined) measured.set(one, (result = runAll(one)))
    return result
}

async function runAll({
    file,
    name,
    pictures,
    numbers = [],
    most = 0,
}: Case): Promise<Measured> {
    const compiled = await compileKernel(`vision/${file}.kernel.ts`)
    const fn = compiled.functions.find(one => one.name === name)!
    const { kind } = callShape(fn).result
    const capacity = kind === "list" ? most : 0
    const run = (options: OptionSet, symbol: string): CoreRun =>
        new KernelOnCore(compiled, options).run(
            symbol,
            pictures(),
            numbers,
            fn.returns,
            capacity
        )
    const byOptions = {
        plain: run("plain", `kernel_${name}`),
        unrolled: run("unrolled", `kernel_${name}`),
    }
    const given = pictures()
    let charged = 0
    const functions = await kernel(compiled.file, (_, work) => {
        charged = kernelCycles(work)
    })
    const hasMost = kind === "list" || kind === "array"
    const output = functions[name]!(
        ...given,
        ...numbers,
        ...(hasMost ? [most] : [])
    )
    const bytes = resultBytes(callShape(fn).result, compiled.records, most)
    for (const core of Object.values(byOptions)) {
        expect(core.pictures).toEqual(given.map(({ pixels }) => pixels))
        const { result } = callShape(fn)
        const left =
            result.kind === "number"
                ? core.returned
                : core.result.slice(0, bytes)
        expect(readResult(result, compiled.records, left)).toEqual(output)
    }
    return { byOptions, c: run("plain", `c_${name}`), charged }
}

/** The build takes the better of two sets of options; C is always compiled by -O2. */
function ratioOf({ byOptions, c }: Measured): number {
    const { plain, unrolled } = byOptions
    return Math.min(plain.instructions, unrolled.instructions) / c.instructions
}

describe("a kernel on the core", () => {
    it.each(CASES)(
        "$name leaves what C and what vitest leaves, with both sets of options",
        async one => {
            const { byOptions, c } = await measure(one)

            for (const core of Object.values(byOptions)) {
                expect(core.result).toEqual(c.result)
                expect(core.pictures).toEqual(c.pictures)
                expect(core.returned).toEqual(c.returned)
            }
        }
    )

    it.each(CASES)(
        "$name takes at most 1.15 of the instructions of C",
        async one => {
            expect(ratioOf(await measure(one))).toBeLessThanOrEqual(1.15)
        }
    )

    it("takes at most 1.03 of them in the mean, where better than C counts as C", async () => {
        const all = await Promise.all(CASES.map(measure))
        const sum = all.reduce(
            (total, one) => total + Math.max(1, ratioOf(one)),
            0
        )

        expect(sum / all.length).toBeLessThanOrEqual(1.03)
    })

    it.each(CASES)(
        "$name is charged in the simulator as docs/fidelity/vm.md says, 0.67 to 1.70 of its cycles",
        async one => {
            const { byOptions, charged } = await measure(one)
            const share = charged / byOptions.plain.cycles

            expect(share).toBeGreaterThan(0.66)
            expect(share).toBeLessThan(1.71)
        }
    )
})

describe("the sets of options", () => {
    it("make different code of a kernel with loops", async () => {
        const compiled = await compileKernel("vision/focus.kernel.ts")

        expect(kernelObject(compiled, "unrolled")).not.toEqual(
            kernelObject(compiled, "plain")
        )
    })
})
