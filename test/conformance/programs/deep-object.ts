// SPDX-License-Identifier: MIT
// Language and library: a deep object.

import { print } from "./lib/print"

interface Node {
    value: number
    next: Node
}

export async function run(): Promise<void> {
    let list: Node = undefined
    for (let i = 0; i < 40; i++) list = { value: i, next: list }
    let sum = 0
    let length = 0
    for (let node = list; node; node = node.next) {
        sum += node.value
        length++
    }
    print(sum, length, list.value, list.next.next.value)
    let tree: any = "leaf"
    for (let i = 0; i < 8; i++) tree = { i: i, t: tree }
    print(JSON.stringify(tree))
}
