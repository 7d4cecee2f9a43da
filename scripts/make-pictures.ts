// SPDX-License-Identifier: MIT
// Makes the pictures of README and docs from real runs: `npm run pictures`.

import { writeFileSync } from "node:fs"
import { join } from "node:path"
import sharp from "sharp"
import { captureScope, scopeTitle } from "../host/compare-scope.ts"
import { captureTimes } from "../host/compare-timing.ts"
import { projectRoot } from "../sim/paths.ts"
import { photoScene } from "../sim/scene/photo.ts"
import { chromium as playwright } from "playwright-core"
import { DEFAULT_APP } from "../host/run-options.ts"
import { SimulationTarget } from "../host/view/simulation-target.ts"
import { ViewServer } from "../host/view/view-server.ts"
import { chromium } from "./tools.mjs"
import { simulate, type SimulateResult } from "../sim/testing.ts"
import { CaptureTrace } from "../sim/trace/capture-trace.ts"

const FIELD = { width: 752, height: 480 }
const SCENE = photoScene(FIELD)
const WINDOW = { width: 220, height: 220, x: 276, y: 100 }
const SCOPE_WINDOW = { width: 360, height: 360 }
const MARGIN = 16
const CAPTION = 44
const VIEW_MS = 15_000

const result = await simulate({
    scene: SCENE,
    window: WINDOW,
    fps: 120,
    frames: 60,
})
await runPicture(result, picture("run.png"))
await scopePicture("dcmi-crop")
await scopePicture("sensor-window")
await viewPicture(picture("view.png"))

function picture(name: string): string {
    return join(projectRoot, "docs", "pictures", name)
}

/** The live view as it is in a browser; its figures are those of the moment, so that the file differs each time. */
async function viewPicture(file: string): Promise<void> {
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
    await page.screenshot({ path: file, fullPage: true })
    await browser.close()
    await server.close()
}

/** As `camscript compare` draws it. */
async function scopePicture(
    strategy: "dcmi-crop" | "sensor-window"
): Promise<void> {
    const trace = new CaptureTrace()
    const { frames, mode, fps } = await simulate({
        board: "nucleo-f429zi",
        scene: SCENE,
        window: SCOPE_WINDOW,
        timing: "default",
        strategy,
        exposureUs: 4000,
        frames: 6,
        trace,
    })
    const captured = frames.at(-3)!
    const frame = trace.frames.find(
        ({ sent }) => sent.sequence === captured.sent.sequence
    )!
    const svg = captureScope({
        title: scopeTitle(mode!, fps!),
        trace,
        frame,
        times: captureTimes(trace.frames, captured)!,
        wantedRows: SCOPE_WINDOW.height,
    })
    writeFileSync(picture(`scope-${strategy}.svg`), svg)
}

/** Left: the sensor's field, dimmed around the window. Right: the last captured frame, enlarged. */
async function runPicture(run: SimulateResult, file: string): Promise<void> {
    const frame = run.frames.at(-1)!
    const side = FIELD.height
    const field = sharp(Buffer.from(SCENE.at(0).luma), {
        raw: { ...FIELD, channels: 1 },
    }).toColourspace("srgb")
    const captured = sharp(frame.pixels, {
        raw: { width: frame.width, height: frame.height, channels: 1 },
    })
        .resize(side, side, { kernel: "nearest" })
        .toColourspace("srgb")
    const width = FIELD.width + side + 3 * MARGIN
    const height = FIELD.height + CAPTION + MARGIN
    await sharp({
        create: { width, height, channels: 3, background: "#ffffff" },
    })
        .composite([
            { input: await field.png().toBuffer(), left: MARGIN, top: MARGIN },
            {
                input: await captured.png().toBuffer(),
                left: FIELD.width + 2 * MARGIN,
                top: MARGIN,
            },
            {
                input: Buffer.from(overlay(run, width, height)),
                left: 0,
                top: 0,
            },
        ])
        .png({ palette: true })
        .toFile(file)
}

function overlay(run: SimulateResult, width: number, height: number): string {
    const { x, y, width: w, height: h } = run.mode!.window
    const left = MARGIN + x
    const top = MARGIN + y
    const field = `M${MARGIN} ${MARGIN}h${FIELD.width}v${FIELD.height}h-${FIELD.width}z`
    const bytes = run.mode!.storedBytesPerFrame.toLocaleString("en")
    const base = FIELD.height + MARGIN + 28
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
        <path d="${field}M${left} ${top}v${h}h${w}v-${h}z" fill="#ffffff" fill-opacity="0.6"/>
        <rect x="${left}" y="${top}" width="${w}" height="${h}" fill="none" stroke="#d03030" stroke-width="2"/>
        <g font-family="sans-serif" font-size="18" fill="#202020">
            <text x="${MARGIN}" y="${base}">the sensor's field, 752x480: 360,960 bytes, 60 fps</text>
            <text x="${FIELD.width + 2 * MARGIN}" y="${base}">the window, ${w}x${h}: ${bytes} bytes, ${run.fps!.toFixed(1)} fps</text>
        </g>
    </svg>`
}
