// SPDX-License-Identifier: MIT
// view.png: the live view in a browser.

import { chromium as playwright } from "playwright-core"
import { DEFAULT_APP } from "../../host/run-options.ts"
import { SimulationTarget } from "../../host/view/simulation-target.ts"
import { ViewServer } from "../../host/view/view-server.ts"
import { chromium } from "../tools.mjs"
import { pictureFile } from "./picture-file.ts"

const WINDOW = { width: 220, height: 220, x: 276, y: 100 }
const VIEW_MS = 15_000

/** The live view as it is in a browser; its figures are those of the moment, so that the file differs each time. */
export async function viewPicture(): Promise<void> {
    const executablePath = chromium()
    if (executablePath === undefined)
        throw new Error("view.png needs Chromium: npm run setup installs it")
    const target = await SimulationTarget.create({
        board: "nucleo-f446re",
        sensor: "mt9v034",
        request: { window: WINDOW, fps: 120 },
        scene: "photo",
        seed: 1,
        app: DEFAULT_APP,
    })
    const server = new ViewServer(target)
    const url = await server.open(0)
    const browser = await playwright.launch({
        executablePath,
        args: ["--no-sandbox"],
    })
    const page = await browser.newPage({
        viewport: { width: 1280, height: 900 },
    })
    await page.goto(url)
    await page.getByTestId("scope").waitFor()
    // The charts need something to show.
    await page.waitForTimeout(VIEW_MS)
    await page.screenshot({ path: pictureFile("view.png"), fullPage: true })
    await browser.close()
    await server.close()
}
