// SPDX-License-Identifier: MIT
// Properties are checked with the same values in every run; a test may choose a seed of its own.

import fc from "fast-check"

fc.configureGlobal({ seed: 1 })
