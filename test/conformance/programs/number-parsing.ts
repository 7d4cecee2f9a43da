// SPDX-License-Identifier: MIT
// Language and library: text to numbers.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    for (const text of [
        "0",
        "12",
        "-7",
        "3.25",
        "1e3",
        "0.1",
        "123456789.123",
        "1e-320",
        "4.35",
        "9007199254740993",
    ])
        print(text, parseFloat(text), parseInt(text), +text)
    print(parseFloat("12abc"), parseInt("0x1f"), parseInt("  42  "))
    print(parseFloat("abc"), parseInt(""), +"x")
    print(
        parseFloat("1.7976931348623159e308"),
        parseFloat("2.2250738585072011e-308")
    )
    print(
        parseFloat("1e23") === 1e23,
        parseFloat("0.30000000000000004") === 0.1 + 0.2
    )
}
