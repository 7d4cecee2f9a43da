// SPDX-License-Identifier: MIT
// Language and library: closures.

import { print } from "./lib/print"

function counter(start: number): () => number {
    let value = start
    return () => value++
}
function adder(n: number): (x: number) => number {
    return x => x + n
}
function twice(f: (x: number) => number): (x: number) => number {
    return x => f(f(x))
}
function compose(
    f: (x: number) => number,
    g: (x: number) => number
): (x: number) => number {
    return x => f(g(x))
}

export async function run(): Promise<void> {
    const next = counter(10)
    const other = counter(100)
    print(next(), next(), other(), next(), other())
    const adders = [adder(1), adder(20), adder(300)]
    for (const add of adders) print(add(5), add(6))
    print(
        twice(x => x * 3)(7),
        compose(
            x => x + 1,
            x => x * 2
        )(10)
    )
}
