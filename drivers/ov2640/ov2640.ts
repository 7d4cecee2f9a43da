// SPDX-License-Identifier: MIT
/**
 * Driver of OmniVision's OV2640 image sensor (2 megapixels, colour, scaler, JPEG encoder), eight wires.
 * @module camscript/drivers/ov2640/ov2640
 */

import type { I2CDriverOptions } from "@devicescript/drivers"
import { hexNumber } from "../format"
import { sleepAtLeast } from "../sleep-at-least"
import type {
    Sensor,
    SensorExposure,
    SensorMode,
    SensorOptions,
} from "../sensor"
import { SensorError, SensorState } from "../sensor"
import type { SensorLimits } from "../sensor-limits"
import { BankedRegisters } from "./banked-registers"
import { codeToGain, gainToCode } from "./gain"
import type { Geometry, GeometryRegisters } from "./geometry"
import {
    geometryRegisters,
    ReadOut,
    reflected,
    solveGeometry,
} from "./geometry"
import { fittingQuality, qualityToQs, roomyQuality } from "./quality"
import {
    ChipId,
    Clkrc,
    Com2,
    Com7,
    Com8,
    Com9,
    Ctrl0,
    Ctrl2,
    DspReg,
    DspReset,
    Range,
    Reg04,
    Reg45,
    SensorReg,
    Undocumented,
} from "./registers"
import {
    defaultSettings,
    imageMode,
    frameOf,
    settingsProblem,
    withOptions,
} from "./settings"
import type { Ov2640Timing } from "./timing"
import { OV2640_LIMITS, solveClocks } from "./timing"
import { Flip, PixelFormat, TestPattern } from "../../protocol/capture"
import { FaultCause } from "../../protocol/faults"

/** The only address (data sheet: write 0x60, read 0x61). */
const ADDRESS = 0x30

/** After a software reset; sources say 5 to 10 ms. */
const RESET_MS = 10

/** After the DSP is switched on again with a new size, as every driver waits. */
const SETTLE_MS = 10

/** COM1, REG32, HREFST, HREFEND, VSTRT, VEND: columns 142..942 and rows 7..607, in pairs. */
const CORE_UXGA = hex`03 0f 32 36 17 11 18 75 19 01 1a 97`
/** Columns 137..537, rows 2..302. */
const CORE_SVGA = hex`03 0a 32 09 17 11 18 43 19 00 1a 4b`
/** Columns 137..537, rows 2..150: 296 rows; after a reset COM1 has 06, which makes 294. */
const CORE_CIF = hex`03 0a 32 09 17 11 18 43 19 00 1a 25`

/** Lines, frames and sync as documented, not longer: REG2A, FRARL, ADDVSL, ADDVSH, COM10. */
const PLAIN_TIMING = hex`2a 00 2b 00 2d 00 2e 00 15 00`

/** Not documented; every driver writes it when it switches the encoder on. */
const UNDOCUMENTED_JPEG = hex`d7 03 e1 77 e5 1f d9 10 df 80 33 80 3c 10 eb 30 dd 7f`

/**
 * The OV2640 on its I2C bus. Windows are pixels of its 1600 x 1200 field; the frame may be smaller than its window.
 *
 * Gamma, white balance, lens and colour correction stay as they are after a reset: no document explains their tables.
 *
 * @example
 * const sensor = new OV2640()
 * await sensor.init()
 * const mode = await sensor.configure({
 *     window: { x: 0, y: 0, width: 1600, height: 1200 },
 *     outputWidthPx: 320,
 *     outputHeightPx: 240,
 *     format: PixelFormat.JPEG,
 *     request: { quality: 80 },
 * })
 * await sensor.start()
 * @devsPart OmniVision OV2640
 */
export class OV2640 extends BankedRegisters implements Sensor {
    readonly limits: SensorLimits = OV2640_LIMITS

    private settings = defaultSettings()
    /** The quality that was asked for. */
    private wantedQuality = this.settings.quality
    private geometry: Geometry
    private timing: Ov2640Timing
    private colorBar = false
    private streaming = false
    /** 0: automatic. */
    private fixedExposureUs = 0

    constructor(options?: I2CDriverOptions) {
        super(ADDRESS, options)
        this.geometry = solveGeometry(frameOf(this.settings))
        this.timing = this.solveTiming()
    }

