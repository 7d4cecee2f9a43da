// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import { simulate } from "../../../sim/testing.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"

const PROGRAMS = "test/sim/kernel/programs"
const KERNEL = `${PROGRAMS}/pixels.kernel.ts`
const WIDTH = 64
const HEIGHT = 48

describe("a program's kernels in the simulator", () => {
    it("give each kind of result, of the frame that is lent", async () => {
        const { console, frames, kernels } = await simulate({
            app: `${PROGRAMS}/each-kind.ts`,
            frames: 2,
        })

        expect(console.slice(0, 10)).toEqual(
            frames.slice(0, 2).flatMap(({ pixels }) => expectedLines(pixels))
        )
        expect(
            kernels.map(({ functionName, stopped }) => [functionName, stopped])
        ).toEqual(
            ["brightest", "ends", "columns", "scaledMean", "fill"].map(name => [
                name,
                0,
            ])
        )
        expect(kernels.every(({ file }) => file === KERNEL)).toBe(true)
        // Every pixel is looked at once.
        const [brightest] = kernels
        expect(brightest!.turns / brightest!.calls).toBeGreaterThan(
            WIDTH * HEIGHT
        )
    })

    it("are stopped with kernel, function, cause and line, and frames go on", async () => {
        const { console, frames, kernels, counters } = await simulate({
            app: `${PROGRAMS}/mistakes.ts`,
            frames: 3,
        })

        const access = `kernel ${KERNEL}, past(): was stopped, it touched memory that it was not given`
        expect(console[0]).toMatch(
            new RegExp(
                `^! kernel ${KERNEL}, past\\(\\) reads 1 byte at 0x2\\w+, 1 byte past the end of frame 0 \\(64x48\\) of 3072 bytes ` +
                    `\\(${KERNEL}:55\\)`
            )
        )
        expect(console[1]).toContain(`caught ${access}`)
        expect(console[2]).toContain(
            `! kernel ${KERNEL}, endless() has not ended after 10,000,000 turns of its loops`
        )
        expect(console[3]).toContain(
            `caught kernel ${KERNEL}, endless(): was stopped, it did not end`
        )
        expect(
            console.filter(line => line.startsWith("then ")).slice(0, 3)
        ).toEqual(
            frames
                .slice(0, 3)
                .map(({ pixels }) => `then ${pixels.filter(p => p > 0).length}`)
        )
        const use = (name: string) =>
            kernels.find(({ functionName }) => functionName === name)
        expect(use("past")!.stopped).toBe(use("past")!.calls)
        expect(use("endless")).toMatchObject({
            calls: 1,
            stopped: 1,
            firstFault: { kind: "endless-loop" },
        })
        expect(use("brightest")!.stopped).toBe(0)
        // It computed for half a second, in which the sensor went on.
        expect(counters.dropped).toBeGreaterThan(10)
        expect(counters).toMatchObject({ overruns: 0, torn: 0, lost: 0 })
    })
})

it("says where a kernel's functions are to a program that imports the kernel file itself", async () => {
    await expect(buildProgram(`${PROGRAMS}/imports-kernel.ts`)).rejects.toThrow(
        `${PROGRAMS}/imports-kernel.ts:1: imports the kernel file pixels.kernel.ts, which is compiled for itself: ` +
            `its functions for a program are in "./kernels/pixels"`
    )
})

/** What each-kind.ts prints for a frame, by plain arithmetic. */
function expectedLines(pixels: Uint8Array): string[] {
    const bright = pixels.filter(pixel => pixel > 128)
    const sum = pixels.reduce((total, pixel) => total + pixel, 0)
    const most = bright.reduce((a, b) => Math.max(a, b), 0)
    const [first, last] = [pixels[16 * WIDTH]!, pixels[17 * WIDTH - 1]!]
    const column = (x: number): number =>
        pixels.reduce(
            (total, pixel, index) =>
                index % WIDTH === x ? total + pixel : total,
            0
        )
    const mean = Math.round((sum / pixels.length) * 0.5 * 1000)
    return [
        `spot ${bright.length} ${most} ${sum}`,
        `ends 2 1 16 ${first} ${last} ${first === last}`,
        `columns ${column(0)} ${column(63)}`,
        `mean ${mean}`,
        "filled 77 77",
    ]
}
