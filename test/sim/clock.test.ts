// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { Clock } from "../../sim/clock.ts"

/** Events in the clock's heap, also those that are cancelled. */
function queued(clock: Clock): number {
    return (clock as unknown as { heap: unknown[] }).heap.length
}

describe("cancelled events", () => {
    it("do not pile up, however far away their time is", () => {
        const clock = new Clock()
        for (let fed = 0; fed < 10_000; fed++)
            clock.cancel(clock.after(26e9, () => {}))

        expect(queued(clock)).toBeLessThan(200)
    })

    it("leave the others in the order of their times, then of their scheduling", () => {
        const clock = new Clock()
        const ran: string[] = []
        const cancelled = Array.from({ length: 5000 }, (_, index) => {
            if (index % 1000 === 0)
                for (const name of ["first", "second"])
                    clock.at(1e6 - index, () => ran.push(`${name} ${index}`))
            return clock.at(index % 7, () => ran.push("cancelled"))
        })
        for (const timer of cancelled) {
            clock.cancel(timer)
            clock.cancel(timer)
        }
        while (clock.step(2e6));

        expect(ran).toEqual(
            [4000, 3000, 2000, 1000, 0].flatMap(index => [
                `first ${index}`,
                `second ${index}`,
            ])
        )
    })

    it("that have run already change nothing when they are cancelled", () => {
        const clock = new Clock()
        const timers = Array.from({ length: 1000 }, () => clock.at(1, () => {}))
        while (clock.step(1));
        for (const timer of timers) clock.cancel(timer)
        let ran = 0
        clock.at(5, () => ran++)
        clock.cancel(clock.at(6, () => ran++))
        while (clock.step(10));

        expect(ran).toBe(1)
        expect(queued(clock)).toBe(0)
    })
})
