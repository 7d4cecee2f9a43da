// SPDX-License-Identifier: MIT
// Language and library: recursion.

import { print } from "./lib/print"

function fib(n: number): number {
    return n < 2 ? n : fib(n - 1) + fib(n - 2)
}
function factorial(n: number): number {
    return n <= 1 ? 1 : n * factorial(n - 1)
}
function ackermann(m: number, n: number): number {
    if (m === 0) return n + 1
    if (n === 0) return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))
}
function gcd(a: number, b: number): number {
    return b === 0 ? a : gcd(b, a % b)
}
function depth(n: number): number {
    return n === 0 ? 0 : 1 + depth(n - 1)
}

export async function run(): Promise<void> {
    print(
        fib(12),
        factorial(20),
        factorial(25),
        ackermann(2, 3),
        gcd(1071, 462),
        depth(40)
    )
}
