// SPDX-License-Identifier: MIT
// Why a kernel was stopped: kernel, function, cause and the line that it was at.

import { CamscriptError } from "../../protocol/errors.ts"

/** What stops a kernel. */
export type KernelCause =
    | "access"
    | "endless-loop"
    | "division-by-zero"
    | "number-too-large"
    | "throw"

/** A kernel did what it may not. What it had done before stays: its own memory, the frame, the result. */
export class KernelFault extends CamscriptError {
    constructor(
        message: string,
        readonly kind: KernelCause,
        /** Path from the project's folder. */
        readonly file: string,
        readonly functionName: string,
        /** Where in the source, as "src/blobs.kernel.ts:12"; undefined: not known. */
        readonly place: string | undefined
    ) {
        super(message)
    }
}
