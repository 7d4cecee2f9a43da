// SPDX-License-Identifier: MIT
// The frames that the MT9V034 sent: what they were taken with, their pixels for the bus, and the truth about them.

import type { Scene } from "../../../scene/scene.ts"
import type { SensorFrame } from "../../sensor-model.ts"
import { referencePixels } from "./reference.ts"
import {
    corrupt,
    Renderer,
    type Rendered,
    type RenderRequest,
} from "./renderer.ts"

/** Frames whose truth can still be computed. */
const REMEMBERED_FRAMES = 1024
/** Renderings of a still scene that are kept: contexts A and B, and a window on the move. */
const KEPT_RENDERINGS = 4

export interface FrameToSend {
    readonly startNs: number
    readonly endNs: number
    readonly exposureStartNs: number
    readonly columns: number
    readonly rows: number
    readonly unusable: boolean
    readonly request: RenderRequest
}

export interface SentFrame {
    readonly record: SensorFrame
    /** What goes over the bus. */
    readonly sent: Uint8Array
    readonly mean8: number
}

export class FrameStore {
    private sequence = 0
    private readonly renderer = new Renderer()
    private readonly requests = new Map<number, RenderRequest>()
    private readonly renderings = new Map<string, Rendered>()
    private scratch: Uint8Array | undefined
    private lastTruth: { key: string; pixels: Uint8Array } | undefined

    constructor(private readonly scene: Scene) {}

    /** Number and render the next frame. The scene is looked at when frame valid rises: the shutter has just closed. */
    add(frame: FrameToSend): SentFrame {
        const { startNs, columns, rows, unusable, request } = frame
        const sequence = this.sequence++
        this.requests.set(sequence, request)
        this.requests.delete(sequence - REMEMBERED_FRAMES)
        const { bytes, mean8 } = this.render(request, startNs)
        const record = {
            sequence,
            startNs,
            endNs: frame.endNs,
            exposureStartNs: frame.exposureStartNs,
            // The shutter closes everywhere at once, and readout begins.
            exposureEndNs: startNs,
            window: request.settings.window,
            hflip: request.settings.columnFlip,
            vflip: request.settings.rowFlip,
            columns,
            rows,
            exposureUs: request.exposureUs,
            gain: request.gain,
            unusable,
        }
        return {
            record,
            sent: unusable ? corrupt(bytes, sequence) : bytes,
            mean8,
        }
    }

    /**
     * The true pixels of a frame; do not write to them. A frame marked unusable was sent otherwise.
     * @throws RangeError for a frame that is not one of the last 1024
     */
    expected(frame: SensorFrame): Uint8Array {
        const request = this.requests.get(frame.sequence)
        if (request === undefined)
            throw new RangeError(
                `MT9V034: frame ${frame.sequence} is not one of the last ${REMEMBERED_FRAMES}`
            )
        const time = this.scene.still ? "" : frame.startNs
        const key = `${contentKey(request)} ${time}`
        if (this.lastTruth?.key !== key) {
            const field = this.scene.at(frame.startNs)
            const { rows, columns } = frame
            this.lastTruth = {
                key,
                pixels: referencePixels(field, request, rows, columns),
            }
        }
        return this.lastTruth.pixels
    }

    private render(request: RenderRequest, timeNs: number): Rendered {
        const { scene, renderer } = this
        if (!scene.still) {
            const rendered = renderer.render(
                scene.at(timeNs),
                request,
                this.scratch
            )
            this.scratch = rendered.bytes
            return rendered
        }
        const key = contentKey(request)
        let rendered = this.renderings.get(key)
        if (rendered === undefined) {
            rendered = renderer.render(scene.at(timeNs), request, undefined)
            if (this.renderings.size === KEPT_RENDERINGS) {
                const [oldest] = this.renderings.keys()
                this.renderings.delete(oldest!)
            }
            this.renderings.set(key, rendered)
        }
        return rendered
    }
}

/** Two requests with the same key have the same pixels in a still scene. */
function contentKey({ settings, exposureUs, gain }: RenderRequest): string {
    const { window, rowBin, columnBin, rowFlip, columnFlip, pattern } = settings
    const { x, y, width, height } = window
    return [
        x,
        y,
        width,
        height,
        rowBin,
        columnBin,
        rowFlip,
        columnFlip,
        pattern,
        exposureUs,
        gain,
    ].join(" ")
}
