// SPDX-License-Identifier: MIT
// All causes, in the order in which a person should look at them: what comes first may explain what comes later.

import type { Observed } from "../observed.ts"
import { bufferSize } from "./buffer-size.ts"
import { captureEnded } from "./capture-ended.ts"
import type { Cause } from "./cause.ts"
import { clockOff } from "./clock-off.ts"
import { cropOffByOne } from "./crop-off-by-one.ts"
import { cropOutside } from "./crop-outside.ts"
import { directMode } from "./direct-mode.ts"
import { embeddedSync } from "./embedded-sync.ts"
import { flagNotCleared } from "./flag-not-cleared.ts"
import { hse } from "./hse.ts"
import { i2cAddress } from "./i2c-address.ts"
import { jpegBit } from "./jpeg-bit.ts"
import { lateStream } from "./late-stream.ts"
import { neverComplete } from "./never-complete.ts"
import { sdaStuck } from "./sda-stuck.ts"
import { slowHandler } from "./slow-handler.ts"
import { syncPolarity } from "./sync-polarity.ts"
import { unreachableMemory } from "./unreachable-memory.ts"

export const CAUSES: readonly Cause[] = [
    ...[hse, clockOff, i2cAddress, sdaStuck],
    ...[embeddedSync, syncPolarity, jpegBit],
    ...[unreachableMemory, cropOffByOne, cropOutside, bufferSize],
    ...[directMode, lateStream, slowHandler, flagNotCleared],
    ...[neverComplete, captureEnded],
]

/** A cause that a run showed, in words. */
export interface FoundCause {
    readonly name: string
    readonly text: string
}

export function foundCauses(observed: Observed): FoundCause[] {
    return CAUSES.flatMap(({ name, find }) => {
        const text = find(observed)
        return text === undefined ? [] : [{ name, text }]
    })
}
