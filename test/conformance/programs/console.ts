// SPDX-License-Identifier: MIT
// Language and library: levels and formats of the console.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    console.log("text", 1, true, null, undefined, [1, 2], { a: 1 })
    console.warn("warning", 2.5)
    console.error("error")
    console.debug("debug")
    console.log("two\nlines")
    console.log("")
    console.log("a long line " + "0123456789 " + "0123456789 ", 123456.789)
    console.log(Buffer.from([1, 2, 3]), (x: number) => x)
}
