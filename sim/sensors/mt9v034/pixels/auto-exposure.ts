// SPDX-License-Identifier: MIT
// Automatic exposure and gain of the MT9V034: good enough to settle; the silicon's exact rule is not documented.

import type { RegisterFile } from "../register-file.ts"
import { Reg } from "../register-addresses.ts"
import { analogGain } from "../settings.ts"

const AEC = 1 << 0
const AGC = 1 << 1
const UNITY_GAIN = 16
/** CURRENT_EXPOSURE has a range of 1..2047 rows. */
const ROWS_LIMIT = 2047
/** A nearly black image asks for at most so much more at once. */
const RATIO_LIMIT = 8

/** What a frame was taken with. */
export interface ExposureState {
    /** Whole rows of exposure. */
    readonly rows: number
    /** As in R0x35. */
    readonly gainCode: number
}

/**
 * The rule of the model. The mean of a frame falls into one of 64 bins of the 10-bit range; while it is not the
 * desired bin (R0xA5), exposure x gain is scaled by (middle of that bin) / mean. Exposure goes first, up to R0xAD;
 * gain makes up for the rest, up to R0xAB. An update waits for R0xA6 (R0xA9) further frames, and always until a
 * frame that was taken with the update before has been measured. Low pass n (R0xA8, R0xAA): steps of more than a
 * quarter are taken whole, smaller ones divided by 2^n. Rows are rounded down, so that it does not overshoot.
 */
export class AutoExposure {
    /** The bin of the last frame measured, 1..64; 0 before the first. */
    bin = 0

    private rows = 1
    private gainCode = UNITY_GAIN
    private aecFrames = 0
    private agcFrames = 0

    constructor(private readonly registers: RegisterFile) {}

    get aecOn(): boolean {
        return (this.registers.activeByte(Reg.AEC_AGC_ENABLE) & AEC) !== 0
    }

    get agcOn(): boolean {
        return (this.registers.activeByte(Reg.AEC_AGC_ENABLE) & AGC) !== 0
    }

    /** Start over from the manual settings. */
    reset(): void {
        this.rows = Math.max(1, this.registers.active(Reg.TOTAL_SHUTTER_WIDTH))
        this.gainCode = this.registers.active(Reg.ANALOG_GAIN)
        this.aecFrames = 0
        this.agcFrames = 0
    }

    /** What the next frame is to be taken with. A loop that is off follows the manual setting. */
    next(): ExposureState {
        const { registers } = this
        const manual = registers.active(Reg.TOTAL_SHUTTER_WIDTH)
        this.rows = this.aecOn ? this.clampRows(this.rows) : manual
        this.gainCode = this.agcOn
            ? this.clampGain(this.gainCode & 0x7f)
            : registers.active(Reg.ANALOG_GAIN)
        return { rows: this.rows, gainCode: this.gainCode }
    }

    /**
     * A frame has ended.
     * @param mean8 mean of its 8-bit pixels
     * @param taken what it was taken with
     */
    measured(mean8: number, taken: ExposureState): void {
        const { registers, aecOn, agcOn } = this
        this.bin = Math.min(64, Math.floor(mean8 / 4) + 1)
        this.aecFrames++
        this.agcFrames++
        const desiredBin = registers.get(Reg.AEC_AGC_DESIRED_BIN)
        if (this.bin === desiredBin) return
        if (aecOn && taken.rows !== this.rows) return
        if (agcOn && taken.gainCode !== this.gainCode) return
        const target8 = 4 * desiredBin - 2
        const ratio = Math.min(RATIO_LIMIT, target8 / Math.max(mean8, 1))
        const wanted = this.wanted(ratio)
        if (aecOn && this.aecFrames > registers.get(Reg.AEC_UPDATE_FREQUENCY)) {
            const lowPass = registers.get(Reg.AEC_LPF)
            this.rows = approach(this.rows, wanted.rows, lowPass)
            this.aecFrames = 0
        }
        if (agcOn && this.agcFrames > registers.get(Reg.AGC_UPDATE_FREQUENCY)) {
            const lowPass = registers.get(Reg.AGC_LPF)
            this.gainCode = approach(this.gainCode, wanted.gainCode, lowPass)
            this.agcFrames = 0
        }
    }

    /** Exposure x gain in rows and sixteenths, shared out: gain stays 1x until the exposure is at its limit. */
    private wanted(ratio: number): ExposureState {
        const { rows: now, aecOn } = this
        const gain = analogGain(this.gainCode) * UNITY_GAIN
        const total = now * gain * ratio
        const baseGain = this.agcOn ? UNITY_GAIN : gain
        const rows = aecOn ? this.clampRows(total / baseGain) : now
        const aecAtLimit = rows === this.clampRows(ROWS_LIMIT)
        return {
            rows,
            gainCode:
                aecOn && !aecAtLimit
                    ? UNITY_GAIN
                    : this.clampGain(total / Math.max(1, rows)),
        }
    }

    private clampRows(rows: number): number {
        const min = this.registers.get(Reg.AEC_MIN_EXPOSURE)
        const max = this.registers.get(Reg.AEC_MAX_EXPOSURE)
        const limited = Math.min(Math.floor(rows), max, ROWS_LIMIT)
        return Math.max(limited, Math.min(min, ROWS_LIMIT))
    }

    /** The nearest gain there is: above 2x only every second code has an effect. */
    private clampGain(code: number): number {
        const max = this.registers.get(Reg.MAX_ANALOG_GAIN)
        const nearest = code > 32 ? 2 * Math.round(code / 2) : Math.round(code)
        return Math.max(UNITY_GAIN, Math.min(nearest, max))
    }
}

function approach(now: number, wanted: number, lowPass: number): number {
    const step = wanted - now
    if (Math.abs(step) > now / 4 || step === 0) return wanted
    return now + Math.sign(step) * Math.max(1, Math.abs(step) >> lowPass)
}
