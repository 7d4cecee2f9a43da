// SPDX-License-Identifier: MIT
// The page on an emulated board: the ELF that is flashed, its USART, a pseudo terminal, serialport, a browser.

import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import {
    startEmulatedBoard,
    type EmulatedBoardChild,
} from "../../../../host/targets/emulated-serial/emulated-board-child.ts"
import { openSerialPort } from "../../../../host/link/serial-port.ts"
import { LinkTarget } from "../../../../host/targets/board/link-target.ts"
import { ViewServer } from "../../../../host/view/view-server.ts"
import { startBrowser } from "../../../../scripts/browser.ts"
import { applied, drag, openPage } from "../../../support/view/browser.ts"
import { DEFAULT_APP } from "../../../../toolchain/devicescript/default-program.ts"

let browser: Browser
let board: EmulatedBoardChild
let target: LinkTarget
let server: ViewServer
let url: string
const log: string[] = []

beforeAll(async () => {
    browser = await startBrowser()
    // Two buffers, and a camera that leaves the emulator time.
    const args = [
        "--board",
        "stm32f407ve",
        "--window",
        "160x120",
        "--fps",
        "30",
    ]
    board = await startEmulatedBoard(args, text => log.push(text))
    target = await LinkTarget.create({
        kind: "emulated board",
        open: () => openSerialPort(board.path),
        sensor: "mt9v034",
        app: DEFAULT_APP,
        realTime: false,
        onConsole: line => log.push(line),
    })
    server = new ViewServer(target)
    url = await server.open(0)
})

afterAll(async () => {
    await browser?.close()
    await server?.close()
    await target?.close()
    await board?.close()
})

it("shows an emulated board's images, and works its camera and its program over the serial link", async () => {
    const { page, problems } = await openPage(browser, url, {
        width: 1280,
        height: 900,
    })
    const camera = page.getByRole("region", { name: "Camera" })

    await applied(page, /^160×120 at 296, 180$/)
    const first = await look(page)
    await page.getByRole("button", { name: "Stop" }).click()
    await page.getByRole("button", { name: "Start" }).click()
    await page.getByRole("button", { name: "Stop" }).waitFor()
    await drag(page, "window", { dx: 0.12, dy: 0.1 })
    await applied(page, /^160×120 at 386, 228$/)
    const dragged = await look(page)
    await drag(page, "corner", { dx: -0.1, dy: -0.1 })
    await applied(page, /^84×72 at 386, 228$/)
    const resized = await look(page)
    await page
        .getByRole("combobox", { name: "strategy" })
        .selectOption("dcmi-crop")
    await camera.getByText("applied: dcmi-crop").waitFor()
    const window = await page.getByTestId("applied").textContent()
    await page.getByRole("button", { name: "Update program" }).click()
    await page.getByRole("progressbar").waitFor()
    await page.getByText("number 2").waitFor()
    const updated = await page.getByTestId("update").textContent()
    // The new program begins with what the page asks for.
    await camera.getByText("applied: dcmi-crop").waitFor()
    await image(page, resized.frame)
    const restarted = await look(page)

    expect(first.size).toEqual([160, 120])
    expect(dragged.size).toEqual([160, 120])
    expect(dragged.pixels).not.toBe(first.pixels)
    expect(resized.size[0]).toBeLessThan(100)
    expect(updated).toBe("done: the new program runs")
    expect(await page.getByTestId("applied").textContent()).toBe(window)
    expect(restarted.size).toEqual(resized.size)
    expect(await page.getByTestId("link").textContent()).toMatch(
        /of the line\d+ % of 913043 baud.*abandoned\d+corrupt\d+requests dropped\d+/
    )
    expect(problems).toEqual([])
    await page.close()
})

/** What a person sees. */
async function look(page: Page) {
    const [pixels, width, height] = await page
        .getByTestId("image")
        .evaluate(element => {
            const canvas = element as HTMLCanvasElement
            return [canvas.toDataURL(), canvas.width, canvas.height] as const
        })
    return { pixels, size: [width, height], frame: await frameWords(page) }
}

function frameWords(page: Page): Promise<string | null> {
    return page.getByText(/^frame \d+/).textContent()
}

/** Wait for an image that is another one. */
async function image(page: Page, old: string | null): Promise<void> {
    await expect.poll(() => frameWords(page)).not.toBe(old)
}
