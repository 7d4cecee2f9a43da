// SPDX-License-Identifier: MIT
// Restarts the chip.

import * as ds from "@devicescript/core"

ds.reboot()
