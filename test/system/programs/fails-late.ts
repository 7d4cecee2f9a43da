// SPDX-License-Identifier: MIT
// Fails after its first second, each time.
import * as ds from "@devicescript/core"

await ds.sleep(1300)
throw new Error("too late to be noticed at once")
