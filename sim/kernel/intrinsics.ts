// SPDX-License-Identifier: MIT
// The instructions of the Cortex-M4 that kernels have as functions, USADA8, UQSUB8 and UHADD8 (Armv7-M ARM, DDI 0403E, A7.7.211, A7.7.218, A7.7.222).

/** Sums over the four bytes of two words. */
export const INTRINSICS: WebAssembly.ModuleImports = {
    sumOfDifferences(a: number, b: number, sum: number): number {
        let total = sum
        for (let shift = 0; shift < 32; shift += 8)
            total += Math.abs(byteOf(a, shift) - byteOf(b, shift))
        return total | 0
    },
    above(a: number, b: number): number {
        return bytewise(a, b, (x, y) => Math.max(x - y, 0))
    },
    halfSum(a: number, b: number): number {
        return bytewise(a, b, (x, y) => (x + y) >> 1)
    },
}

function byteOf(word: number, shift: number): number {
    return (word >>> shift) & 0xff
}

function bytewise(
    a: number,
    b: number,
    combine: (x: number, y: number) => number
): number {
    let result = 0
    for (let shift = 0; shift < 32; shift += 8)
        result |= combine(byteOf(a, shift), byteOf(b, shift)) << shift
    return result
}
