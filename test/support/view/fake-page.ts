// SPDX-License-Identifier: MIT
// The page of a fake target, open in a browser for all tests of a file.

import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { ViewServer } from "../../../host/view/view-server.ts"
import { startBrowser } from "../../../scripts/browser.ts"
import { openPage, type PageSize } from "./browser.ts"
import type { FakeTarget } from "./fake-target.ts"

export const PHONE: PageSize = { width: 360, height: 740 }

export interface FakePage {
    page: Page
    url: string
    /** Its console's warnings and errors so far. */
    problems: string[]
}

/** Open the page before the first test and close it after the last; the result is there in the tests. */
export function useFakePage(
    target: FakeTarget,
    size: PageSize = PHONE
): FakePage {
    const server = new ViewServer(target)
    const opened = {} as FakePage
    let browser: Browser | undefined

    beforeAll(async () => {
        browser = await startBrowser()
        const url = await server.open(0)
        Object.assign(opened, { url }, await openPage(browser, url, size))
    })

    afterAll(async () => {
        await browser?.close()
        await server.close()
    })

    return opened
}
