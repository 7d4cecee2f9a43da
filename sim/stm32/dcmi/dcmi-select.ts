// SPDX-License-Identifier: MIT
// Byte and line select modes of the F446's DCMI (RM0390 §14.8.1: BSM, OEBS, LSM, OELS). Pure.

/** Of each group of `of` bytes, `take` bytes from `first` on are captured. */
export interface ByteSelection {
    readonly first: number
    readonly take: number
    readonly of: number
}

/** What BSM (0..3) and OEBS choose; undefined for all bytes. */
export function byteSelection(
    bsm: number,
    oebs: boolean
): ByteSelection | undefined {
    switch (bsm) {
        case 1:
            return { first: oebs ? 1 : 0, take: 1, of: 2 }
        case 2:
            return { first: oebs ? 1 : 0, take: 1, of: 4 }
        case 3:
            return { first: oebs ? 2 : 0, take: 2, of: 4 }
    }
    return undefined
}

/** Copy the selected bytes of a line. @returns how many */
export function selectBytes(
    source: Uint8Array,
    target: Uint8Array,
    selection: ByteSelection
): number {
    let count = 0
    for (
        let group = selection.first;
        group < source.length;
        group += selection.of
    )
        for (
            let at = group;
            at < Math.min(group + selection.take, source.length);
            at++
        )
            target[count++] = source[at]!
    return count
}
