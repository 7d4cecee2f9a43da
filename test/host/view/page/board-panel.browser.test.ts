// SPDX-License-Identifier: MIT
// What the page shows of a board behind a link, whatever state that is in.

import { beforeEach, describe, expect, it } from "vitest"
import type {
    LinkFigures,
    UpdateState,
} from "../../../../host/view/messages/messages.ts"
import { objections } from "../../../support/view/axe.ts"
import { useFakePage } from "../../../support/view/fake-page.ts"
import { FakeTarget } from "../../../support/view/fake-target.ts"

const LINK: LinkFigures = {
    baud: 913_043,
    bytesPerSecond: 81_920,
    share: 0.897,
    picturesPerSecond: 4.25,
    reduction: { wanted: 0, applied: 2 },
    pictures: 40,
    skipped: 31,
    abandoned: 2,
    corrupt: 1,
    requestsDropped: 5,
    note: "",
}

const target = new FakeTarget()
target.description = {
    ...target.description,
    kind: "board at /dev/fake",
    canUpdateProgram: true,
}
const opened = useFakePage(target)

beforeEach(() => {
    target.said = {
        link: LINK,
        program: { name: "src/main.ts", sequence: 3 },
    }
})

describe("the page of a board behind a link", () => {
    it("has the link's rate, its share of the line and what got lost, also at 360 pixels", async () => {
        const figures = opened.page.getByTestId("link")
        await figures.getByText("90 % of 913043 baud").waitFor()
        const wide = await opened.page.evaluate<number>(
            "document.documentElement.scrollWidth"
        )

        expect(await figures.textContent()).toBe(
            "rate80.0 KB/sof the line90 % of 913043 baudimages4.3/s, 40 in all" +
                "skipped frames31abandoned2corrupt1requests dropped5"
        )
        expect(
            await opened.page.getByTestId("figures").textContent()
        ).toContain("link80.0KB/s")
        expect(await opened.page.getByTestId("program").textContent()).toBe(
            "program src/main.ts, number 3"
        )
        expect(wide).toBeLessThanOrEqual(360)
    })

    it.each(["light", "dark"] as const)(
        "has nothing that axe objects to, in %s colours",
        async colorScheme => {
            await opened.page.emulateMedia({ colorScheme })
            update({ phase: "writing", written: 0.5, problem: "" })
            await opened.page.getByRole("progressbar").waitFor()

            expect(await objections(opened.page)).toEqual([])
        }
    )

    it("asks for what is chosen", async () => {
        await opened.page
            .getByRole("combobox", { name: "send" })
            .selectOption("4")
        await opened.page
            .getByRole("button", { name: "Update program" })
            .click()

        await expect.poll(() => target.updates).toBe(1)
        expect(target.reductions).toEqual([4])
    })

    it("follows an update, and lets nobody begin another meanwhile", async () => {
        const bar = opened.page.getByRole("progressbar", {
            name: "program update",
        })
        const button = opened.page.getByRole("button", {
            name: "Update program",
        })
        update({ phase: "erasing", written: 0, problem: "" })
        await opened.page.getByText("the board erases the slot").waitFor()
        const open = await bar.getAttribute("value")
        const during = await button.isDisabled()
        update({ phase: "writing", written: 0.5, problem: "" })
        await opened.page.getByText("sending the program").waitFor()
        const half = await bar.getAttribute("value")
        update({ phase: "done", written: 1, problem: "" })
        await opened.page.getByText("done: the new program runs").waitFor()

        expect([open, during, half]).toEqual([null, true, "0.5"])
        expect(await button.isDisabled()).toBe(false)
    })

    it("says in one paragraph why an update failed", async () => {
        const problem = "the board refuses PROGRAM_BEGIN: it is too large"
        update({ phase: "failed", written: 0, problem })

        await opened.page
            .getByRole("alert")
            .getByText(`not updated: ${problem}`)
            .waitFor()
        expect(await opened.page.getByRole("progressbar").count()).toBe(0)
    })

    it("says for what it waits, and goes on", async () => {
        target.said = { waiting: "the port is gone, it was unplugged" }
        await opened.page
            .getByRole("alert")
            .getByText("Waiting for the board: the port is gone")
            .waitFor()
        target.said = { link: { ...LINK, note: "there is one buffer" } }
        await opened.page.getByText("No images: there is one buffer.").waitFor()

        expect(await opened.page.getByTestId("waiting").count()).toBe(0)
        expect(opened.problems).toEqual([])
    })
})

function update(state: UpdateState): void {
    target.said = { ...target.said, update: state }
}
