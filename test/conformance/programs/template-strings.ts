// SPDX-License-Identifier: MIT
// Language and library: template strings.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const name = "camera"
    const n = 42
    print(`${name} ${n} ${n + 0.5} ${n > 41} ${[1, 2].length}`)
    print(
        `nested ${`inner ${n}`} end`,
        `line
two`
    )
    print(`${null} ${undefined} ${NaN}`)
}
