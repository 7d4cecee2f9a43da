// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import { kernel, type Picture } from "../../sim/kernel/kernel-test.ts"
import { KernelFault } from "../../sim/kernel/kernel-fault.ts"

const MISTAKES = "test/support/kernel/mistakes.kernel.ts"
const VIEWS = "test/support/kernel/views.kernel.ts"

function picture(width: number, height: number): Picture {
    return { pixels: new Uint8Array(width * height), width, height }
}

/** A picture whose pixels are 0, 1, 2 ... */
function counting(width: number, height: number): Picture {
    const { pixels } = picture(width, height)
    return { pixels: pixels.map((_, index) => index), width, height }
}

describe("kernel()", () => {
    it("fills in a record", async () => {
        const { extent } = await kernel(VIEWS)

        expect(extent!(counting(5, 3), 2)).toEqual({
            least: 0,
            most: 14,
            share: Math.fround(12 / 15),
            negative: -2,
            any: true,
        })
    })

    it("hands over a list with what had no place", async () => {
        const { ends } = await kernel(VIEWS)

        expect(ends!(counting(4, 3), 2)).toEqual({
            length: 2,
            left: 1,
            items: [
                { y: 0, first: 0, last: 3 },
                { y: 1, first: 4, last: 7 },
            ],
        })
    })

    it("fills in arrays of 8, 16 and 32 bits", async () => {
        const { bytesOf, wordsOf, intsOf } = await kernel(VIEWS)

        expect(bytesOf!(counting(4, 1), 4)).toEqual(
            Uint8Array.of(0, 255, 254, 253)
        )
        expect(wordsOf!(counting(4, 1), 4)).toEqual(
            Uint16Array.of(0, 0xffff, 0xfffe, 0xfffd)
        )
        expect(intsOf!(counting(4, 1), 4)).toEqual(Int32Array.of(0, -1, -2, -3))
    })

    it("returns a number, of the kernel's own type", async () => {
        const { mean, total } = await kernel(VIEWS)

        expect(mean!(counting(4, 1))).toBe(1.5)
        expect(total!(counting(4, 2))).toBe(28)
    })

    it("writes into the test's own picture, at rows of another stride", async () => {
        const { copy } = await kernel(VIEWS)
        const from = { ...counting(4, 2), width: 3, stride: 4 }
        const to = { ...picture(5, 2), width: 3, stride: 5 }

        copy!(from, to)

        expect([...to.pixels]).toEqual([0, 1, 2, 0, 0, 4, 5, 6, 0, 0])
    })

    it("keeps a kernel's own memory from call to call, and not to the next kernel()", async () => {
        const calls = async () => {
            const { count } = await kernel(VIEWS)
            return [count!(picture(1, 1)), count!(picture(1, 1))]
        }

        expect(await calls()).toEqual([1, 2])
        expect(await calls()).toEqual([1, 2])
    })

    it("calls a row kernel for each row", async () => {
        const { columns } = await kernel(VIEWS)

        expect(columns!(counting(3, 4), 3)).toEqual(Int32Array.of(18, 22, 26))
    })

    it("has the core's instructions on four bytes", async () => {
        const { differences, aboveEach, halves } = await kernel(VIEWS)
        const two = {
            pixels: Uint8Array.of(10, 0, 255, 7, 3, 1, 254, 255),
            width: 4,
            height: 2,
        }

        expect(differences!(two, 100)).toBe(100 + 7 + 1 + 1 + 248)
        expect(aboveEach!(two, 4)).toEqual(Uint8Array.of(7, 0, 1, 0))
        expect(halves!(two, 4)).toEqual(Uint8Array.of(6, 0, 254, 131))
    })

    it("says how a function is called when it is called otherwise", async () => {
        const { ends } = await kernel(VIEWS)

        expect(() => ends!(picture(4, 4))).toThrow(
            "ends(frame: Frame, found: List) takes a picture ({ pixels, width, height }) for each Frame or Row, then its numbers, " +
                "and in place of its result how many there is place for"
        )
    })
})

describe("a kernel that does what it may not", () => {
    const cases: readonly (readonly [
        name: string,
        numbers: readonly number[],
        kind: string,
        line: number,
        message: string,
    ])[] = [
        [
            "pastFrame",
            [4],
            "access",
            12,
            "reads 1 byte at 0x20000027, 8 bytes past the end of frame 0 (8x4) of 32 bytes",
        ],
        [
            "writesPastFrame",
            [],
            "access",
            17,
            "writes 1 byte at 0x20000020, 1 byte past the end of frame 0 (8x4) of 32 bytes",
        ],
        [
            "ownMemory",
            [16],
            "access",
            21,
            "1 byte past the end of its own memory of 16 bytes",
        ],
        [
            "ownMemory",
            [4096],
            "access",
            21,
            "4081 bytes past the end of its own memory of 16 bytes",
        ],
        [
            "farAway",
            [0x30050000],
            "access",
            25,
            "reads 1 byte at 0x50050000, a peripheral's",
        ],
        [
            "farAway",
            [0x08000000],
            "access",
            25,
            "reads 1 byte at 0x28000000, in RAM that the kernel was not given",
        ],
        [
            "outputTooSmall",
            [7],
            "access",
            29,
            "writes 2 bytes at 0x1ff8000e, 2 bytes past the end of its result of 14 bytes",
        ],
        [
            "addsForever",
            [3],
            "access",
            33,
            "4 bytes past the end of its result of 28 bytes",
        ],
        [
            "endless",
            [],
            "endless-loop",
            38,
            "has not ended after 10,000,000 turns of its loops",
        ],
        ["divides", [0], "division-by-zero", 43, "divides by zero"],
        [
            "divisionTooLarge",
            [-1],
            "number-too-large",
            47,
            "makes a number that does not fit into 32 bits",
        ],
        ["throws", [], "throw", 51, "throws"],
    ]

    it.each(cases)("%s(%j)", async (name, numbers, kind, line, message) => {
        const functions = await kernel(MISTAKES)

        const fault = faultOf(() => functions[name]!(picture(8, 4), ...numbers))

        expect(fault).toMatchObject({
            kind,
            file: MISTAKES,
            functionName: name,
            place: `${MISTAKES}:${line}`,
        })
        expect(fault.message).toContain(`kernel ${MISTAKES}, ${name}() `)
        expect(fault.message).toContain(message)
    })

    it("leaves what lies around untouched", async () => {
        const { writesPastFrame } = await kernel(MISTAKES)
        const one = counting(8, 4)

        faultOf(() => writesPastFrame!(one))

        expect(one.pixels).toEqual(counting(8, 4).pixels)
    })
})

function faultOf(action: () => unknown): KernelFault {
    try {
        action()
    } catch (error) {
        expect(error).toBeInstanceOf(KernelFault)
        return error as KernelFault
    }
    throw new Error("nothing was thrown")
}
