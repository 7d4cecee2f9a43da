// SPDX-License-Identifier: MIT
// Language and library: methods of arrays.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const a = [5, 3, 9, 1]
    print(a.length, a.push(7), a.pop(), a.shift(), a.unshift(2), a.join(","))
    print(
        a.indexOf(9),
        a.includes(3),
        a.slice(1, 3).join(),
        [...a, 8, 8].join()
    )
    print(
        a.map(x => x * 2).join(),
        a.filter(x => x > 2).join(),
        a.reduce((s, x) => s + x, 100)
    )
    print(
        a.some(x => x > 8),
        a.every(x => x > 8),
        a.find(x => x > 4),
        a.findIndex(x => x > 4)
    )
    a.forEach((x, i) => print(i, x))
    const grown: number[] = []
    for (let i = 0; i < 20; i++) grown[i] = i * i
    print(grown.length, grown[19], grown[20])
    a.insert(1, 2)
    print(a.join())
}
