// SPDX-License-Identifier: MIT
// Prints an exception that it caught, then ends.

try {
    throw new TypeError("caught")
} catch (e: any) {
    e.print()
    console.log(e.name, e.message)
}
console.log("end")
