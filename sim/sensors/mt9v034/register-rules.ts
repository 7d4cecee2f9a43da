// SPDX-License-Identifier: MIT
// What may be written to a register of the MT9V034, and what the model refuses because it does not do it.

import { Reg } from "./register-addresses.ts"
import type { RegisterSpec } from "./registers.ts"

/** @returns the broken rule, one sentence; undefined when `value` may be written */
export function brokenRule(
    spec: RegisterSpec,
    value: number
): string | undefined {
    return outOfRange(spec, value) ?? refused(spec, value)
}

/** What does no harm, or changes only how bright things look: stored. */
export function doubtfulRule(
    { address }: RegisterSpec,
    value: number
): string | undefined {
    if (address === Reg.PIXEL_OPERATION_MODE && (value & 0x0101) !== 0)
        return "HDR ([0] of context A, [8] of B) is not modelled: the response stays linear"
    const compands = (value & 3) === 3 || ((value >> 8) & 3) === 3
    if (address === Reg.ADC_RESOLUTION_CONTROL && compands)
        return "companding (3) is not modelled: 10 bits linear are sent"
    return undefined
}

function outOfRange(spec: RegisterSpec, value: number): string | undefined {
    const { min, max, mask = 0, values } = spec
    if (values !== undefined)
        return values.includes(value)
            ? undefined
            : `only ${values.map(hex).join(", ")} may be written`
    if (min !== undefined && max !== undefined) {
        const number = value & ~mask
        if (number >= min && number <= max) return undefined
        return `${number} is outside of ${min}..${max}`
    }
    const wrong = value & ~mask
    return wrong === 0
        ? undefined
        : `bits ${hex(wrong)} are reserved (writable: ${hex(mask)})`
}

/** Rules of single registers: forbidden codes, and modes that are not modelled. */
function refused(spec: RegisterSpec, value: number): string | undefined {
    const { address } = spec
    switch (address) {
        case Reg.CHIP_CONTROL:
            return refusedChipControl(value)
        case Reg.READ_MODE_A:
        case Reg.READ_MODE_B:
            return refusedReadMode(value)
        case Reg.PIXEL_OPERATION_MODE:
            return value & 0x0202 ? "colour is not yet modelled" : undefined
        case Reg.ADC_RESOLUTION_CONTROL:
            return refusedAdc(value & 3) ?? refusedAdc((value >> 8) & 3)
        case Reg.BLACK_LEVEL_CONTROL:
            if (value & 1) return "a manual black level [0] is not yet modelled"
            break
        case Reg.PIXEL_CLOCK_CONTROL:
            if (value & 0x000c)
                return "LV xor FV [2] and LV in vertical blanking [3] are not yet modelled"
            break
        case Reg.TEST_PATTERN:
            if (value & (1 << 14))
                return "the pattern's flip at each frame [14] is not yet modelled"
            break
        case Reg.MONITOR_MODE_ENABLE:
            if (value & 1) return "monitor mode is not yet modelled"
            break
    }
    if (address >= Reg.TILE_GAIN_0 && address <= Reg.TILE_GAIN_24)
        return (value & 0x0f0f) === 0x0404
            ? undefined
            : "digital gains other than 1x (4 in [3:0] and [11:8]) are not yet modelled"
    if (address >= Reg.LVDS_0 && address <= Reg.LVDS_8)
        return value === spec.reset
            ? undefined
            : "the LVDS serializer is not yet modelled"
    return undefined
}

function refusedChipControl(value: number): string | undefined {
    const mode = (value >> 3) & 3
    if (value & 7)
        return `scan mode ${value & 7} (interlaced) in [2:0] is not yet modelled, only 0 (progressive)`
    if (mode !== 1 && mode !== 3)
        return `operating mode ${mode} (${MODES[mode]}) in [4:3] is not yet modelled, only 1 (master) and 3 (snapshot)`
    if (value & (1 << 5)) return "stereo [5] is not yet modelled"
    if (!(value & (1 << 8)))
        return "sequential exposure ([8] = 0) is not yet modelled, only simultaneous"
    return undefined
}

const MODES = ["slave", "master", "reserved", "snapshot"]

function refusedReadMode(value: number): string | undefined {
    if ((value & 0x0300) !== 0x0300) return "bits [9:8] must stay 1, 1"
    if ((value & 3) === 3) return "row bin code 3 in [1:0] is reserved"
    if (((value >> 2) & 3) === 3)
        return "column bin code 3 in [3:2] is reserved"
    if (value & 0x00c0)
        return "showing dark rows [6] or columns [7] is not yet modelled"
    return undefined
}

function refusedAdc(code: number): string | undefined {
    if (code >= 2) return undefined
    return `resolution code ${code} is reserved`
}

/** What a foreign firmware's out-of-range write most likely leaves in the register. */
export function nearestLegal(spec: RegisterSpec, value: number): number {
    const { min, max, mask = 0, values } = spec
    if (values !== undefined) return spec.reset
    if (min !== undefined && max !== undefined)
        return (
            Math.min(Math.max(value & ~mask & 0xffff, min), max) |
            (value & mask)
        )
    const isReadMode =
        spec.address === Reg.READ_MODE_A || spec.address === Reg.READ_MODE_B
    return (value & mask) | (isReadMode ? 0x0300 : 0)
}

function hex(value: number): string {
    return `0x${value.toString(16).padStart(4, "0")}`
}
