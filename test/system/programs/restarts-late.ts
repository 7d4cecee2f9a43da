// SPDX-License-Identifier: MIT
// Restarts itself after its first second, each time.
import * as ds from "@devicescript/core"

await ds.sleep(1300)
ds.restart()
