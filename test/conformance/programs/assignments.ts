// SPDX-License-Identifier: MIT
// Language and library: compound assignments and increments.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    let x = 5
    x += 2
    x *= 3
    x -= 1
    x /= 4
    x **= 2
    x %= 7
    print(x)
    let n = 6
    n <<= 3
    n |= 5
    n &= 0x3d
    n ^= 0xff
    n >>= 1
    n >>>= 1
    print(n, n++, ++n, n--, --n)
    const o = { v: 1 }
    o.v += 9
    o.v++
    const a = [1, 2]
    a[1] *= 50
    print(o.v, a[1])
}
