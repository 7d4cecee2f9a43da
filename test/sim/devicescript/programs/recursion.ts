// SPDX-License-Identifier: MIT
// Calls itself for ever.

function deeper(level: number): number {
    return deeper(level + 1) + 1
}
deeper(0)
