// SPDX-License-Identifier: MIT
// `npm run bench:view`: frames per second on the live view's page, in headless Chromium, with the default capture.

import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Page } from "playwright-core"
import { aimed, figureLines, median, type Figure } from "../host/figures.ts"
import { projectRoot } from "../toolchain/paths.ts"
import { startBrowser } from "./browser.ts"

const FRAMES_TARGET = 60
const WARM_UP_SECONDS = 5
const SECONDS = 15

interface Sample {
    readonly drawn: number
    readonly shown: number
    readonly speed: number
    readonly dropped: number
}

/** The server has a process of its own, as it has for a user. */
const server = spawn(
    process.execPath,
    ["host/camscript.mjs", "view", "--no-open", "--port", "0"],
    { cwd: projectRoot, stdio: ["ignore", "pipe", "ignore"] }
)
const browser = await startBrowser()
try {
    const page = await browser.newPage({
        viewport: { width: 1280, height: 900 },
    })
    await page.goto(await address())
    await page.waitForTimeout(1000 * WARM_UP_SECONDS)
    const samples: Sample[] = []
    for (let second = 0; second < SECONDS; second++) {
        await page.waitForTimeout(1000)
        samples.push(await look(page))
    }
    console.log(figureLines(figures(samples)).join("\n"))
} finally {
    await browser.close()
    server.kill("SIGINT")
}

/** Where the server says that the page is. */
async function address(): Promise<string> {
    for await (const line of createInterface(server.stdout)) {
        const url = /http:\S+/.exec(line)?.[0]
        if (url) return url
    }
    throw new Error("camscript view ended without saying where its page is")
}

/** The page's own figures. */
function look(page: Page): Promise<Sample> {
    return page.getByTestId("figures").evaluate(list => {
        const values = new Map(
            Array.from(list.querySelectorAll("div")).map(div => [
                div.querySelector("dt")!.textContent,
                div.querySelector("dd")!,
            ])
        )
        const rates = values.get("page")!.dataset
        return {
            drawn: Number(rates["drawn"]),
            shown: Number(rates["shown"]),
            speed: parseFloat(values.get("speed")!.textContent),
            dropped: parseFloat(values.get("dropped")!.textContent),
        }
    })
}

function figures(samples: readonly Sample[]): Figure[] {
    const of = (name: keyof Sample): number[] =>
        samples.map(sample => sample[name])
    const note = `220x220, median of ${SECONDS} seconds, worst ${Math.min(...of("drawn"))} drawn and ${Math.min(...of("shown"))} shown`
    const drawn = median(of("drawn"))
    const kind = "this machine"
    const plain = { kind, target: null, aim: null, met: null } as const
    return [
        aimed(
            { name: "frames drawn", kind, value: drawn, unit: "/s", note },
            "at least",
            FRAMES_TARGET
        ),
        {
            ...plain,
            name: "frames shown",
            value: median(of("shown")),
            unit: "/s",
            note: "screen updates with a new frame; the browser makes 60 per second at most",
        },
        {
            ...plain,
            name: "speed",
            value: median(of("speed")),
            unit: "x",
            note: "simulated seconds per second, 120 frames each",
        },
        {
            ...plain,
            name: "dropped",
            value: Math.max(...of("dropped")),
            unit: "frames",
            note: "by the capture",
        },
    ]
}
