// Driver of the TC160, a sensor that only this example has: 160x120 gray pixels, four registers, no window of its own, so that the
// DCMI crops. A real one's comes from its data sheet; camscript's drivers/mt9v034 is a large example.

import type {
    Sensor,
    SensorExposure,
    SensorLimits,
    SensorMode,
    SensorOptions,
    SensorTiming,
    TestPattern,
    TimingRequest,
} from "camscript"
import { BusSync, SensorError, SensorState } from "camscript"
import { I2CDriver } from "@devicescript/drivers"

/** Registers of 8 bits, but for VBLANK, which has 16: high byte first. */
enum Reg {
    ID = 0x00,
    /** Bit 0: send frames. */
    CONTROL = 0x01,
    /** Rows between two frames. */
    VBLANK = 0x02,
    /** Rows of exposure. */
    EXPOSURE = 0x04,
}

enum Tc160 {
    ADDRESS = 0x2a,
    ID = 0xc6,
    WIDTH_PX = 160,
    HEIGHT_PX = 120,
    HBLANK_PCLK = 40,
    VBLANK_ROWS_MIN = 8,
    VBLANK_ROWS_MAX = 65535,
    EXPOSURE_ROWS_MAX = 255,
}

const ROW_PCLK = Tc160.WIDTH_PX + Tc160.HBLANK_PCLK

/** The blanking for a frame rate; PIXCLK is the sensor's clock. */
function solveTiming(request: TimingRequest): SensorTiming {
    const wanted =
        request.fps > 0
            ? Math.round(request.xclkHz / request.fps / ROW_PCLK) -
              Tc160.HEIGHT_PX
            : Tc160.VBLANK_ROWS_MIN
    const vblankRows = Math.max(
        Tc160.VBLANK_ROWS_MIN,
        Math.min(wanted, Tc160.VBLANK_ROWS_MAX)
    )
    const framePclk = (Tc160.HEIGHT_PX + vblankRows) * ROW_PCLK
    return {
        hblankPclk: Tc160.HBLANK_PCLK,
        vblankRows,
        rowPclk: ROW_PCLK,
        framePclk,
        fps: request.xclkHz / framePclk,
        exposureMaxRows: Tc160.EXPOSURE_ROWS_MAX,
    }
}

const LIMITS: SensorLimits = {
    name: "TC160",
    widthPx: Tc160.WIDTH_PX,
    heightPx: Tc160.HEIGHT_PX,
    startRowMax: 0,
    bytesPerPixel: 1,
    // Frame valid and line valid are high with data, which is to be taken on the rising edge.
    sync: BusSync.PCKPOL,
    settleFrames: 0,
    exposureDelayFrames: 1,
    hasEncoder: false,
    // Its only window is the field.
    windowMinWidthPx: Tc160.WIDTH_PX,
    windowMinHeightPx: Tc160.HEIGHT_PX,
    solveTiming,
}

export class TC160 extends I2CDriver implements Sensor {
    readonly limits = LIMITS
    private rowUs = 0

    constructor() {
        super(Tc160.ADDRESS)
    }

    protected override async initDriver(): Promise<void> {
        const id = await this.readReg(Reg.ID)
        if (id !== Tc160.ID)
            throw new SensorError({
                part: "TC160",
                register: "ID",
                got: id,
                wanted: Tc160.ID,
            })
        await this.stop()
    }

    async check(): Promise<SensorState> {
        try {
            const id = await this.readReg(Reg.ID)
            return id === Tc160.ID ? SensorState.CONFIGURED : SensorState.OTHER
        } catch (error) {
            return SensorState.ABSENT
        }
    }

    async configure(options: SensorOptions): Promise<SensorMode> {
        const xclkHz = options.xclkHz
        const timing = solveTiming({
            widthPx: Tc160.WIDTH_PX,
            heightPx: Tc160.HEIGHT_PX,
            binning: 1,
            xclkHz,
            fps: options.fps ?? 0,
            mode: options.timing ?? 0,
        })
        this.rowUs = (ROW_PCLK * 1e6) / xclkHz
        const { vblankRows } = timing
        await this.writeReg(Reg.VBLANK, vblankRows >> 8)
        await this.writeReg(Reg.VBLANK + 1, vblankRows & 0xff)
        return {
            window: {
                x: 0,
                y: 0,
                width: Tc160.WIDTH_PX,
                height: Tc160.HEIGHT_PX,
            },
            binning: 1,
            timing,
        }
    }

    async start(): Promise<void> {
        await this.writeReg(Reg.CONTROL, 1)
    }

    async stop(): Promise<void> {
        await this.writeReg(Reg.CONTROL, 0)
    }

    async setExposure(exposureUs: number): Promise<number> {
        const rows = Math.max(
            1,
            Math.min(
                Math.floor(exposureUs / this.rowUs),
                Tc160.EXPOSURE_ROWS_MAX
            )
        )
        await this.writeReg(Reg.EXPOSURE, rows)
        return rows * this.rowUs
    }

    async setGain(gain: number): Promise<number> {
        return 1
    }

    async setAutoExposure(on: boolean): Promise<void> {
        // It has none: the exposure stays as it is, and readExposure() says so.
    }

    async readExposure(into: SensorExposure): Promise<void> {
        into.exposureUs = (await this.readReg(Reg.EXPOSURE)) * this.rowUs
        into.gain = 1
    }

    async setTestPattern(pattern: TestPattern): Promise<void> {
        if (pattern)
            throw new SensorError({
                part: "TC160",
                problem: "has no test pattern",
            })
    }
}
