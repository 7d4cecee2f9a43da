// SPDX-License-Identifier: MIT
// One page in a browser, and everything that goes wrong in it.

import type { Browser, Page } from "playwright-core"

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
