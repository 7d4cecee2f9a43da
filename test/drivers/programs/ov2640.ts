// SPDX-License-Identifier: MIT
// The OV2640's driver on the VM's bus.

import { exercise } from "./ov2640-exercise"

console.log(await exercise())
