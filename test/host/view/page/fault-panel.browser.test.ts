// SPDX-License-Identifier: MIT
// The page's panel of faults: which, with what, and what came of it.

import { describe, expect, it } from "vitest"
import { faultKinds } from "../../../../host/targets/fault-bench.ts"
import { objections } from "../../../support/view/axe.ts"
import { useFakePage } from "../../../support/view/fake-page.ts"
import { FakeTarget } from "../../../support/view/fake-target.ts"

const target = new FakeTarget()
target.description = { ...target.description, faults: faultKinds() }
const opened = useFakePage(target)

function choose(name: string) {
    return opened.page
        .getByRole("combobox", { name: "fault" })
        .selectOption(name)
}

describe("the panel of faults", () => {
    it("injects what is chosen, with what is written and no more", async () => {
        const inject = opened.page.getByRole("button", { name: "Inject" })
        await choose("row-lost")
        await inject.click()
        await opened.page.getByLabel("row").fill("7")
        await opened.page.getByLabel("for").fill("0.5")
        await inject.click()
        await choose("data-swapped")
        await opened.page.getByLabel("lines").fill("2, 5")
        await inject.click()
        await choose("register-upset")
        await opened.page.getByLabel("address").fill("0x5005000c")
        await opened.page.getByLabel("value").fill("0")
        await inject.click()

        await expect.poll(() => target.injected.length).toBe(4)
        expect(target.injected).toEqual([
            { fault: "row-lost" },
            { fault: "row-lost", row: 7, for: 0.5 },
            { fault: "data-swapped", lines: [2, 5] },
            { fault: "register-upset", address: "0x5005000c", value: 0 },
        ])
    })

    it("shows what faults did, and why one was refused", async () => {
        target.said = {
            faults: {
                lines: ["row-lost at 1.5 s: 1 frame lost"],
                problem: "the fault (row-lost): no such row",
            },
        }
        await opened.page.getByText("row-lost at 1.5 s: 1 frame lost").waitFor()
        await opened.page.getByText("no such row").waitFor()
        expect(await objections(opened.page)).toEqual([])
        expect(opened.problems).toEqual([])
    })
})
