// SPDX-License-Identifier: MIT
// profile-talks.png, profile-firmware.png: what --profile writes, in speedscope.

import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import sharp from "sharp"
import { main } from "../../host/main.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import { startBrowser } from "../browser.ts"
import { imageFile } from "./image-file.ts"

const SPEEDSCOPE = join(
    projectRoot,
    "node_modules",
    "speedscope",
    "dist",
    "release"
)
const TYPES: Readonly<Record<string, string>> = {
    html: "text/html",
    js: "text/javascript",
    css: "text/css",
    wasm: "application/wasm",
}
const PROFILE = "profile.json"

export async function profileImages(): Promise<void> {
    const app = "test/system/programs/defects/talks.ts"
    await profileImage("profile-talks.png", 240, ["--app", app], 2)
    await profileImage("profile-firmware.png", 560, ["--target", "emulator"], 0)
}

/** @param index of the profile in the file */
async function profileImage(
    name: string,
    height: number,
    options: readonly string[],
    index: number
): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "camscript-profile-"))
    const file = join(folder, PROFILE)
    await main([
        ...["run", "--frames", "50", "--quiet", "--out", folder],
        ...["--profile", file, ...options],
    ])
    const server = await serve(file)
    const browser = await startBrowser()
    try {
        const { port } = server.address() as AddressInfo
        const page = await browser.newPage({
            viewport: { width: 1280, height },
        })
        await page.goto(
            `http://localhost:${port}/index.html#profileURL=/${PROFILE}`
        )
        await page.getByText("Left Heavy").click()
        for (let at = 0; at < index; at++) await page.keyboard.press("n")
        await page.waitForTimeout(1000)
        const shot = await page.screenshot()
        await sharp(shot).png({ palette: true }).toFile(imageFile(name))
    } finally {
        await browser.close()
        server.close()
        rmSync(folder, { recursive: true })
    }
}

function serve(profile: string): Promise<Server> {
    const server = createServer((request, response) => {
        const name = basename(
            new URL(request.url!, "http://localhost").pathname
        )
        const file = name === PROFILE ? profile : join(SPEEDSCOPE, name)
        const type = TYPES[name.slice(name.lastIndexOf(".") + 1)]
        response.setHeader("Content-Type", type ?? "application/octet-stream")
        response.end(readFileSync(file))
    })
    return new Promise(resolve =>
        server.listen(0, "localhost", () => resolve(server))
    )
}
