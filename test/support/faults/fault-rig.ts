// SPDX-License-Identifier: MIT
// Faults by their injectors alone: a schedule over some of them, and what each effect told.

import type { Clock } from "../../../sim/clock.ts"
import type { Effect, Injectors } from "../../../sim/faults/effect.ts"
import { parseFaults } from "../../../sim/faults/fault-file.ts"
import { FaultSchedule } from "../../../sim/faults/fault-schedule.ts"

/** Put the faults of a list, as a file has them, on a clock. */
export function scheduled(
    clock: Clock,
    injectors: Partial<Injectors>,
    faults: readonly object[],
    seed = 1
): readonly Effect[] {
    const schedule = new FaultSchedule({
        clock,
        seed,
        injectors: injectors as Injectors,
        refusal: () => undefined,
        added: () => {},
    })
    schedule.add(parseFaults(faults, "test"))
    return schedule.effects
}

/** Let everything happen that is due until then, ns. */
export function runTo(clock: Clock, ns: number): void {
    while (clock.step(ns));
}
