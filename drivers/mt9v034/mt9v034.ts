// SPDX-License-Identifier: MIT
// Driver of onsemi's MT9V034 image sensor (monochrome, 8 bits wired).

import {
    Sensor,
    SensorError,
    SensorExposure,
    SensorMode,
    SensorOptions,
    SensorState,
    WindowMove,
} from "../sensor"
import {
    SensorLimits,
    SensorTiming,
    sensorWindowProblem,
    windowProblem,
} from "../sensor-limits"
import { Mt9v034Contexts } from "./contexts"
import {
    Adc,
    AecAgc,
    ChipControl,
    ChipVersion,
    Lock,
    Pattern,
    PixelClock,
    Range,
    Reg,
    Reset,
} from "./registers"
import {
    binnable,
    Mt9v034Limit,
    MT9V034_LIMITS,
    readMode,
    solveTiming,
    wholeBinning,
} from "./timing"
import {
    Flip,
    Rectangle,
    TestPattern,
    TimingMode,
} from "../../protocol/capture"

/** Register and value of the reserved registers that onsemi recommends to change (data sheet, recommended values). */
const RECOMMENDED = hex`20 03c7 24 001b 2b 0003 2f 0003 13 2d2e`

/**
 * The MT9V034 on its I2C bus.
 *
 * @example
 * const sensor = new MT9V034()
 * await sensor.init()
 * const mode = await sensor.configure({ window: { x: 266, y: 130, width: 220, height: 220 }, fps: 120 })
 * await sensor.start()
 * @devsPart onsemi MT9V034
 */
export class MT9V034 extends Mt9v034Contexts implements Sensor {
    readonly limits: SensorLimits = MT9V034_LIMITS

    private window: Rectangle = {
        x: 0,
        y: 0,
        width: Mt9v034Limit.FIELD_WIDTH_PX,
        height: Mt9v034Limit.FIELD_HEIGHT_PX,
    }
    /** The window of the context that rests since the last move. */
    private windowBefore = this.window
    private binning = 1
    private fps = 0
    private timingMode = TimingMode.DEFAULT
    /** Typical in the data sheet; configure() is told the board's. */
    private xclkHz = 26600000
    private flip = Flip.NONE
    private timing: SensorTiming = this.solve(this.window, 1)
    /** 0: automatic. */
    private fixedExposureUs = 0

    protected override async initDriver(): Promise<void> {
        await this.probe()
        // A warm start may have left the registers locked, and a reset does not change their contents.
        await this.writeReg16(Reg.REGISTER_LOCK, Lock.UNLOCKED)
        // Silent at once: the chip streams its full field from reset on.
        await this.control(
            ChipControl.MASTER_MODE |
                ChipControl.SIMULTANEOUS |
                ChipControl.DEFECT_CORRECTION
        )
        await this.writeReg16(Reg.RESET, Reset.LOGIC | Reset.AEC_AGC)
        for (let i = 0; i < RECOMMENDED.length; i += 3)
            await this.writeReg16(
                RECOMMENDED[i],
                (RECOMMENDED[i + 1] << 8) | RECOMMENDED[i + 2]
            )
        await this.writeReg16(
            Reg.PIXEL_CLOCK_CONTROL,
            PixelClock.NOTHING_INVERTED
        )
        await this.writeReg16(Reg.PIXEL_OPERATION_MODE, 0)
        await this.writeReg16(
            Reg.ADC_RESOLUTION_CONTROL,
            Adc.LINEAR_BOTH_CONTEXTS
        )
        // Sources disagree on what it is after a reset; it also spoils the test patterns.
        await this.writeReg16(Reg.ROW_NOISE_CORRECTION_CONTROL, 0)
        await this.writeReg16(Reg.TEST_PATTERN, 0)
        await this.writeReg16(Reg.FINE_SHUTTER_WIDTH_TOTAL, 0)
        await this.writeReg16(Reg.FINE_SHUTTER_WIDTH_TOTAL_B, 0)
        await this.writeGain(Range.GAIN_MIN)
        await this.writeReg16(Reg.MAX_ANALOG_GAIN, Range.GAIN_MAX)
        await this.writeReg16(Reg.AEC_AGC_DESIRED_BIN, Range.AEC_DESIRED_BIN)
        await this.writeReg16(
            Reg.AEC_MIN_EXPOSURE,
            Mt9v034Limit.EXPOSURE_MIN_ROWS
        )
        await this.setAutoExposure(true)
        await this.configure({})
    }

