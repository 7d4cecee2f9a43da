// SPDX-License-Identifier: MIT
// Seeded pseudo-random bits: the same seed gives the same scene everywhere.

/** Mix 32 bits so that neighbouring inputs have unrelated outputs (xor, shift, multiply by odd constants). */
export function mix32(value: number): number {
    let x = value | 0
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
    return (x ^ (x >>> 16)) >>> 0
}

/** Fill with uniform bytes. */
export function fillRandom(bytes: Uint8Array, seed: number): void {
    // Zero is the one state that xorshift never leaves.
    let state = mix32(seed) || 1
    for (let i = 0; i < bytes.length; i++) {
        state ^= state << 13
        state ^= state >>> 17
        state ^= state << 5
        bytes[i] = state >>> 24
    }
}
