// SPDX-License-Identifier: MIT
// view.png, view-phone.png: the live view in a browser. Its figures are those of the moment: the files differ each time.

import type { Browser } from "playwright-core"
import sharp from "sharp"
import { SimulationTarget } from "../../host/targets/in-process/simulation-target.ts"
import { ViewServer } from "../../host/view/view-server.ts"
import { startBrowser } from "../browser.ts"
import { imageFile } from "./image-file.ts"
import { DEFAULT_APP } from "../../toolchain/devicescript/default-program.ts"

/** The charts need something to show. */
const VIEW_MS = 15_000

interface Look {
    readonly width: number
    readonly height: number
    readonly colorScheme: "light" | "dark"
    /** The whole page, also what does not fit the screen. */
    readonly fullPage: boolean
}

export async function viewImage(): Promise<void> {
    const target = await SimulationTarget.create({
        board: "nucleo-f446re",
        sensor: "mt9v034",
        request: {
            window: { width: 220, height: 220, x: 276, y: 100 },
            fps: 120,
        },
        scene: "photo",
        seed: 1,
        app: DEFAULT_APP,
    })
    const server = new ViewServer(target)
    const browser = await startBrowser()
    try {
        const url = await server.open(0)
        await screenshot(browser, url, "view.png", {
            width: 1280,
            height: 900,
            colorScheme: "light",
            fullPage: true,
        })
        await screenshot(browser, url, "view-phone.png", {
            width: 360,
            height: 780,
            colorScheme: "dark",
            fullPage: false,
        })
    } finally {
        await browser.close()
        await server.close()
    }
}

async function screenshot(
    browser: Browser,
    url: string,
    name: string,
    { width, height, colorScheme, fullPage }: Look
): Promise<void> {
    const page = await browser.newPage({
        viewport: { width, height },
        colorScheme,
    })
    await page.goto(url)
    await page.getByTestId("scope").waitFor()
    await page.waitForTimeout(VIEW_MS)
    const shot = await page.screenshot({ fullPage })
    await page.close()
    await sharp(shot).png({ palette: true }).toFile(imageFile(name))
}
