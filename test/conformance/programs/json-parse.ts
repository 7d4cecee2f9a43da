// SPDX-License-Identifier: MIT
// Language and library: JSON.parse.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const text =
        '{"a":1,"b":[1.5,-2e3,true,null,"x\\ny"],"c":{"d":{"e":"\\u0041"}}}'
    const o = JSON.parse(text)
    print(o.a, o.b.length, o.b[0], o.b[1], o.b[2], o.b[3], o.b[4], o.c.d.e)
    print(JSON.stringify(o))
    print(JSON.parse("[0.1,1e23,5e-324,1e308,123456789012345678]").join())
    print(JSON.parse("  7 "), JSON.parse("[]").length, JSON.parse('""') === "")
}
