// SPDX-License-Identifier: MIT
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { SimulationTarget } from "../../../../host/targets/in-process/simulation-target.ts"
import { PageConsole } from "../../../../host/view/page-console.ts"
import { ViewServer } from "../../../../host/view/view-server.ts"
import { startBrowser } from "../../../../scripts/browser.ts"
import { applied, drag, openPage } from "../../../support/view/browser.ts"
import { HANG_MS } from "../../../support/vitest/hang.ts"
import { DEFAULT_APP } from "../../../../toolchain/devicescript/default-program.ts"

let browser: Browser
let server: ViewServer
let target: SimulationTarget
let url: string
let failure: unknown
const console = new PageConsole()

beforeAll(async () => {
    browser = await startBrowser()
    target = await SimulationTarget.create({
        // It takes two buffers: with one a request of the page may cost a frame, as on the board (docs/view.md).
        board: "stm32f407ve",
        sensor: "mt9v034",
        request: { window: { width: 220, height: 220 }, fps: 120 },
        scene: "chart",
        seed: 1,
        app: DEFAULT_APP,
        onConsole: line => console.add("program", line),
    })
    server = new ViewServer(target, error => (failure = error), console)
    url = await server.open(0)
})

afterAll(async () => {
    await browser?.close()
    await server?.close()
})

/** The machine may be busy: a simulated second can take many. */
describe.each([
    { name: "a desktop", width: 1280, height: 900 },
    { name: "a phone", width: 360, height: 740, touch: true },
])("the live view's page on $name", size => {
    it("lets the window be dragged and resized; image, applied rectangle and plan follow", async () => {
        const { page, problems } = await openPage(browser, url, size)
        await resetWindow(page)
        const before = await look(page)
        const wide = await page.evaluate(
            () => document.documentElement.scrollWidth
        )

        await drag(page, "window", { dx: -0.12, dy: -0.1 })
        await applied(page, /^220×220 at 176, 82$/)
        const dragged = await look(page)
        await drag(page, "corner", { dx: 0.4, dy: 0.3 })
        await page.getByTestId("answer").getByText("No stage can").waitFor()
        const tooLarge = await look(page)
        await drag(page, "corner", { dx: -0.525, dy: -0.48 })
        await applied(page, /^12\d×13\d at 176, 82$/)
        await expect
            .poll(() => page.getByTestId("problem").textContent())
            .toBe("")
        const resized = await look(page)

        expect(wide).toBeLessThanOrEqual(size.width)
        expect(dragged.image).not.toBe(before.image)
        expect(dragged.imageSize).toEqual([220, 220])
        expect(tooLarge.chosen).toBe(0)
        expect(resized.chosen).toBe(1)
        expect(resized.plan).not.toBe(before.plan)
        expect(resized.imageSize[0]).toBeLessThan(200)
        expect(problems).toEqual([])
        await page.close()
    })
})

describe("the live view's page", () => {
    it("works by keyboard, and by its controls", async () => {
        const { page, problems } = await openPage(browser, url, DESKTOP)
        await resetWindow(page)
        const camera = page.getByRole("region", { name: "Camera" })

        await page.getByRole("group", { name: /^Capture window/ }).focus()
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await applied(page, /^220×220 at 274, 146$/)
        await page
            .getByRole("combobox", { name: "strategy" })
            .selectOption("dcmi-crop")
        await camera.getByText("applied: dcmi-crop").waitFor()
        await page.getByRole("slider", { name: "frame rate" }).fill("30")
        await camera.getByText("applied: 30.0").waitFor()
        const binning = page.getByRole("combobox", { name: "binning" })
        await binning.selectOption("2")
        await camera.getByText(/^applied: 2$/).waitFor()
        // Lines of whole words: 27 words of 4 pixels.
        await expect
            .poll(async () => (await look(page)).imageSize)
            .toEqual([108, 110])
        await binning.selectOption("1")
        await camera.getByText(/^applied: 1$/).waitFor()
        await page.getByRole("button", { name: "Stop" }).click()
        await page.getByRole("button", { name: "Start" }).click()
        await page.getByRole("button", { name: "Stop" }).waitFor()

        expect(problems).toEqual([])
        await page.close()
    })

    it("shows what the program prints and what is wrong with it, and stays at the newest line", async () => {
        const { page, problems } = await openPage(browser, url, DESKTOP)
        const log = page.getByRole("log", { name: "Console" })
        const since = (text: string) => log.getByText(text).waitFor()
        await since("220x220")

        for (let line = 1; line <= 40; line++)
            console.add("program", `line ${line}`)
        console.add("error", "main.ts:3: Type 'string' is not a number")
        await since("main.ts:3: Type 'string' is not a number")

        await expect
            .poll(() =>
                log.evaluate(
                    pre => pre.scrollHeight - pre.scrollTop - pre.clientHeight
                )
            )
            .toBeLessThan(8)
        expect(await log.locator(".error").count()).toBe(1)
        expect(problems).toEqual([])
        await page.close()
    })

    it("gives scope and waveforms", async () => {
        const { page, problems } = await openPage(browser, url, DESKTOP)
        const scope = page.getByTestId("scope")
        await scope.waitFor()
        const whole = await scope.getAttribute("src")

        await page.getByRole("button", { name: "Zoom in" }).click()
        const download = page.waitForEvent("download")
        await page.getByRole("link", { name: "VCD of the last second" }).click()

        expect((await download).suggestedFilename()).toBe("camscript.vcd")
        expect(await scope.getAttribute("src")).not.toBe(whole)
        await expect
            .poll(() =>
                scope.evaluate(
                    image => (image as HTMLImageElement).naturalWidth
                )
            )
            .toBeGreaterThan(0)
        expect(problems).toEqual([])
        await page.close()
    })

    it("costs the capture no frame while one only watches", async () => {
        const { page, problems } = await openPage(browser, url, DESKTOP)
        await resetWindow(page)
        // The request itself takes the program longer than two frames.
        await moreFrames(20)
        const before = target.live().counters
        await moreFrames(100)
        const after = target.live().counters

        expect(after.dropped).toBe(before.dropped)
        expect(after.overruns).toBe(0)
        expect(failure).toBeUndefined()
        expect(problems).toEqual([])
        await page.close()
    })
})

const DESKTOP = { width: 1280, height: 900 }
const FIRST = { x: 266, y: 130, width: 220, height: 220 }

/** What a person sees. */
async function look(page: Page) {
    const plan = page.getByRole("region", { name: "Plan" })
    const image = page.getByTestId("image")
    const [pixels, width, height] = await image.evaluate(element => {
        const canvas = element as HTMLCanvasElement
        return [canvas.toDataURL(), canvas.width, canvas.height] as const
    })
    return {
        plan: await plan.textContent(),
        chosen: await plan.locator("li.chosen").count(),
        image: pixels,
        imageSize: [width, height],
    }
}

function moreFrames(count: number): Promise<void> {
    const { delivered } = target.live().counters
    return expect
        .poll(() => target.live().counters.delivered, { timeout: HANG_MS })
        .toBeGreaterThanOrEqual(delivered + count)
}

/** The window as it was at first, by its number fields. */
async function resetWindow(page: Page): Promise<void> {
    await page.getByTestId("applied").getByText("×").waitFor()
    for (const name of ["width", "height", "x", "y"] as const) {
        const field = page.getByRole("spinbutton", { name, exact: true })
        await field.fill(String(FIRST[name]))
        await field.press("Enter")
        await field.blur()
    }
    await applied(page, /^220×220 at 266, 130$/)
}
