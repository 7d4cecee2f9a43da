// SPDX-License-Identifier: MIT
// The page draws the wires of the board that it looks at.

import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { ViewServer } from "../../../../host/view/view-server.ts"
import { startBrowser } from "../../../../scripts/browser.ts"
import { objections } from "../../../support/view/axe.ts"
import { openPage } from "../../../support/view/browser.ts"
import { FakeTarget } from "../../../support/view/fake-target.ts"

const target = new FakeTarget()
target.description = {
    ...target.description,
    board: "stm32f4-discovery",
    sensor: "ov2640",
    modules: [
        { name: "waveshare-ov2640", title: "Waveshare" },
        { name: "atk-mc2640", title: "Alientek" },
    ],
}
const server = new ViewServer(target)
let browser: Browser
let page: Page
let url: string
let problems: string[]

beforeAll(async () => {
    browser = await startBrowser()
    url = await server.open(0)
    const size = { width: 360, height: 740 }
    ;({ page, problems } = await openPage(browser, url, size))
})

afterAll(async () => {
    await browser?.close()
    await server.close()
})

it("shows the drawing when it is asked for, of the module that is chosen", async () => {
    const drawing = page.getByTestId("wiring")
    expect(await drawing.count()).toBe(0)
    await page.getByRole("button", { name: "Show the wires" }).click()
    await drawing.waitFor()
    expect(await drawing.getAttribute("src")).toBe(
        "/wiring.svg?module=waveshare-ov2640"
    )
    await page.waitForFunction(
        "document.querySelector('[data-testid=wiring]').naturalWidth > 0"
    )
    await page.getByLabel("sensor module").selectOption("atk-mc2640")
    expect(await drawing.getAttribute("src")).toBe(
        "/wiring.svg?module=atk-mc2640"
    )
    const wide = await page.evaluate<number>(
        "document.documentElement.scrollWidth"
    )
    expect(wide).toBe(360)
    expect(await objections(page)).toEqual([])
    expect(problems).toEqual([])
})

it.each([
    ["?module=waveshare-ov2640", 200, "PB10"],
    ["?module=mt9v034", 404, "not found"],
    ["", 404, "not found"],
])("the server answers /wiring.svg%s with %i", async (query, status, text) => {
    const answer = await fetch(`${url}wiring.svg${query}`)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(text)
})
