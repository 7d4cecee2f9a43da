// SPDX-License-Identifier: MIT
// Y4M videos as scenes; the videos are made here.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { UsageError } from "../../../protocol/errors.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import type { Scene } from "../../../sim/scene/scene.ts"
import type { Size } from "../../../protocol/capture.ts"

let folder: string

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-y4m-"))
})
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
/** Write a video of the given stream header and frames (each: frame header parameters, luma, chroma bytes). */
function video(
    header: string,
    frames: readonly (readonly [string, Uint8Array, number])[],
    name = `${count++}.y4m`
): string {
    const path = join(folder, name)
    const parts = frames.flatMap(([parameters, luma, chroma]) => [
        Buffer.from(`FRAME${parameters}\n`),
        luma,
        Buffer.alloc(chroma, 99),
    ])
    writeFileSync(path, Buffer.concat([Buffer.from(`${header}\n`), ...parts]))
    return path
}

const load = (
    path: string,
    field: Size = { width: 4, height: 2 }
): Promise<Scene> => loadScene(path, field, 1)
const flat = (level: number) => new Uint8Array(8).fill(level)
const firstPixel = (scene: Scene, timeNs: number) => scene.at(timeNs).luma[0]

describe("a Y4M scene", () => {
    it("plays at its own frame rate, in a loop", async () => {
        const scene = await load(
            video("YUV4MPEG2 W4 H2 F25:1 Cmono XCOLORRANGE=FULL", [
                ["", flat(10), 0],
                ["", flat(20), 0],
                ["", flat(30), 0],
            ])
        )
        expect(scene.still).toBe(false)
        const levels = [0, 39.9, 40, 80, 119.9, 120, 160].map(ms =>
            firstPixel(scene, ms * 1e6)
        )
        expect(levels).toEqual([10, 10, 20, 30, 30, 10, 20])
        // Back in time.
        expect(firstPixel(scene, 0)).toBe(10)
    })

    it.each([
        ["C420", 4],
        ["C420jpeg", 4],
        ["C420mpeg2", 4],
        ["C420paldv", 4],
        ["C422", 8],
        ["C444", 16],
        ["Cmono", 0],
    ])(
        "finds the luma of the second frame after the chroma of %s",
        async (layout, chroma) => {
            const path = video(
                `YUV4MPEG2 W4 H2 F30:1 Ip A1:1 ${layout} XCOLORRANGE=FULL`,
                [
                    ["", flat(10), chroma],
                    ["", flat(20), chroma],
                ]
            )
            expect(firstPixel(await load(path), 34e6)).toBe(20)
        }
    )

    it("rounds the chroma planes of odd sizes up", async () => {
        const luma = (level: number) => new Uint8Array(15).fill(level)
        const path = video("YUV4MPEG2 W5 H3 F30:1 C420 XCOLORRANGE=FULL", [
            ["", luma(10), 2 * 3 * 2],
            ["", luma(20), 2 * 3 * 2],
        ])
        expect(firstPixel(await load(path), 34e6)).toBe(20)
    })

    it("takes 4:2:0 and 30 fps when the header does not say", async () => {
        const path = video("YUV4MPEG2 W4 H2 XCOLORRANGE=FULL", [
            ["", flat(10), 4],
            ["", flat(20), 4],
        ])
        expect(firstPixel(await load(path), 33e6)).toBe(10)
        expect(firstPixel(await load(path), 34e6)).toBe(20)
    })

    it("skips the parameters of frame headers", async () => {
        const path = video("YUV4MPEG2 W4 H2 F30:1 Cmono XCOLORRANGE=FULL", [
            [" Ip", flat(10), 0],
            [" Xanything", flat(20), 0],
        ])
        expect(firstPixel(await load(path), 34e6)).toBe(20)
    })

    it.each([
        [16, 0],
        [235, 255],
        [0, 0],
        [255, 255],
        [126, 128],
    ])("stretches video level %d to %d", async (video16, level) => {
        const path = video("YUV4MPEG2 W4 H2 F30:1 Cmono", [
            ["", flat(video16), 0],
        ])
        expect(firstPixel(await load(path), 0)).toBe(level)
    })

    it("is scaled to cover the field", async () => {
        // 8x2, four dark and four bright columns; the field is 4x2: the middle four columns.
        const luma = Uint8Array.of(
            10,
            10,
            20,
            20,
            200,
            200,
            250,
            250,
            10,
            10,
            20,
            20,
            200,
            200,
            250,
            250
        )
        const path = video("YUV4MPEG2 W8 H2 F30:1 Cmono XCOLORRANGE=FULL", [
            ["", luma, 0],
        ])
        expect([...(await load(path)).at(0).luma]).toEqual([
            20, 20, 200, 200, 20, 20, 200, 200,
        ])
        expect([
            ...(await load(path, { width: 8, height: 4 }))
                .at(0)
                .luma.slice(0, 8),
        ]).toEqual([20, 20, 20, 20, 200, 200, 200, 200])
    })

    it("leaves an unfinished last frame out", async () => {
        const path = video("YUV4MPEG2 W4 H2 F30:1 Cmono XCOLORRANGE=FULL", [
            ["", flat(10), 0],
            ["", flat(20).subarray(0, 5), 0],
        ])
        const scene = await load(path)
        expect(scene.still).toBe(true)
        expect(firstPixel(scene, 34e6)).toBe(10)
    })

    it("is known by its first bytes when the name does not end in .y4m", async () => {
        const path = video(
            "YUV4MPEG2 W4 H2 F30:1 Cmono XCOLORRANGE=FULL",
            [["", flat(10), 0]],
            "film.bin"
        )
        expect(firstPixel(await load(path), 0)).toBe(10)
    })
})

describe("a broken Y4M file", () => {
    it.each([
        [
            "RIFF W4 H2",
            /a line that begins with YUV4MPEG2 is missing, it begins with "RIFF W4 H2\\n/,
        ],
        ["YUV4MPEG2 H2", /W \(width\) is missing/],
        ["YUV4MPEG2 W4", /H \(height\) is missing/],
        ["YUV4MPEG2 W0 H2", /"W0" is no width/],
        ["YUV4MPEG2 W4 Htwo", /"Htwo" is no height/],
        ["YUV4MPEG2 W4 H2 F25", /"F25" is no frame rate/],
        ["YUV4MPEG2 W4 H2 F25:0", /"F25:0" is no frame rate/],
        // As a number it would be infinite, and no frame the one to show.
        [
            `YUV4MPEG2 W4 H2 F${"9".repeat(400)}:1`,
            /"F9{39}" is no frame rate like F30:1$/,
        ],
        [
            "YUV4MPEG2 W4 H2 C420p10",
            /"C420p10" is not C420, C422, C444 or Cmono/,
        ],
        [
            "YUV4MPEG2 W4 H2 Cmono",
            /without a whole frame: one of 4x2 needs 8 bytes/,
        ],
    ])("%s: names what is wrong", async (header, message) => {
        const path = video(header, [["", flat(1).subarray(0, 2), 0]])
        await expect(load(path)).rejects.toThrow(message)
        await expect(load(path)).rejects.toBeInstanceOf(UsageError)
    })

    it("names the frame that does not begin with FRAME", async () => {
        const path = video("YUV4MPEG2 W4 H2 Cmono", [
            ["", new Uint8Array(9), 0],
            ["", flat(1), 0],
        ])
        await expect(load(path)).rejects.toThrow(
            /frame 1 begins with .* at byte 36, not with FRAME/
        )
    })
})