    protected override async initDriver(): Promise<void> {
        await this.checkId()
        await this.writeSensor(SensorReg.COM7, Com7.RESET)
        this.forgetBank()
        await sleepAtLeast(RESET_MS)
        this.streaming = false
        this.colorBar = false
        await this.writeDsp(DspReg.RESET, DspReset.DVP)
        await this.writeDsp(
            DspReg.CTRL0,
            Ctrl0.YUV422 | Ctrl0.YUV_EN | Ctrl0.RGB_EN
        )
        await this.writeDsp(
            DspReg.CTRL2,
            Ctrl2.DCW | Ctrl2.UV_ADJ | Ctrl2.UV_AVG | Ctrl2.CMX
        )
        await this.writeSensor(SensorReg.COM2, Com2.DRIVE_2X)
        await this.writeSensor(SensorReg.COM9, Com9.CEILING_8X)
        await this.writeSensorTable(PLAIN_TIMING)
        await this.setAutoExposure(true)
        await this.configure({})
    }

    async check(): Promise<SensorState> {
        if (!(await this.answers())) return SensorState.ABSENT
        if ((await this.readSensor(SensorReg.PID)) !== ChipId.PID)
            return SensorState.OTHER
        // Both have other values after a reset.
        const kept =
            (await this.readSensor(SensorReg.COM9)) === Com9.CEILING_8X &&
            (await this.readDsp(DspReg.R_BYPASS)) === 0
        return kept ? SensorState.CONFIGURED : SensorState.RESET
    }

    /** Automatic exposure rests too: it needs a few frames afterwards. */
    async setStandby(on: boolean): Promise<void> {
        await this.writeSensor(
            SensorReg.COM2,
            Com2.DRIVE_2X | (on ? Com2.STANDBY : 0)
        )
    }

    async configure(options: SensorOptions): Promise<SensorMode> {
        const settings = withOptions(this.settings, options)
        const problem = settingsProblem(settings)
        if (problem) throw new SensorError({ part: "OV2640", problem })
        this.settings = settings
        if (options.request) this.wantedQuality = settings.quality
        this.geometry = solveGeometry(frameOf(settings))
        this.timing = this.solveTiming()
        await this.writeMode()
        if (options.request)
            await this.writeBrightness(options.request.brightness ?? 0)
        return {
            window: this.geometry.window,
            binning: 1 << this.geometry.readOut,
            timing: this.timing,
            outputWidthPx: this.geometry.outputWidthPx,
            outputHeightPx: this.geometry.outputHeightPx,
            format: settings.format,
            quality: settings.quality,
        }
    }

    /** Let the port go; the sensor itself has run since init(), its automatic exposure too. */
    async start(): Promise<void> {
        this.streaming = true
        await this.writeDsp(DspReg.RESET, 0)
    }

    /** Hold the port in reset, at once. Standby (COM2) would stop automatic exposure as well. */
    async stop(): Promise<void> {
        this.streaming = false
        await this.writeDsp(DspReg.RESET, DspReset.DVP)
    }

    async setExposure(exposureUs: number): Promise<number> {
        if (!(exposureUs > 0))
            throw fault("AEC", `exposure ${exposureUs} us is not above 0`)
        // The division must not lose the row of a time that this function returned before.
        const wholeRows = Math.floor(exposureUs / this.rowUs() + 1e-6)
        const rows = Math.max(
            Range.EXPOSURE_MIN_ROWS,
            Math.min(this.timing.exposureMaxRows, wholeRows)
        )
        // AEC overwrites the rows while it runs, so it goes off first.
        await this.modifySensor(SensorReg.COM8, Com8.AEC, 0)
        await this.modifySensor(
            SensorReg.REG45,
            Reg45.AEC_HIGH_MASK,
            rows >> 10
        )
        await this.writeSensor(SensorReg.AEC, (rows >> 2) & 0xff)
        await this.modifySensor(
            SensorReg.REG04,
            Reg04.AEC_LOW_MASK,
            rows & Reg04.AEC_LOW_MASK
        )
        this.fixedExposureUs = exposureUs
        return rows * this.rowUs()
    }

