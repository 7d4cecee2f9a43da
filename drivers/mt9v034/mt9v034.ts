// SPDX-License-Identifier: MIT
// Driver of onsemi's MT9V034 image sensor (monochrome, 8 bits wired), context A.

import { I2CDriver, I2CDriverOptions } from "@devicescript/drivers"
import { I2CError } from "@devicescript/i2c"
import { hexNumber } from "../format"
import {
    Sensor,
    SensorError,
    SensorExposure,
    SensorFault,
    SensorMode,
    SensorOptions,
} from "../sensor"
import {
    Rectangle,
    SensorLimits,
    SensorTiming,
    TestPattern,
    TimingMode,
    sensorWindowProblem,
    windowProblem,
} from "../sensor-limits"
import {
    Adc,
    AecAgc,
    ChipControl,
    ChipVersion,
    Lock,
    Pattern,
    PixelClock,
    Range,
    ReadMode,
    Reg,
    registerName,
    Reset,
} from "./registers"
import {
    Mt9v034Limit,
    MT9V034_LIMITS,
    solveTiming,
    windowRegisters,
} from "./timing"

/** The four addresses that the pins S_CTRL_ADR1 and S_CTRL_ADR0 choose from (data sheet, "Slave Address"). */
const ADDRESSES = hex`48 4c 58 5c`

/** Register and value of the reserved registers that onsemi recommends to change (data sheet, recommended values). */
const RECOMMENDED = hex`20 03c7 24 001b 2b 0003 2f 0003 13 2d2e`

/** Answer of the bus when no chip has the address. */
const NACK_ADDRESS = -1

export interface MT9V034Options extends I2CDriverOptions {
    /** 7-bit I2C address; left out: init() looks at all four. */
    address?: number
}

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
export class MT9V034 extends I2CDriver implements Sensor {
    readonly limits: SensorLimits = MT9V034_LIMITS

    private readonly fixedAddress: number | undefined
    /** The bus copies it before a transfer returns, so that all registers share it. */
    private readonly frame = Buffer.alloc(3)
    private readonly pointer = Buffer.alloc(1)

    private window: Rectangle = {
        x: 0,
        y: 0,
        width: Mt9v034Limit.FIELD_WIDTH_PX,
        height: Mt9v034Limit.FIELD_HEIGHT_PX,
    }
    private binning = 1
    private fps = 0
    private timingMode = TimingMode.DEFAULT
    /** Typical in the data sheet; configure() is told the board's. */
    private xclkHz = 26600000
    private flipRows = false
    private flipColumns = false
    private timing: SensorTiming = this.solve(this.window, 1)
    /** 0: automatic. */
    private fixedExposureUs = 0

    constructor(options?: MT9V034Options) {
        super(options?.address ?? ADDRESSES[0], options)
        this.fixedAddress = options?.address
    }

