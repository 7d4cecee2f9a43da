// SPDX-License-Identifier: MIT
// The frames that the OV2640 sent: what they were taken with, their bytes for the port, and the truth about them.

import type { Field, Scene } from "../../../scene/scene.ts"
import type { SensorFrame } from "../../sensor-model.ts"
import { encodeJpeg } from "../jpeg/jpeg-encoder.ts"
import { brokenStream, padStream } from "../jpeg/jpeg-stream.ts"
import { packPixels } from "../output-format.ts"
import { referenceBytes, referenceRgb } from "./reference.ts"
import { renderRgb, type RenderRequest } from "./renderer.ts"

/** Frames whose truth can still be computed. */
const REMEMBERED_FRAMES = 1024
/** Renderings of a still scene that are kept. */
const KEPT_RENDERINGS = 4

type Maker = (field: Field, request: RenderRequest) => Uint8Array

/** Bytes by what they were made from; a still scene's are kept for a while. */
class Kept {
    private readonly entries = new Map<string, Uint8Array>()

    constructor(
        private readonly scene: Scene,
        private readonly make: Maker
    ) {}

    get(request: RenderRequest, timeNs: number): Uint8Array {
        const { scene, entries } = this
        const key = contentKey(request) + (scene.still ? "" : ` ${timeNs}`)
        const known = entries.get(key)
        if (known !== undefined) return known
        const bytes = this.make(scene.at(timeNs), request)
        if (entries.size === KEPT_RENDERINGS)
            entries.delete(entries.keys().next().value!)
        entries.set(key, bytes)
        return bytes
    }
}

export class FrameStore {
    private sequence = 0
    private readonly requests = new Map<number, RenderRequest>()
    private readonly rendered: Kept
    private readonly truth: Kept

    constructor(scene: Scene) {
        this.rendered = new Kept(scene, portBytes)
        this.truth = new Kept(scene, trueBytes)
    }

    /** The number of the frame that is being sent. */
    get current(): number {
        return this.sequence
    }

    /** The frame was sent to its end. */
    finish(request: RenderRequest): void {
        this.requests.set(this.sequence, request)
        this.requests.delete(this.sequence - REMEMBERED_FRAMES)
        this.sequence++
    }

    /** What goes over the port. The scene is looked at when the frame starts. */
    sent(request: RenderRequest, startNs: number, broken: boolean): Uint8Array {
        const { sequence } = this
        if (!broken) return this.rendered.get(request, startNs)
        return request.settings.format === "jpeg"
            ? brokenStream(sequence)
            : corrupt(this.rendered.get(request, startNs), sequence)
    }

    /**
     * The true bytes of a frame; do not write to them. A frame marked unusable was sent otherwise.
     * @throws RangeError for a frame that is not one of the last 1024
     */
    expected(frame: SensorFrame): Uint8Array {
        const request = this.requests.get(frame.sequence)
        if (request === undefined)
            throw new RangeError(
                `OV2640: frame ${frame.sequence} is not one of the last ${REMEMBERED_FRAMES}`
            )
        return this.truth.get(request, frame.startNs)
    }
}

/** With the DSP bypassed the colour filter's raw data would go out; its order is in no source: zeros instead. */
function rawBytes({ settings }: RenderRequest): Uint8Array {
    const { width, height } = settings.geometry.output
    return new Uint8Array(width * height)
}

function portBytes(field: Field, request: RenderRequest): Uint8Array {
    if (request.settings.bypassed) return rawBytes(request)
    const rgb = renderRgb(field, request)
    const { format } = request.settings
    return format === "jpeg" ? jpegOf(rgb, request) : packPixels(rgb, format)
}

function trueBytes(field: Field, request: RenderRequest): Uint8Array {
    if (request.settings.bypassed) return rawBytes(request)
    if (request.settings.format !== "jpeg")
        return referenceBytes(field, request)
    return jpegOf(referenceRgb(field, request), request)
}

function jpegOf(rgb: Uint8Array, { settings }: RenderRequest): Uint8Array {
    const { width, height } = settings.geometry.output
    return padStream(encodeJpeg(rgb, width, height, settings.qs))
}

/** Two requests with the same key have the same content in a still scene. */
function contentKey({ settings, exposureUs, gain }: RenderRequest): string {
    const { geometry, format, qs, mirror, flip, colourBar } = settings
    if (settings.bypassed)
        return `${geometry.output.width} ${geometry.output.height}`
    const quality = format === "jpeg" ? qs : 0
    return JSON.stringify([
        { ...geometry, mode: geometry.mode.name },
        [format, quality, mirror, flip, colourBar, exposureUs, gain],
    ])
}

/** A frame after a change of mode: every byte differs from the truth, the same way in each run. */
function corrupt(bytes: Uint8Array, sequence: number): Uint8Array {
    return bytes.map((byte, i) => byte ^ (1 + ((i + 97 * sequence) % 255)))
}