    async setGain(gain: number): Promise<number> {
        if (!(gain > 0)) throw fault("GAIN", `gain ${gain} is not above 0`)
        const code = gainToCode(gain)
        await this.modifySensor(SensorReg.COM8, Com8.AGC, 0)
        await this.writeSensor(SensorReg.GAIN, code)
        return codeToGain(code)
    }

    async setAutoExposure(on: boolean): Promise<void> {
        if (on) this.fixedExposureUs = 0
        await this.writeSensor(
            SensorReg.COM8,
            Com8.RESERVED_ONES | (on ? Com8.AEC | Com8.AGC : 0)
        )
    }

    async readExposure(into: SensorExposure): Promise<void> {
        const high = (await this.readSensor(SensorReg.REG45)) & 0x3f
        const middle = await this.readSensor(SensorReg.AEC)
        const low = (await this.readSensor(SensorReg.REG04)) & 3
        into.exposureUs = ((high << 10) | (middle << 2) | low) * this.rowUs()
        into.gain = codeToGain(await this.readSensor(SensorReg.GAIN))
    }

    /**
     * Send eight vertical colour bars instead of the scene.
     * @throws SensorError for a pattern that is not vertical: the sensor has one only
     */
    async setTestPattern(pattern: TestPattern): Promise<void> {
        if (pattern !== TestPattern.NONE && pattern !== TestPattern.VERTICAL)
            throw fault(
                "COM7",
                `test pattern ${pattern}: the sensor has vertical colour bars (1) only`
            )
        this.colorBar = pattern === TestPattern.VERTICAL
        await this.modifySensor(
            SensorReg.COM7,
            Com7.COLOR_BAR,
            this.colorBar ? Com7.COLOR_BAR : 0
        )
    }

    async fitQuality(
        neededBytes: number,
        bufferBytes: number
    ): Promise<number> {
        const { quality } = this.settings
        const better =
            neededBytes > bufferBytes
                ? fittingQuality(quality, neededBytes, bufferBytes)
                : roomyQuality(
                      quality,
                      this.wantedQuality,
                      neededBytes,
                      bufferBytes
                  )
        if (better === 0) return 0
        await this.writeDsp(DspReg.QS, qualityToQs(better))
        this.settings.quality = better
        return better
    }

    /** In the order of every driver: DSP bypassed, sizes, clocks, DSP on, pixel format. */
    private async writeMode(): Promise<void> {
        await this.writeDsp(DspReg.R_BYPASS, 1)
        await this.writeDsp(DspReg.RESET, DspReset.DVP)
        await this.writeCore()
        await this.writeGeometry()
        await this.writeClocks()
        await this.writeDsp(DspReg.R_BYPASS, 0)
        await sleepAtLeast(SETTLE_MS)
        await this.writeFormat()
        // The port was held all the time: nothing of the old size leaves it in the new format.
        await this.writeDsp(DspReg.RESET, this.streaming ? 0 : DspReset.DVP)
    }

    private async writeCore(): Promise<void> {
        const readOut = this.geometry.readOut
        let mode: number = Com7.UXGA
        let table = CORE_UXGA
        if (readOut === ReadOut.SVGA) {
            mode = Com7.SVGA
            table = CORE_SVGA
        }
        if (readOut === ReadOut.CIF) {
            mode = Com7.CIF
            table = CORE_CIF
        }
        if (this.colorBar) mode |= Com7.COLOR_BAR
        await this.writeSensor(SensorReg.COM7, mode)
        await this.writeSensorTable(table)
        await this.writeFlip()
    }

    private async writeFlip(): Promise<void> {
        const { flip } = this.settings
        let set = 0
        // Upside down, the first row would have the other row's colours: VREF moves by one (practice of Linux).
        if (flip & Flip.VFLIP) set |= Reg04.VFLIP | Reg04.VREF_BIT_0
        if (flip & Flip.HFLIP) set |= Reg04.MIRROR
        await this.modifySensor(
            SensorReg.REG04,
            Reg04.VFLIP | Reg04.VREF_BIT_0 | Reg04.MIRROR,
            set
        )
    }

    /** @param percent of white; 0: as after a reset */
    private async writeBrightness(percent: number): Promise<void> {
        const aim =
            percent === 0 ? Range.AEC_AIM : Math.round((percent * 255) / 100)
        await this.writeSensor(
            SensorReg.AEW,
            Math.min(255, aim + Range.AEC_TOLERANCE)
        )
        await this.writeSensor(
            SensorReg.AEB,
            Math.max(0, aim - Range.AEC_TOLERANCE)
        )
    }

