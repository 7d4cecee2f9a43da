// SPDX-License-Identifier: MIT
// Videos and images that are not as they should be: each is shown, or refused in one paragraph.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import sharp from "sharp"
import { afterAll, describe, expect, it } from "vitest"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { damaged, refusalOf, tries } from "../../support/malformed/damage.ts"

const FIELD = { width: 8, height: 6 }
const folder = mkdtempSync(join(tmpdir(), "camscript-malformed-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** Look at a scene as a sensor does, at some times. */
async function look(name: string, file: Uint8Array): Promise<void> {
    const path = join(folder, name)
    writeFileSync(path, file)
    const scene = await loadScene(path, FIELD, 1)
    for (const timeNs of [0, 1, 33e6, 1e9, 3600e9]) {
        const { luma, rgb } = scene.at(timeNs)
        if (luma.length !== FIELD.width * FIELD.height)
            throw new Error(`${luma.length} pixels of luma`)
        if (rgb !== undefined && rgb.length !== 3 * luma.length)
            throw new Error(`${rgb.length} bytes of colour`)
    }
}

function video(header: string): Uint8Array {
    const frame = Buffer.concat([Buffer.from("FRAME\n"), Buffer.alloc(12, 99)])
    return Buffer.concat([Buffer.from(`${header}\n`), frame, frame, frame])
}

const HEADER = "YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420 XCOLORRANGE=FULL"

/** Headers of which each token may be something else. */
const headers = fc
    .array(
        fc.oneof(
            fc.constantFrom(...HEADER.split(" ")),
            fc
                .tuple(
                    fc.constantFrom("W", "H", "F", "C", "A", "I", ""),
                    fc.oneof(
                        fc.constantFrom(
                            ...["0", "1", "99999", "-1", "1e9", "4.5", " 4"],
                            ...[
                                "0:0",
                                "25:0",
                                "1:99999999999999999999",
                                "mono",
                            ],
                            ...[`${"9".repeat(400)}:1`, `1:${"9".repeat(400)}`],
                            ...["444", "422", "420jpeg", "444p10", "411"]
                        ),
                        fc.string()
                    )
                )
                .map(([letter, text]) => letter + text)
        ),
        { maxLength: 10 }
    )
    .map(tokens => ["YUV4MPEG2", ...tokens].join(" "))

describe("a video that is not as it should be", () => {
    it("is shown or refused in one paragraph", async () => {
        const files = fc.oneof(
            damaged(video(HEADER), [0, HEADER.length]),
            headers.map(video)
        )
        await fc.assert(
            fc.asyncProperty(files, async file => {
                await refusalOf(() => look("video.y4m", file))
            }),
            { numRuns: tries(500) }
        )
    })

    it("is shown when it is as it should be", async () => {
        expect(await refusalOf(() => look("good.y4m", video(HEADER)))).toBe(
            undefined
        )
    })
})

describe("an image that is not as it should be", () => {
    const raw = { width: 24, height: 16, channels: 3 } as const
    const pixels = Buffer.from(
        Array.from({ length: 24 * 16 * 3 }, (_, i) => (i * 7) & 255)
    )
    const image = () => sharp(pixels, { raw })

    it.each([
        ["png", () => image().png().toBuffer()],
        ["jpeg", () => image().jpeg().toBuffer()],
        ["gif", () => image().gif().toBuffer()],
        ["webp", () => image().webp({ lossless: true }).toBuffer()],
        ["tiff", () => image().tiff().toBuffer()],
    ])("%s: is shown or refused in one paragraph", async (name, make) => {
        const good = Uint8Array.from(await make())
        await fc.assert(
            fc.asyncProperty(
                damaged(good, [0, good.length - 64]),
                async file => {
                    await refusalOf(() => look(`image.${name}`, file))
                }
            ),
            { numRuns: tries(30) }
        )
        expect(await refusalOf(() => look(`good.${name}`, good))).toBe(
            undefined
        )
    })
})
