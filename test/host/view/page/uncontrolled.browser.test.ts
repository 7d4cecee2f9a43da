// SPDX-License-Identifier: MIT
// A program without the camera service: the page says so, and its controls are off.

import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { ViewServer } from "../../../../host/view/view-server.ts"
import { startBrowser } from "../../../../scripts/browser.ts"
import { objections } from "../../../support/view/axe.ts"
import { openPage } from "../../../support/view/browser.ts"
import { FakeTarget } from "../../../support/view/fake-target.ts"

const target = new FakeTarget()
const server = new ViewServer(target)
let browser: Browser
let page: Page
let problems: string[]

beforeAll(async () => {
    browser = await startBrowser()
    const size = { width: 1280, height: 900 }
    ;({ page, problems } = await openPage(browser, await server.open(0), size))
})

afterAll(async () => {
    await browser?.close()
    await server.close()
})

it("disables window, controls and Start, and gives them back", async () => {
    const start = page.getByRole("button", { name: "Start", exact: true })
    const notice = page.getByTestId("uncontrolled")
    const inert = () =>
        page.evaluate<number>("document.querySelectorAll('[inert]').length")
    await start.waitFor()
    expect(await notice.count()).toBe(0)
    expect(await start.isEnabled()).toBe(true)
    expect(await inert()).toBe(0)

    target.said = { uncontrolled: true }
    await notice.waitFor()
    expect(await notice.textContent()).toMatch(/offers no camera service/)
    expect(await start.isEnabled()).toBe(false)
    expect(await inert()).toBe(2)
    expect(await objections(page)).toEqual([])

    target.said = { uncontrolled: false }
    await notice.waitFor({ state: "detached" })
    expect(await start.isEnabled()).toBe(true)
    expect(await inert()).toBe(0)
    expect(problems).toEqual([])
})