    async check(): Promise<SensorState> {
        const address = await this.findAddress()
        if (address === 0) return SensorState.ABSENT
        const same = address === this.devAddr
        this.useAddress(address)
        if ((await this.readReg16(Reg.CHIP_VERSION)) !== ChipVersion.MT9V034)
            return SensorState.OTHER
        // Another module knows nothing of what was written to the one before.
        if (!same) return SensorState.RESET
        // Both have other values after a reset.
        const kept =
            (await this.readReg16(RECOMMENDED[0])) ===
                ((RECOMMENDED[1] << 8) | RECOMMENDED[2]) &&
            (await this.readReg16(RECOMMENDED[3])) ===
                ((RECOMMENDED[4] << 8) | RECOMMENDED[5])
        return kept ? SensorState.CONFIGURED : SensorState.RESET
    }

    async configure(options: SensorOptions): Promise<SensorMode> {
        const binning = wholeBinning(
            options.binning === undefined ? this.binning : options.binning
        )
        const window = inside(options.window || this.window, binning)
        this.window = window
        this.binning = binning
        if (options.fps !== undefined) this.fps = options.fps
        if (options.timing !== undefined) this.timingMode = options.timing
        if (options.xclkHz !== undefined) this.xclkHz = options.xclkHz
        if (options.request) {
            this.flip = options.request.flip ?? Flip.NONE
            await this.writeBrightness(options.request.brightness ?? 0)
        }
        this.timing = this.solve(window, binning)
        await this.writeGeometry()
        await this.writeExposureLimits()
        return { window, binning, timing: this.timing }
    }

    async start(): Promise<void> {
        // The chip runs on while its output is off: begin a frame anew, or the receiver would take the rest of one
        // for a whole one. Registers keep their contents (data sheet, "Soft Reset").
        await this.writeReg16(Reg.RESET, Reset.LOGIC)
        await this.control(this.chipControl | ChipControl.DOUT_ENABLE)
    }

    async stop(): Promise<void> {
        // The sensor runs on: no source is sure of the code of a mode that rests.
        await this.control(this.chipControl & ~ChipControl.DOUT_ENABLE)
    }

    async setTriggered(on: boolean): Promise<void> {
        const mode = on ? ChipControl.SNAPSHOT_MODE : ChipControl.MASTER_MODE
        await this.control(
            (this.chipControl & ~ChipControl.OPERATING_MODE) | mode
        )
    }

    async moveWindow(x: number, y: number): Promise<WindowMove> {
        const window = inside(
            { x, y, width: this.window.width, height: this.window.height },
            this.binning
        )
        const move = await this.prepareMove(window)
        this.windowBefore = this.window
        this.window = window
        return move
    }

    cancelMove(): WindowMove {
        this.window = this.windowBefore
        this.chipControl ^= ChipControl.CONTEXT_B
        this.move.bytes[1] = this.chipControl >> 8
        return this.move
    }

    async setExposure(exposureUs: number): Promise<number> {
        if (!(exposureUs > 0))
            throw new SensorError({
                part: "MT9V034",
                register: "TOTAL_SHUTTER_WIDTH",
                problem: `exposure ${exposureUs} us is not above 0`,
            })
        const rows = Math.max(
            Mt9v034Limit.EXPOSURE_MIN_ROWS,
            Math.min(
                this.timing.exposureMaxRows,
                Math.floor(exposureUs / this.rowUs())
            )
        )
        // AEC overwrites the shutter while it runs, so it goes off first.
        const aec = AecAgc.AEC_EN_A | AecAgc.AEC_EN_B
        await this.modifyReg(Reg.AEC_AGC_ENABLE, aec, 0)
        await this.writeShutter(rows)
        this.fixedExposureUs = exposureUs
        return rows * this.rowUs()
    }

