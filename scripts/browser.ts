// SPDX-License-Identifier: MIT
// Debian's Chromium, headless: for tests, images and benchmarks of the live view.

import { chromium as playwright, type Browser } from "playwright-core"
import { chromium } from "../toolchain/tools.mjs"

/**
 * Start the browser.
 * @throws Error naming the package when there is none
 */
export function startBrowser(): Promise<Browser> {
    const executablePath = chromium()
    if (executablePath === undefined)
        throw new Error(
            "Chromium is missing: npm run setup installs it (Debian's package is chromium)"
        )
    // Root, as in a container, has no sandbox; the only page is our own.
    return playwright.launch({ executablePath, args: ["--no-sandbox"] })
}
