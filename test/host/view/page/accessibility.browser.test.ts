// SPDX-License-Identifier: MIT
// The page against axe-core, an independent checker of WCAG: names, roles, contrast, in both colour schemes and at both widths.

import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { SimulationTarget } from "../../../../host/targets/in-process/simulation-target.ts"
import { ViewServer } from "../../../../host/view/view-server.ts"
import { startBrowser } from "../../../../scripts/browser.ts"
import { objections } from "../../../support/view/axe.ts"
import { openPage } from "../../../support/view/browser.ts"
import { DEFAULT_APP } from "../../../../toolchain/devicescript/default-program.ts"

let browser: Browser
let server: ViewServer
let url: string

/** The machine may be busy. */
beforeAll(async () => {
    browser = await startBrowser()
    const target = await SimulationTarget.create({
        board: "nucleo-f446re",
        sensor: "ov2640",
        request: { window: { width: 160, height: 120 }, fps: 15 },
        scene: "chart",
        seed: 1,
        app: DEFAULT_APP,
    })
    server = new ViewServer(target)
    url = await server.open(0)
})

afterAll(async () => {
    await browser?.close()
    await server?.close()
})

describe.each([
    { name: "a desktop", width: 1280, height: 900 },
    { name: "a phone", width: 360, height: 740 },
])("the live view's page on $name", size => {
    it.each(["light", "dark"] as const)(
        "has nothing that axe objects to, in %s colours",
        async colorScheme => {
            const { page } = await openPage(browser, url, size)
            await page.emulateMedia({ colorScheme })
            await page.getByTestId("scope").waitFor()
            await page.getByTestId("applied").getByText("×").waitFor()

            expect(await objections(page)).toEqual([])
            await page.close()
        }
    )
})
