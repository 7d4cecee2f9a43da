// SPDX-License-Identifier: MIT
// A scene by its name on the command line: one of ours, an image, a folder of images or a Y4M video.

import { statSync } from "node:fs"
import { extname } from "node:path"
import { UsageError } from "../../protocol/errors.ts"
import { barsScene } from "./bars.ts"
import { chartScene } from "./chart.ts"
import { DayScene } from "./day.ts"
import { flatScene } from "./flat.ts"
import { folderScene } from "./folder.ts"
import { MovingNoiseScene, noiseScene } from "./noise.ts"
import { photoScene } from "./photo.ts"
import { imageScene, readStart } from "./image.ts"
import { rampScene } from "./ramp.ts"
import type { Scene } from "./scene.ts"
import { TargetScene } from "./target.ts"
import { VisitorScene } from "./visitor.ts"
import { y4mScene } from "./y4m.ts"
import type { Size } from "../../protocol/capture.ts"

export const DEFAULT_SCENE = "chart"

/** What the command's help lists. */
export const SCENE_NAMES = [
    "chart",
    "flat",
    "flat:LEVEL",
    "ramp",
    "noise",
    "noise:moving",
    "target",
    "target:photo",
    "bars",
    "photo",
    "visitor",
    "day",
] as const

/**
 * Make a scene of the size of the sensor's field.
 *
 * @param spec a built-in name (SCENE_NAMES) or a path to an image, a folder of images or a Y4M video
 * @param seed for noise
 * @throws UsageError when there is no such scene or file, or it cannot be read
 */
export async function loadScene(
    spec: string,
    field: Size,
    seed: number
): Promise<Scene> {
    return builtIn(spec, field, seed) ?? (await fromPath(spec, field))
}

function builtIn(spec: string, field: Size, seed: number): Scene | undefined {
    switch (spec) {
        case "chart":
            return chartScene(field)
        case "flat":
            return flatScene(field)
        case "ramp":
            return rampScene(field)
        case "noise":
            return noiseScene(field, seed)
        case "noise:moving":
            return new MovingNoiseScene(field, seed)
        case "target":
            return new TargetScene(field)
        case "target:photo":
            return new TargetScene(field, "photo")
        case "bars":
            return barsScene(field)
        case "photo":
            return photoScene(field)
        case "day":
            return new DayScene(field)
        case "visitor":
            return new VisitorScene(field, seed)
    }
    return spec.startsWith("flat:")
        ? flatScene(field, flatLevel(spec))
        : undefined
}

function flatLevel(spec: string): number {
    const text = spec.slice("flat:".length)
    const level = Number(text)
    if (!/^\d+$/.test(text) || level > 255)
        throw new UsageError(
            `scene "${spec}": the level must be 0..255, not "${text}"`
        )
    return level
}

async function fromPath(path: string, field: Size): Promise<Scene> {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined)
        throw new UsageError(
            `no scene "${path}": there is no such file or folder, and the built-in scenes are ${SCENE_NAMES.join(", ")}`
        )
    if (stat.isDirectory()) return folderScene(path, field)
    if (!stat.isFile())
        throw new UsageError(
            `scene "${path}" is a device or a pipe: an image, a folder of images or a Y4M video is wanted`
        )
    const isY4m =
        extname(path).toLowerCase() === ".y4m" ||
        readStart(path, 9) === "YUV4MPEG2"
    return isY4m ? y4mScene(path, field) : imageScene(path, field)
}
