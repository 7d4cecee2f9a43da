// SPDX-License-Identifier: MIT
// The page draws the wires of the board that it looks at.

import { expect, it } from "vitest"
import { objections } from "../../../support/view/axe.ts"
import { useFakePage } from "../../../support/view/fake-page.ts"
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
const opened = useFakePage(target)

it("shows the drawing when it is asked for, of the module that is chosen", async () => {
    const drawing = opened.page.getByTestId("wiring")
    expect(await drawing.count()).toBe(0)
    await opened.page.getByRole("button", { name: "Show the wires" }).click()
    await drawing.waitFor()
    expect(await drawing.getAttribute("src")).toBe(
        "/wiring.svg?module=waveshare-ov2640"
    )
    await opened.page.waitForFunction(
        "document.querySelector('[data-testid=wiring]').naturalWidth > 0"
    )
    await opened.page.getByLabel("sensor module").selectOption("atk-mc2640")
    expect(await drawing.getAttribute("src")).toBe(
        "/wiring.svg?module=atk-mc2640"
    )
    const wide = await opened.page.evaluate<number>(
        "document.documentElement.scrollWidth"
    )
    expect(wide).toBe(360)
    expect(await objections(opened.page)).toEqual([])
    expect(opened.problems).toEqual([])
})

it.each([
    ["?module=waveshare-ov2640", 200, "PB10"],
    ["?module=mt9v034", 404, "not found"],
    ["", 404, "not found"],
])("the server answers /wiring.svg%s with %i", async (query, status, text) => {
    const answer = await fetch(`${opened.url}wiring.svg${query}`)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(text)
})
