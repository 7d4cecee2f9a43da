// SPDX-License-Identifier: MIT
// The return in `inner` is a jump that the VM throws; the finally block keeps it in a variable without a name. With the
// argument of `again` exchanged for that variable it is thrown in another function than its own.

function inner(value: number): number {
    try {
        return value + 1
    } finally {
        again(value)
    }
}

function again(value: number): void {
    throw value
}

try {
    console.log("returned", inner(2))
} catch (error) {
    console.log("caught", error)
}
console.log("done")