    private async writeGeometry(): Promise<void> {
        const registers = this.registers()
        await this.writeDsp(DspReg.HSIZE8, registers.hsize8)
        await this.writeDsp(DspReg.VSIZE8, registers.vsize8)
        await this.writeDsp(DspReg.SIZEL, registers.sizel)
        await this.writeDsp(DspReg.HSIZE, registers.hsize)
        await this.writeDsp(DspReg.VSIZE, registers.vsize)
        await this.writeDsp(DspReg.XOFFL, registers.xoffl)
        await this.writeDsp(DspReg.YOFFL, registers.yoffl)
        await this.writeDsp(DspReg.VHYX, registers.vhyx)
        await this.writeDsp(DspReg.TEST, registers.test)
        await this.writeDsp(DspReg.ZMOW, registers.zmow)
        await this.writeDsp(DspReg.ZMOH, registers.zmoh)
        await this.writeDsp(DspReg.ZMHH, registers.zmhh)
        await this.writeDsp(DspReg.CTRLI, registers.ctrli)
    }

    private async writeClocks(): Promise<void> {
        const timing = this.timing
        const doubler = timing.doubler ? Clkrc.DOUBLER : 0
        await this.writeSensor(SensorReg.CLKRC, doubler | (timing.divider - 1))
        await this.writeSensor(SensorReg.FLL, timing.extraRows & 0xff)
        await this.writeSensor(SensorReg.FLH, timing.extraRows >> 8)
        await this.writeDsp(DspReg.R_DVP_SP, timing.portDivider)
        // Rows have another length now, and a longer exposure than a frame would stretch it.
        if (this.fixedExposureUs > 0)
            await this.setExposure(this.fixedExposureUs)
    }

    private async writeFormat(): Promise<void> {
        const format = this.settings.format
        if (format === PixelFormat.JPEG)
            await this.writeDsp(DspReg.RESET, DspReset.DVP | DspReset.JPEG)
        await this.writeDsp(DspReg.IMAGE_MODE, imageMode(this.settings))
        if (format === PixelFormat.JPEG) {
            await this.writeDspTable(UNDOCUMENTED_JPEG)
            await this.writeDsp(DspReg.QS, qualityToQs(this.settings.quality))
            return
        }
        await this.writeDsp(
            Undocumented.E1,
            format === PixelFormat.RGB565
                ? Undocumented.E1_OTHER
                : Undocumented.E1_YUV
        )
    }

    private registers(): GeometryRegisters {
        return geometryRegisters(reflected(this.geometry, this.settings.flip))
    }

    private solveTiming(): Ov2640Timing {
        const settings = this.settings
        return solveClocks({
            geometry: this.geometry,
            format: settings.format,
            xclkHz: settings.xclkHz,
            fps: settings.fps,
            mode: settings.timing,
        })
    }

    private rowUs(): number {
        return (this.timing.rowPclk * 1000000) / this.settings.xclkHz
    }

    private async checkId(): Promise<void> {
        if (!(await this.answers()))
            throw new SensorError({
                part: "OV2640",
                register: "PID",
                wanted: ChipId.PID,
                problem: "no sensor at 0x30 (nothing answers)",
                cause: FaultCause.SENSOR_ABSENT,
            })
        const pid = await this.readSensor(SensorReg.PID)
        if (pid !== ChipId.PID) throw wrongId("PID", pid, ChipId.PID, "0x26")
        const ver = await this.readSensor(SensorReg.VER)
        if (ver !== ChipId.VER_DATA_SHEET && ver !== ChipId.VER_CURRENT)
            throw wrongId("VER", ver, ChipId.VER_CURRENT, "0x41 or 0x42")
    }
}

function wrongId(
    register: string,
    got: number,
    wanted: number,
    expected: string
): SensorError {
    const problem = `${register} reads ${hexNumber(got, 2)}, expected ${expected}`
    const cause = FaultCause.SENSOR_OTHER
    return new SensorError({
        part: "OV2640",
        register,
        got,
        wanted,
        problem,
        cause,
    })
}

function fault(register: string, problem: string): SensorError {
    return new SensorError({ part: "OV2640", register, problem })
}
