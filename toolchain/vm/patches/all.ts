// SPDX-License-Identifier: MIT
// The patches, in the order in which they are applied.

import {
    breakpointSearch,
    knownExpressions,
    panicOfContext,
    thrownJump,
} from "./bounds.ts"
import { relocateVariables } from "./data.ts"
import { imageInPlace, noFormat, readOnlySettings } from "./flash.ts"
import {
    consoleMarks,
    i2cCall,
    integerTime,
    nativeStrtod,
    startAtOnce,
} from "./host.ts"
import {
    gcHeapSize,
    heapEnd,
    nativeBlockFunctions,
    noFillOfFreeMemory,
} from "./memory.ts"
import type { Patch } from "./patch.ts"
import { boundedTurn, refusedImage } from "./program.ts"
import { lookupByIndex } from "./speed.ts"

export const PATCHES: readonly Patch[] = [
    relocateVariables, // first: it counts the sites of the whole stock VM
    gcHeapSize,
    heapEnd,
    noFillOfFreeMemory,
    nativeBlockFunctions,
    imageInPlace,
    readOnlySettings,
    noFormat,
    integerTime,
    nativeStrtod,
    i2cCall,
    consoleMarks,
    startAtOnce,
    lookupByIndex,
    refusedImage,
    boundedTurn,
    thrownJump,
    panicOfContext,
    breakpointSearch,
    knownExpressions,
]
