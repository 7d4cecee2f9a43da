// SPDX-License-Identifier: MIT
// A headless browser with one page, and everything that goes wrong in it.

import {
    chromium as playwright,
    type Browser,
    type Page,
} from "playwright-core"
import { chromium } from "../../scripts/tools.mjs"

export interface PageSize {
    readonly width: number
    readonly height: number
}

/**
 * Start the browser.
 * @throws Error naming the package when there is none
 */
export function startBrowser(): Promise<Browser> {
    const executablePath = chromium()
    if (executablePath === undefined)
        throw new Error(
            "the live view's tests need Chromium: npm run setup installs it (Debian's package is chromium)"
        )
    // Root, as in a container, has no sandbox; the only page is our own.
    return playwright.launch({ executablePath, args: ["--no-sandbox"] })
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
