// SPDX-License-Identifier: MIT
// Language and library: methods of strings.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const text = "The quick brown fox"
    print(
        text.length,
        text[4],
        text.charAt(5),
        text.charCodeAt(6),
        text.charAt(99) === ""
    )
    print(
        text.slice(4, 9),
        text.slice(-3),
        text.slice(4),
        text.slice(9, 4) === ""
    )
    print(
        text.indexOf("quick"),
        text.indexOf("slow"),
        text.indexOf("o", 13),
        text.lastIndexOf("o")
    )
    print(text.includes("brown"), text.startsWith("The"), text.endsWith("x"))
    print(text.toUpperCase(), text.toLowerCase())
    print(
        text.split(" ").length,
        text.split(" ").join("-"),
        "a,b,,c".split(",").join("|")
    )
    print("a" + 1 + true + null + undefined, "7" + 7)
}
