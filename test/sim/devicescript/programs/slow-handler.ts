// SPDX-License-Identifier: MIT
// Does more in a callback than fits into one go, though it would end.

let sum = 0
setTimeout(async () => {
    for (let i = 0; i < 100000; i++) sum += i
}, 1)
