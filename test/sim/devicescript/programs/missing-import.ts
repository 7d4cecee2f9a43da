// SPDX-License-Identifier: MIT
// Imports a file that is not there.

import { nothing } from "./not-there"

nothing()
