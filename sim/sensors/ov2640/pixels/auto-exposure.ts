// SPDX-License-Identifier: MIT
// Automatic exposure and gain of the OV2640: good enough to settle; the silicon's rule is not documented.

import type { Field, Scene } from "../../../scene/scene.ts"
import {
    analogGain,
    channel8,
    exposureLines,
    GAIN_MAX,
    setAnalogGain,
    setExposureLines,
} from "./photometry.ts"
import { Sensor } from "../registers.ts"
import type { RegisterFile } from "../register-file.ts"
import type { RenderRequest } from "./renderer.ts"

const COM8_AEC = 1 << 0
const COM8_AGC = 1 << 2
/** Every nth pixel of every nth row is measured. */
const MEASURED_STEP = 8
/** A black or a white image asks for at most so much more or less at once. */
const RATIO_LIMIT = 4

/** The loop: what each frame that was sent means for the next one. */
export class AutoExposure {
    private stillCounts: Uint32Array | undefined

    constructor(
        private readonly registers: RegisterFile,
        private readonly scene: Scene
    ) {}

    /** A frame has ended that was taken at `timeNs`. Nothing happens while AEC and AGC are off. */
    measured(request: RenderRequest, timeNs: number): void {
        const { registers, scene } = this
        const auto = registers.sensor(Sensor.COM8) & (COM8_AEC | COM8_AGC)
        if (auto === 0) return
        const counts = this.stillCounts ?? lumaHistogram(scene.at(timeNs))
        if (scene.still) this.stillCounts = counts
        const { exposureUs, gain, settings } = request
        const mean = exposedMean(counts, exposureUs, gain)
        adaptExposure(registers, mean, settings.timing.lines)
    }
}

/** Counts of the field's luma, on a grid; what automatic exposure sees of a scene. */
function lumaHistogram(field: Field): Uint32Array {
    const counts = new Uint32Array(256)
    for (let y = 0; y < field.height; y += MEASURED_STEP)
        for (let x = 0; x < field.width; x += MEASURED_STEP)
            counts[field.luma[y * field.width + x]!]!++
    return counts
}

/** Mean of the field as the sensor exposes it, 0..255. */
function exposedMean(
    counts: Uint32Array,
    exposureUs: number,
    gain: number
): number {
    let sum = 0
    let pixels = 0
    counts.forEach((count, luma) => {
        if (count === 0) return
        pixels += count
        sum += count * channel8(luma, exposureUs, gain)
    })
    return sum / pixels
}

/**
 * After a frame of a given mean: nothing while it lies within AEB..AEW; otherwise exposure x gain is scaled towards the
 * middle of the two, by at most 4. Exposure goes first, up to the lines of a frame; gain makes up for the rest, up to
 * COM9's ceiling. The result is in the registers, as on the chip, and acts in the next frame.
 */
function adaptExposure(
    regs: RegisterFile,
    mean: number,
    frameLines: number
): void {
    regs.setSensor(Sensor.YAVG, Math.round(mean))
    const com8 = regs.sensor(Sensor.COM8)
    const high = regs.sensor(Sensor.AEW)
    const low = regs.sensor(Sensor.AEB)
    if (mean >= low && mean <= high) return
    const target = (low + high) / 2
    const ratio = Math.min(
        RATIO_LIMIT,
        Math.max(1 / RATIO_LIMIT, target / Math.max(1, mean))
    )
    const lines = Math.min(exposureLines(regs), frameLines)
    const gain = analogGain(regs)
    const wanted = Math.max(1, lines) * gain * ratio
    if ((com8 & COM8_AEC) === 0) {
        if ((com8 & COM8_AGC) !== 0)
            setAnalogGain(regs, limitGain(regs, wanted / Math.max(1, lines)))
        return
    }
    const agcOn = (com8 & COM8_AGC) !== 0
    const baseGain = agcOn ? 1 : gain
    const newLines = Math.max(
        1,
        Math.min(frameLines, Math.round(wanted / baseGain))
    )
    setExposureLines(regs, newLines)
    if (agcOn) setAnalogGain(regs, limitGain(regs, wanted / newLines))
}

/** COM9[7:5]: 2x, 4x, ... 128x; the register reaches 31x. */
function limitGain(regs: RegisterFile, gain: number): number {
    const ceiling = 2 << Math.min(6, regs.sensor(Sensor.COM9) >> 5)
    return Math.max(1, Math.min(gain, ceiling, GAIN_MAX))
}
