// SPDX-License-Identifier: MIT
// One page in a browser: what goes wrong in it, and a hand on its window.

import type { Browser, Page } from "playwright-core"
import { HANG_MS } from "../vitest/hang.ts"

export interface PageSize {
    readonly width: number
    readonly height: number
}

/** Open a page. @returns it, and its console's warnings and errors so far */
export async function openPage(
    browser: Browser,
    url: string,
    { width, height, touch = false }: PageSize & { readonly touch?: boolean }
): Promise<{ readonly page: Page; readonly problems: string[] }> {
    const page = await browser.newPage({
        viewport: { width, height },
        hasTouch: touch,
    })
    page.setDefaultTimeout(HANG_MS)
    const problems: string[] = []
    page.on("pageerror", error => problems.push(error.message))
    page.on("console", message => {
        if (["error", "warning"].includes(message.type()))
            problems.push(message.text())
    })
    page.on("request", request => {
        if (!request.url().startsWith(url)) problems.push(request.url())
    })
    await page.goto(url)
    return { page, problems }
}

/** Drag the window, or its south-eastern corner, by shares of the stage. */
export async function drag(
    page: Page,
    what: "window" | "corner",
    { dx, dy }: { readonly dx: number; readonly dy: number }
): Promise<void> {
    const handle =
        what === "window"
            ? page.getByTestId("window")
            : page.locator(".corner.se")
    const stage = (await page.locator(".stage").boundingBox())!
    const box = (await handle.boundingBox())!
    const x = box.x + box.width / 2
    const y = box.y + box.height / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + dx * stage.width, y + dy * stage.height, {
        steps: 8,
    })
    await page.mouse.up()
}

/** Wait until this rectangle is applied. */
export function applied(page: Page, words: RegExp): Promise<void> {
    return page.getByTestId("applied").filter({ hasText: words }).waitFor()
}
