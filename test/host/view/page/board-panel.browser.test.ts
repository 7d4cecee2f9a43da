// SPDX-License-Identifier: MIT
// What the page shows of a board behind a link, whatever state that is in.

import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type {
    LinkFigures,
    UpdateState,
} from "../../../../host/view/messages/messages.ts"
import { ViewServer } from "../../../../host/view/view-server.ts"
import { startBrowser } from "../../../../scripts/browser.ts"
import { objections } from "../../../support/view/axe.ts"
import { openPage } from "../../../support/view/browser.ts"
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
const server = new ViewServer(target)
let browser: Browser
let page: Page
let problems: string[]

beforeAll(async () => {
    browser = await startBrowser()
    const size = { width: 360, height: 740 }
    ;({ page, problems } = await openPage(browser, await server.open(0), size))
})

afterAll(async () => {
    await browser?.close()
    await server.close()
})

beforeEach(() => {
    target.said = {
        link: LINK,
        program: { name: "src/main.ts", sequence: 3 },
    }
})

describe("the page of a board behind a link", () => {
    it("has the link's rate, its share of the line and what got lost, also at 360 pixels", async () => {
        const figures = page.getByTestId("link")
        await figures.getByText("90 % of 913043 baud").waitFor()
        const wide = await page.evaluate<number>(
            "document.documentElement.scrollWidth"
        )

        expect(await figures.textContent()).toBe(
            "rate80.0 KB/sof the line90 % of 913043 baudimages4.3/s, 40 in all" +
                "skipped frames31abandoned2corrupt1requests dropped5"
        )
        expect(await page.getByTestId("figures").textContent()).toContain(
            "link80.0KB/s"
        )
        expect(await page.getByTestId("program").textContent()).toBe(
            "program src/main.ts, number 3"
        )
        expect(wide).toBeLessThanOrEqual(360)
    })

    it.each(["light", "dark"] as const)(
        "has nothing that axe objects to, in %s colours",
        async colorScheme => {
            await page.emulateMedia({ colorScheme })
            update({ phase: "writing", written: 0.5, problem: "" })
            await page.getByRole("progressbar").waitFor()

            expect(await objections(page)).toEqual([])
        }
    )

    it("asks for what is chosen", async () => {
        await page.getByRole("combobox", { name: "send" }).selectOption("4")
        await page.getByRole("button", { name: "Update program" }).click()

        await expect.poll(() => target.updates).toBe(1)
        expect(target.reductions).toEqual([4])
    })

    it("follows an update, and lets nobody begin another meanwhile", async () => {
        const bar = page.getByRole("progressbar", { name: "program update" })
        const button = page.getByRole("button", { name: "Update program" })
        update({ phase: "erasing", written: 0, problem: "" })
        await page.getByText("the board erases the slot").waitFor()
        const open = await bar.getAttribute("value")
        const during = await button.isDisabled()
        update({ phase: "writing", written: 0.5, problem: "" })
        await page.getByText("sending the program").waitFor()
        const half = await bar.getAttribute("value")
        update({ phase: "done", written: 1, problem: "" })
        await page.getByText("done: the new program runs").waitFor()

        expect([open, during, half]).toEqual([null, true, "0.5"])
        expect(await button.isDisabled()).toBe(false)
    })

    it("says in one paragraph why an update failed", async () => {
        const problem = "the board refuses PROGRAM_BEGIN: it is too large"
        update({ phase: "failed", written: 0, problem })

        await page
            .getByRole("alert")
            .getByText(`not updated: ${problem}`)
            .waitFor()
        expect(await page.getByRole("progressbar").count()).toBe(0)
    })

    it("says for what it waits, and goes on", async () => {
        target.said = { waiting: "the port is gone, it was unplugged" }
        await page
            .getByRole("alert")
            .getByText("Waiting for the board: the port is gone")
            .waitFor()
        target.said = { link: { ...LINK, note: "there is one buffer" } }
        await page.getByText("No images: there is one buffer.").waitFor()

        expect(await page.getByTestId("waiting").count()).toBe(0)
        expect(problems).toEqual([])
    })
})

function update(state: UpdateState): void {
    target.said = { ...target.said, update: state }
}
