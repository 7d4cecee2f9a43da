// SPDX-License-Identifier: MIT
// A program without the camera service: the page says so, and its controls are off.

import { expect, it } from "vitest"
import { objections } from "../../../support/view/axe.ts"
import { useFakePage } from "../../../support/view/fake-page.ts"
import { FakeTarget } from "../../../support/view/fake-target.ts"

const target = new FakeTarget()
const opened = useFakePage(target, { width: 1280, height: 900 })

it("disables window, controls and Start, and gives them back", async () => {
    const start = opened.page.getByRole("button", {
        name: "Start",
        exact: true,
    })
    const notice = opened.page.getByTestId("uncontrolled")
    const inert = () =>
        opened.page.evaluate<number>(
            "document.querySelectorAll('[inert]').length"
        )
    await start.waitFor()
    expect(await notice.count()).toBe(0)
    expect(await start.isEnabled()).toBe(true)
    expect(await inert()).toBe(0)

    target.said = { uncontrolled: true }
    await notice.waitFor()
    expect(await notice.textContent()).toMatch(/offers no camera service/)
    expect(await start.isEnabled()).toBe(false)
    expect(await inert()).toBe(2)
    expect(await objections(opened.page)).toEqual([])

    target.said = { uncontrolled: false }
    await notice.waitFor({ state: "detached" })
    expect(await start.isEnabled()).toBe(true)
    expect(await inert()).toBe(0)
    expect(opened.problems).toEqual([])
})
