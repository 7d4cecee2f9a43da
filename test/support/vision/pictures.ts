// SPDX-License-Identifier: MIT
// Pictures for the kernels of vision/, by a seeded generator.

import type { Picture } from "../../../sim/kernel/kernel-test.ts"

/** A picture that a test can look into. */
export class TestPicture implements Picture {
    readonly pixels: Uint8Array

    constructor(
        readonly width: number,
        readonly height: number,
        readonly format = 1,
        readonly stride = width * (format === 1 ? 1 : 2)
    ) {
        this.pixels = new Uint8Array(this.stride * height)
    }

    /** A byte of row y. */
    at(x: number, y: number): number {
        return this.pixels[y * this.stride + x]!
    }

    set(x: number, y: number, value: number): void {
        this.pixels[y * this.stride + x] = value
    }

    /** Set each byte, rows from the top. */
    fill(level: (x: number, y: number) => number): this {
        const bytes = this.width * (this.format === 1 ? 1 : 2)
        for (let y = 0; y < this.height; y++)
            for (let x = 0; x < bytes; x++) this.set(x, y, level(x, y))
        return this
    }
}

/** Numbers from 0 to n - 1; the same ones for the same seed (Numerical Recipes' generator). */
export function randomNumbers(seed: number): (n: number) => number {
    let state = seed >>> 0
    return n => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return Math.floor((state / 2 ** 32) * n)
    }
}

/** Every level anywhere, with a padding behind each row that is no part of the picture. */
export function noise(width: number, height: number, seed = 1): TestPicture {
    const random = randomNumbers(seed)
    const picture = new TestPicture(width, height, 1, width + 5)
    picture.pixels.fill(200)
    return picture.fill(() => random(256))
}

/** Dark, with bright discs that may touch each other. */
export function discs(
    width: number,
    height: number,
    count: number,
    seed = 1
): TestPicture {
    const random = randomNumbers(seed)
    const picture = new TestPicture(width, height).fill(() => 20 + random(60))
    for (let i = 0; i < count; i++) {
        const [cx, cy, radius] = [random(width), random(height), 1 + random(8)]
        for (
            let y = Math.max(0, cy - radius);
            y < Math.min(height, cy + radius);
            y++
        )
            for (
                let x = Math.max(0, cx - radius);
                x < Math.min(width, cx + radius);
                x++
            )
                if ((x - cx) ** 2 + (y - cy) ** 2 < radius ** 2)
                    picture.set(x, y, 150 + random(105))
    }
    return picture
}

/** As bytes of TypeScript's arithmetic: what a kernel is compared with. */
export function mapped(
    picture: TestPicture,
    level: (x: number, y: number) => number
): TestPicture {
    const { width, height, stride } = picture
    const result = new TestPicture(width, height, 1, stride)
    result.pixels.set(picture.pixels)
    return result.fill(level)
}
