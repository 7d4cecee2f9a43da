// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { RegisterLog } from "../../../sim/trace/register-log.ts"

describe("the register log", () => {
    it("has writes with their times, and reads only on request", () => {
        const log = new RegisterLog(() => 7)
        log.write("DCMI", "CR", -1)
        log.read("DCMI", "SR", 1)

        expect(log.entries).toEqual([
            {
                timeNs: 7,
                block: "DCMI",
                register: "CR",
                access: "write",
                value: 0xffffffff,
            },
        ])
    })

    it("has nothing when it is not to be kept", () => {
        const log = new RegisterLog(() => 7, true, false)
        log.write("DCMI", "CR", 1)
        log.read("DCMI", "SR", 1)

        expect(log.entries).toEqual([])
    })
})
