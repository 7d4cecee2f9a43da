// SPDX-License-Identifier: MIT
// Pauses for no time, for ever.

import * as ds from "@devicescript/core"

while (true) await ds.sleep(0)
