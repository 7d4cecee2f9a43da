// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { preview } from "../../../host/images/preview.ts"

/** 8x8 pixels: the left half black, the right half white. */
const HALVES = {
    width: 8,
    height: 8,
    pixels: Uint8Array.from({ length: 64 }, (_, at) => (at % 8 < 4 ? 0 : 255)),
}

describe("a preview without colour", () => {
    it("draws dark and bright with less and more ink, at half the rows", () => {
        expect(preview(HALVES, 80, "ascii")).toEqual(
            Array<string>(4).fill("    @@@@")
        )
    })

    it("averages what it leaves out", () => {
        const stripes = {
            width: 4,
            height: 2,
            pixels: Uint8Array.of(0, 255, 0, 255, 0, 255, 0, 255),
        }

        // 0 and 255 average to 128, the sixth of ten letters.
        expect(preview(stripes, 2, "ascii")).toEqual(["++"])
    })
})

describe("a preview in colour", () => {
    it("puts two rows into one line and resets the colour at its end", () => {
        const image = {
            width: 1,
            height: 2,
            pixels: Uint8Array.of(10, 200),
        }

        expect(preview(image, 80, "true-colour")).toEqual([
            "\u001b[38;2;10;10;10;48;2;200;200;200m▀\u001b[0m",
        ])
    })

    it("uses the palette's black, grays and white", () => {
        const image = {
            width: 3,
            height: 1,
            pixels: Uint8Array.of(0, 128, 255),
        }

        const [line] = preview(image, 80, "palette")

        expect(line).toContain("38;5;16;48;5;16m")
        expect(line).toContain("38;5;244;48;5;244m")
        expect(line).toContain("38;5;231;48;5;231m")
    })

    it.each([1, 7, 64, 300])(
        "is never wider than %d columns or the image",
        columns => {
            const cells = preview(HALVES, columns, "true-colour").map(
                line => line.split("▀").length - 1
            )

            expect(new Set(cells)).toEqual(new Set([Math.min(columns, 8)]))
        }
    )
})
