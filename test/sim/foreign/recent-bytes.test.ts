// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { RecentBytes } from "../../../sim/foreign/recent-bytes.ts"

function pushed(count: number, keptMax: number): RecentBytes {
    const recent = new RecentBytes(keptMax)
    for (let value = 0; value < count; value++) recent.push(value)
    return recent
}

describe("the newest bytes of a stream", () => {
    it.each([0, 5, 8])("are all of %d where 8 are kept", count => {
        const recent = pushed(count, 8)

        expect(recent.total).toBe(count)
        expect([...recent.bytes()]).toEqual([...Array(count).keys()])
    })

    it("are the last 8 of 21 in order, and all are counted", () => {
        const recent = pushed(21, 8)

        expect(recent.total).toBe(21)
        expect([...recent.bytes()]).toEqual([13, 14, 15, 16, 17, 18, 19, 20])
    })

    it("grow as they come, and no further than the limit", () => {
        const recent = pushed(5000, 1 << 12)

        const expected = Uint8Array.from({ length: 4096 }, (_, i) => i + 904)
        expect(recent.bytes()).toEqual(expected)
    })
})
