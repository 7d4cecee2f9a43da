// SPDX-License-Identifier: MIT
// Numbers as text: DeviceScript has neither toString(16) nor toFixed.

const DIGITS = "0123456789abcdef"

/**
 * Write a number in hexadecimal with its prefix.
 *
 * @param value 0..0xffffffff
 * @param digits at least this many
 */
export function hexNumber(value: number, digits: number): string {
    let text = ""
    let rest = value
    while (rest >= 1 || text.length < digits) {
        text = DIGITS[rest % 16] + text
        rest = Math.floor(rest / 16)
    }
    return "0x" + text
}

/** Round to two decimals, for people. */
export function rounded(value: number): number {
    return Math.round(value * 100) / 100
}
