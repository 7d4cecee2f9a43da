// SPDX-License-Identifier: MIT
// Language and library: objects as maps.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const o: any = { b: 2, a: 1 }
    o.c = 3
    o["d e"] = 4
    for (const key of Object.keys(o)) print(key, o[key])
    delete o.a
    print(Object.keys(o).join(), o.a, Object.values(o).length)
    Object.assign(o, { b: 20, f: 6 })
    print(JSON.stringify(o))
    for (let i = 0; i < 20; i++) o["key" + i] = i
    let sum = 0
    for (let i = 0; i < 20; i++) sum += o["key" + i]
    print(sum, Object.keys(o).length)
}
