// SPDX-License-Identifier: MIT
// Throws from another file, whose text is not all ASCII.

import { convert } from "./lib/convert"

console.log(convert(3))
convert(-1)