    protected override async initDriver(): Promise<void> {
        await this.probe()
        // A warm start may have left the registers locked, and a reset does not change their contents.
        await this.writeReg16(Reg.REGISTER_LOCK, Lock.UNLOCKED)
        // Silent at once: the chip streams its full field from reset on.
        await this.writeReg16(
            Reg.CHIP_CONTROL,
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
        await this.writeReg16(Reg.ANALOG_GAIN, Range.GAIN_MIN)
        await this.writeReg16(Reg.MAX_ANALOG_GAIN, Range.GAIN_MAX)
        await this.writeReg16(Reg.AEC_AGC_DESIRED_BIN, Range.AEC_DESIRED_BIN)
        await this.writeReg16(
            Reg.AEC_MIN_EXPOSURE,
            Mt9v034Limit.EXPOSURE_MIN_ROWS
        )
        await this.setAutoExposure(true)
        await this.configure({})
    }

    async configure(options: SensorOptions): Promise<SensorMode> {
        const binning = wholeBinning(
            options.binning === undefined ? this.binning : options.binning
        )
        const window = binnable(options.window || this.window, binning)
        let problem = windowProblem(window, this.limits)
        if (problem === "") problem = sensorWindowProblem(window, this.limits)
        if (problem) throw new SensorError({ part: "MT9V034", problem })
        this.window = window
        this.binning = binning
        if (options.fps !== undefined) this.fps = options.fps
        if (options.timing !== undefined) this.timingMode = options.timing
        if (options.xclkHz !== undefined) this.xclkHz = options.xclkHz
        if (options.flipRows !== undefined) this.flipRows = options.flipRows
        if (options.flipColumns !== undefined)
            this.flipColumns = options.flipColumns
        this.timing = this.solve(window, binning)
        await this.writeGeometry()
        await this.writeExposureLimits()
        return { window, binning, timing: this.timing }
    }

    async start(): Promise<void> {
        const control = await this.readReg16(Reg.CHIP_CONTROL)
        // The chip runs on while its output is off: begin a frame anew, or the receiver would take the rest of one
        // for a whole one. Registers keep their contents (data sheet, "Soft Reset").
        await this.writeReg16(Reg.RESET, Reset.LOGIC)
        await this.writeReg16(
            Reg.CHIP_CONTROL,
            (control & ~ChipControl.OPERATING_MODE) |
                ChipControl.MASTER_MODE |
                ChipControl.DOUT_ENABLE |
                ChipControl.SIMULTANEOUS
        )
    }

    async stop(): Promise<void> {
        // The sensor stays in master mode: no source is sure of the code of another mode that rests.
        await this.modifyReg(Reg.CHIP_CONTROL, ChipControl.DOUT_ENABLE, 0)
    }

    async setWindow(window: Rectangle): Promise<Rectangle> {
        const sameSize =
            window.width === this.window.width &&
            window.height === this.window.height
        const problem =
            windowProblem(window, this.limits) +
            sensorWindowProblem(window, this.limits)
        if (!sameSize || problem) {
            const mode = await this.configure({ window })
            return mode.window
        }
        // A move changes nothing else: two writes, both used from the next frame on.
        this.window = binnable(window, this.binning)
        const registers = windowRegisters(this.window)
        await this.writeReg16(Reg.COLUMN_START, registers.columnStart)
        await this.writeReg16(Reg.ROW_START, registers.rowStart)
        return this.window
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
        await this.modifyReg(Reg.AEC_AGC_ENABLE, AecAgc.AEC_EN_A, 0)
        await this.writeReg16(Reg.TOTAL_SHUTTER_WIDTH, rows)
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
        await this.modifyReg(Reg.AEC_AGC_ENABLE, AecAgc.AGC_EN_A, 0)
        await this.writeReg16(Reg.ANALOG_GAIN, code)
        return code / 16
    }

    async setAutoExposure(on: boolean): Promise<void> {
        const both = AecAgc.AEC_EN_A | AecAgc.AGC_EN_A
        if (on) this.fixedExposureUs = 0
        await this.modifyReg(Reg.AEC_AGC_ENABLE, both, on ? both : 0)
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

    async flip(rows: boolean, columns: boolean): Promise<void> {
        this.flipRows = rows
        this.flipColumns = columns
        await this.writeReg16(Reg.READ_MODE_A, this.readMode())
    }

    async setBinning(binning: number): Promise<number> {
        const mode = await this.configure({ binning })
        return mode.binning
    }

    /** Read one register. */
    async readReg16(reg: number): Promise<number> {
        let data: Buffer
        this.pointer[0] = reg
        try {
            data = await this.client.xfer(this.devAddr, this.pointer, 2)
        } catch (e) {
            throw new SensorError(busFault("reading", reg, e as I2CError))
        }
        return (data[0] << 8) | data[1]
    }

    /** Write one register. */
    async writeReg16(reg: number, value: number): Promise<void> {
        this.frame[0] = reg
        this.frame[1] = value >> 8
        this.frame[2] = value & 0xff
        try {
            await this.client.writeBuf(this.devAddr, this.frame)
        } catch (e) {
            throw new SensorError(busFault("writing", reg, e as I2CError))
        }
    }

    /** Clear the bits of `clear`, then set those of `set`. */
    async modifyReg(reg: number, clear: number, set: number): Promise<void> {
        const value = await this.readReg16(reg)
        await this.writeReg16(reg, (value & ~clear & 0xffff) | set)
    }

    private async writeGeometry(): Promise<void> {
        const registers = windowRegisters(this.window)
        await this.writeReg16(Reg.COLUMN_START, registers.columnStart)
        await this.writeReg16(Reg.ROW_START, registers.rowStart)
        await this.writeReg16(Reg.WINDOW_HEIGHT, registers.windowHeight)
        await this.writeReg16(Reg.WINDOW_WIDTH, registers.windowWidth)
        await this.writeReg16(Reg.HORIZONTAL_BLANKING, this.timing.hblankPclk)
        await this.writeReg16(Reg.VERTICAL_BLANKING, this.timing.vblankRows)
        await this.writeReg16(Reg.READ_MODE_A, this.readMode())
        const pixels = this.window.width * this.window.height
        await this.writeReg16(
            Reg.AGC_AEC_PIXEL_COUNT,
            Math.min(Range.AEC_PIXEL_COUNT, pixels)
        )
    }

    /** Keep every exposure inside the frame: a longer one would silently slow the frame rate (data sheet, p. 10). */
    private async writeExposureLimits(): Promise<void> {
        const rows = Math.min(Range.AEC_MAX_ROWS, this.timing.exposureMaxRows)
        await this.writeReg16(Reg.AEC_MAX_EXPOSURE, rows)
        if (this.fixedExposureUs > 0)
            await this.setExposure(this.fixedExposureUs)
        else
            await this.writeReg16(
                Reg.TOTAL_SHUTTER_WIDTH,
                Math.min(Mt9v034Limit.FIELD_HEIGHT_PX, rows)
            )
    }

    private readMode(): number {
        // 1, 2, 4 become 0, 1, 2.
        const bin = this.binning >> 1
        let mode =
            ReadMode.RESERVED_ONES |
            (bin << ReadMode.ROW_BIN_SHIFT) |
            (bin << ReadMode.COLUMN_BIN_SHIFT)
        if (this.flipRows) mode |= ReadMode.ROW_FLIP
        if (this.flipColumns) mode |= ReadMode.COLUMN_FLIP
        return mode
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

    /** Find the chip: at the address given, or at one of the four it can have. */
    private async probe(): Promise<void> {
        if (this.fixedAddress !== undefined) {
            const version = await this.readReg16(Reg.CHIP_VERSION)
            if (version !== ChipVersion.MT9V034)
                throw new SensorError(wrongChip(version))
            return
        }
        let others = ""
        let first = -1
        for (let i = 0; i < ADDRESSES.length; i++) {
            this.useAddress(ADDRESSES[i])
            const version = await this.chipVersion()
            if (version === ChipVersion.MT9V034) return
            if (version < 0) continue
            if (first < 0) first = version
            if (others) others += ", "
            others += `${hexNumber(ADDRESSES[i], 2)} answers with CHIP_VERSION ${hexNumber(version, 4)}`
        }
        const problem = `no sensor at 0x48, 0x4c, 0x58, 0x5c (${others || "nothing answers"})`
        const fault = wrongChip(first)
        fault.problem = problem
        throw new SensorError(fault)
    }

    /** Read the chip's version at the present address; -1 when nobody answers there. */
    private async chipVersion(): Promise<number> {
        this.pointer[0] = Reg.CHIP_VERSION
        try {
            const data = await this.client.xfer(this.devAddr, this.pointer, 2)
            return (data[0] << 8) | data[1]
        } catch (e) {
            const error = e as I2CError
            if ((error.status as number) === NACK_ADDRESS) return -1
            throw new SensorError(busFault("reading", Reg.CHIP_VERSION, error))
        }
    }

    private useAddress(address: number): void {
        // Read only for users of the driver; the probe decides it.
        const self = this as { devAddr: number }
        self.devAddr = address
    }
}

function wrongChip(version: number): SensorFault {
    return {
        part: "MT9V034",
        register: "CHIP_VERSION",
        got: version < 0 ? undefined : version,
        wanted: ChipVersion.MT9V034,
    }
}

function busFault(doing: string, reg: number, error: I2CError): SensorFault {
    const register = registerName(reg)
    const cause =
        error.status === undefined
            ? error.message
            : `I2C status ${error.status}`
    return {
        part: "MT9V034",
        register,
        problem: `${doing} ${register} (${hexNumber(reg, 2)}): ${cause}`,
    }
}

/** Round down to a factor that the sensor has. */
function wholeBinning(binning: number): number {
    if (binning >= 4) return 4
    return binning >= 2 ? 2 : 1
}

/** Whole pixels, and whole groups of binned ones. */
function binnable(window: Rectangle, binning: number): Rectangle {
    return {
        x: Math.floor(window.x),
        y: Math.floor(window.y),
        width: Math.floor(window.width / binning) * binning,
        height: Math.floor(window.height / binning) * binning,
    }
}
