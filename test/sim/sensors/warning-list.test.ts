// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { WarningList } from "../../../sim/sensors/warning-list.ts"

describe("a sensor's warnings", () => {
    it("have each sentence once, in the order in which they were said first", () => {
        const warnings = new WarningList()
        for (const sentence of ["b", "a", "b", "a", "c"]) warnings.add(sentence)

        expect(warnings.all()).toEqual(["b", "a", "c"])
    })

    it("are the newest 64 when each is another one", () => {
        const warnings = new WarningList()
        for (let row = 0; row < 1000; row++) warnings.add(`row ${row}`)

        expect(warnings.all()).toHaveLength(64)
        expect(warnings.all()[0]).toBe("row 936")
        expect(warnings.all().at(-1)).toBe("row 999")
    })
})
