// SPDX-License-Identifier: MIT
// What a patch of the VM is.

import type { GeneratedC } from "../generated-c.ts"

/** One change of the VM's code. */
export interface Patch {
    /** What it does, in a few words. */
    readonly title: string
    /**
     * Find the place by name, check that it is as expected, and change it.
     * @throws CamscriptError when the VM reads otherwise
     */
    apply(code: GeneratedC): void
}
