// SPDX-License-Identifier: MIT
// A process that computes for ever in one turn of its event loop, until breakable() breaks it off: then it says why.

import { writeSync } from "node:fs"
import { breakable } from "../../../host/targets/in-process/breakable.ts"

const STDOUT = 1

try {
    breakable(() => {
        // At once: a stream would wait for the turn's end.
        writeSync(STDOUT, "computing\n")
        for (;;);
    })
} catch (error) {
    writeSync(STDOUT, `${(error as Error).message}\n`)
}
