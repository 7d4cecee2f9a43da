// SPDX-License-Identifier: MIT
// Prints on all levels, sleeps, prints again.

import * as ds from "@devicescript/core"

console.log("hello", 1 + 1)
console.warn("careful")
console.error("bad")
console.debug("detail")
console.log("two\nlines")
await ds.sleep(25)
console.log("simulator", ds.isSimulator())
