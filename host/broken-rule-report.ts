// SPDX-License-Identifier: MIT
// A rule of the models that was broken, as reports tell it.

import type { BrokenRule } from "../sim/rule-tally.ts"
import { placeText, type ProgramMap } from "../toolchain/elf/program-map.ts"

/** One rule, whatever the values. */
export interface BrokenRuleReport {
    /** Block, register, value and rule, as the first time. */
    readonly message: string
    /** Manual and section, as "RM0090 10.5.10". */
    readonly section?: string
    readonly count: number
    /** Virtual time of the first time, s, to the microsecond. */
    readonly firstSeconds: number
    /** Instructions that broke it, with their counts; absent where the run knows no program, or no instruction did it. */
    readonly places?: readonly PlaceReport[]
}

/** An instruction of the program. */
export interface PlaceReport {
    /** "0x08000123". */
    readonly pc: string
    /** "main+0x12"; null outside all functions. */
    readonly symbol: string | null
    /** "src/main.c:42", as the compiler noted it; null without debug information. */
    readonly source: string | null
    readonly count: number
}

/** @param map of the program that ran, for the places */
export function brokenRuleReport(
    broken: BrokenRule,
    map?: ProgramMap
): BrokenRuleReport {
    const { message, section, count, firstNs, places } = broken
    return {
        message,
        ...(section !== undefined && { section }),
        count,
        firstSeconds: Math.round(firstNs / 1e3) / 1e6,
        ...(map &&
            places && {
                places: places.map(place =>
                    placeReport(map, place.pc, place.count)
                ),
            }),
    }
}

export function placeReport(
    map: ProgramMap,
    pc: number,
    count: number
): PlaceReport {
    const { symbol, source } = map.placeOf(pc)
    return {
        pc: `0x${pc.toString(16).padStart(8, "0")}`,
        symbol: symbol ?? null,
        source: source ?? null,
        count,
    }
}

/** "at 0x08000123 (main+0x12, src/main.c:42)". */
export function placeReportText({ pc, symbol, source }: PlaceReport): string {
    return `at ${placeText({
        pc: Number(pc),
        symbol: symbol ?? undefined,
        source: source ?? undefined,
    })}`
}