    async setGain(gain: number): Promise<number> {
        if (!(gain > 0))
            throw new SensorError({
                part: "MT9V034",
                register: "ANALOG_GAIN",
                problem: `gain ${gain} is not above 0`,
            })
        let code = Math.round(gain * 16)
        if (code > Range.GAIN_FINE_MAX) code = Math.round(gain * 8) * 2
        code = Math.max(Range.GAIN_MIN, Math.min(Range.GAIN_MAX, code))
        const agc = AecAgc.AGC_EN_A | AecAgc.AGC_EN_B
        await this.modifyReg(Reg.AEC_AGC_ENABLE, agc, 0)
        await this.writeGain(code)
        return code / 16
    }

    async setAutoExposure(on: boolean): Promise<void> {
        const all =
            AecAgc.AEC_EN_A |
            AecAgc.AGC_EN_A |
            AecAgc.AEC_EN_B |
            AecAgc.AGC_EN_B
        if (on) this.fixedExposureUs = 0
        await this.modifyReg(Reg.AEC_AGC_ENABLE, all, on ? all : 0)
    }

    async readExposure(into: SensorExposure): Promise<void> {
        into.exposureUs =
            (await this.readReg16(Reg.CURRENT_EXPOSURE)) * this.rowUs()
        into.gain = (await this.readReg16(Reg.CURRENT_GAIN)) / 16
    }

    async setTestPattern(pattern: TestPattern): Promise<void> {
        const value =
            pattern === TestPattern.NONE
                ? 0
                : Pattern.ENABLE | (pattern << Pattern.GRAY_SHIFT)
        // The correction works on dark columns, which a pattern does not have (data sheet, "Test Pattern").
        await this.writeReg16(Reg.ROW_NOISE_CORRECTION_CONTROL, 0)
        await this.writeReg16(Reg.TEST_PATTERN, value)
    }

    private async writeGeometry(): Promise<void> {
        await this.writeContexts(this.window, this.timing)
        await this.writeReadMode(readMode(this.binning, this.flip))
        // No source says whether binned pixels are counted: the smaller number is reached either way.
        const pixels =
            (this.window.width * this.window.height) /
            (this.binning * this.binning)
        await this.writeReg16(
            Reg.AGC_AEC_PIXEL_COUNT,
            Math.min(Range.AEC_PIXEL_COUNT, pixels)
        )
    }

    /** @param percent of white; 0: middle gray */
    private async writeBrightness(percent: number): Promise<void> {
        const bin =
            percent === 0
                ? Range.AEC_DESIRED_BIN
                : Math.round((percent * Range.AEC_BINS) / 100)
        await this.writeReg16(Reg.AEC_AGC_DESIRED_BIN, Math.max(1, bin))
    }

    /** Keep every exposure inside the frame: a longer one would silently slow the frame rate (data sheet, p. 10). */
    private async writeExposureLimits(): Promise<void> {
        const rows = Math.min(Range.AEC_MAX_ROWS, this.timing.exposureMaxRows)
        await this.writeReg16(Reg.AEC_MAX_EXPOSURE, rows)
        if (this.fixedExposureUs > 0)
            await this.setExposure(this.fixedExposureUs)
        else
            await this.writeShutter(
                Math.min(Mt9v034Limit.FIELD_HEIGHT_PX, rows)
            )
    }

    private rowUs(): number {
        return (this.timing.rowPclk * 1000000) / this.xclkHz
    }

    private solve(window: Rectangle, binning: number): SensorTiming {
        return solveTiming({
            widthPx: window.width,
            heightPx: window.height,
            binning,
            xclkHz: this.xclkHz,
            fps: this.fps,
            mode: this.timingMode,
        })
    }
}

/**
 * Take whole pixels, and whole groups of binned ones.
 *
 * @throws SensorError when they are not on the field
 */
function inside(wanted: Rectangle, binning: number): Rectangle {
    const window = binnable(wanted, binning)
    let problem = windowProblem(window, MT9V034_LIMITS)
    if (problem === "") problem = sensorWindowProblem(window, MT9V034_LIMITS)
    if (problem) throw new SensorError({ part: "MT9V034", problem })
    return window
}
