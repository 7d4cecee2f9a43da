// SPDX-License-Identifier: MIT
// An exception in an async timer handler, when main has ended.

import * as ds from "@devicescript/core"

setTimeout(async () => {
    await ds.sleep(5)
    const nothing: any = undefined
    nothing.call()
}, 10)
console.log("main ends")
