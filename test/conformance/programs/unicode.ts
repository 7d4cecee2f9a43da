// SPDX-License-Identifier: MIT
// Language and library: characters beyond ASCII.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const text = "zażółć 🐟 ß"
    print(text, text.length)
    for (let i = 0; i < text.length; i++) print(i, text[i], text.charCodeAt(i))
    print(
        text.slice(2, 5),
        text.indexOf("🐟"),
        "ż" === "\u017c",
        String.fromCharCode(0x20ac)
    )
    print(Buffer.from(text).length, Buffer.from(text).toString("hex"))
    print(text.split("").length)
}
