// SPDX-License-Identifier: MIT
// Language and library: many short-lived objects.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    let check = 0
    for (let round = 0; round < 60; round++) {
        const list: { id: number; name: string }[] = []
        for (let i = 0; i < 12; i++) list.push({ id: i, name: "n" + i })
        const text = JSON.stringify(list)
        const back = JSON.parse(text)
        check = (check * 31 + back[round % 12].id + text.length) % 65521
        const buffer = Buffer.alloc(500 + round)
        buffer[round] = round
        check += buffer[round]
        if (round % 10 === 0) await ds.sleep(1)
    }
    print(check)
}
