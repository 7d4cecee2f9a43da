// SPDX-License-Identifier: MIT
// Two mistakes that the compiler has to find.

const exposureUs: number = "long"
const gain: string = 4
console.log(exposureUs, gain)
