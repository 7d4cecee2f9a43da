// SPDX-License-Identifier: MIT
// An exception two calls deep, after a pause. The test knows the line numbers.

import * as ds from "@devicescript/core"

function inner(value: number) {
    if (value > 3) throw new RangeError("value " + value + " is over 3")
}

async function outer() {
    await ds.sleep(3)
    inner(5)
}

await outer()
