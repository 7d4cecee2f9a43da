// SPDX-License-Identifier: MIT
// The OV2640 as its pins show it: SCCB port, sensor, DSP with scaler and JPEG encoder, 8-bit parallel port.
//
// Source: OV2640 data sheet v1.6 (28 Feb 2006) and the public drivers where it is silent. Refused when selected: RAW10
// through the DSP, zoom mode, slave mode, snapshot, dummy frames, a longer VSYNC. Stored without effect: white balance,
// gamma, lens and defect correction, colour matrix, special effects, banding, frame exposure, output drive, REG32[7:6].
// With the DSP bypassed (as after reset) zeros go out in place of raw colours, with the sensor's timing; unusable.
// Details, and what is unproven: docs/fidelity/ov2640.md.

import type { Clock, Timer } from "../../clock.ts"
import type { Level } from "../../wires/parallel-bus.ts"
import type { Rules } from "../../rules.ts"
import type { SensorFrame, SensorModel, SensorWiring } from "../sensor-model.ts"
import { AutoExposure } from "./pixels/auto-exposure.ts"
import {
    jpegBursts,
    doubtfulJpeg,
    jpegLimitBytes,
    rowBursts,
} from "./bursts.ts"
import { ControlPort } from "./control-port.ts"
import { FrameSender, type FrameBursts, type PortPlan } from "./frame-sender.ts"
import { FrameStore } from "./pixels/frame-store.ts"
import { bytesPerPixel } from "./output-format.ts"
import { analogGain, exposureLines } from "./pixels/photometry.ts"
import type { Fault } from "./pipeline.ts"
import { BLOCK, RegisterFile } from "./register-file.ts"
import { Dsp, Sensor } from "./registers.ts"
import type { RenderRequest } from "./pixels/renderer.ts"
import { changesMode } from "./mode-change.ts"
import {
    RESET_OUTPUT,
    halfsToNs,
    latchSettings,
    outputsFrames,
    type FrameSettings,
} from "./settings.ts"
import { checkClock, checkWiring, I2C_ADDRESS } from "./wiring.ts"
import { fieldWindow } from "./field-window.ts"

const COM7_RESET = 0x80
const COM2_STANDBY = 0x10

/** DS: registers settle within 1 ms after a reset. */
const RESET_SETTLE_NS = 1e6
/** Frames that begin after a change of mode and are not to be used; practice of the drivers, which wait longer. */
const SETTLE_FRAMES = 2

export interface Ov2640Options {
    /**
     * VSYNC through the DSP: "frame" (the default, as drivers configure their receivers) is high from the end of the
     * sensor's VSYNC pulse to the beginning of the next; "pulse" is the data sheet's positive pulse of 4 lines.
     * With the DSP bypassed it is always the pulse.
     */
    readonly vsync?: "frame" | "pulse"
}

/** The frame that is being sent. */
interface Running {
    readonly settings: FrameSettings
    readonly request: RenderRequest
    /** Start of the VSYNC pulse, and of the valid part, ns. */
    readonly pulseNs: number
    readonly startNs: number
    unusable: boolean
    bytes: Uint8Array | undefined
}

export class Ov2640Model implements SensorModel {
    readonly name = BLOCK
    readonly address = I2C_ADDRESS
    readonly readsSingleBytes = true
    onFrame: ((frame: SensorFrame) => void) | undefined

    private readonly clock: Clock
    private readonly rules: Rules
    /** 0: none. */
    private xvclkHz: number
    private readonly registers: RegisterFile
    private readonly port: ControlPort
    private readonly sender: FrameSender
    private readonly frames: FrameStore
    private readonly autoExposure: AutoExposure
    private readonly pulse: boolean

    private inReset = false
    private powered = true
    private resetPin: Level = 1
    private powerDown = false
    private settledNs = 0
    private settleFrames = 0
    private longJpegNoted = false
    private faultReported = false
    private frameTimer: Timer | undefined
    private running: Running | undefined
    /** Frame starts are counted in half tP from here while the clock stays the same. */
    private epochNs = 0
    private epochHalfs = 0
    private clkHz = 0
    private pclkNs = 0

    constructor(wiring: SensorWiring, options: Ov2640Options = {}) {
        this.clock = wiring.clock
        this.rules = wiring.rules
        this.xvclkHz = wiring.xclkHz
        this.pulse = options.vsync === "pulse"
        checkWiring(wiring)
        this.registers = new RegisterFile(wiring.rules, wiring.log)
        this.port = new ControlPort(this.registers, wiring.rules)
        this.port.onWrite = (register, value) => this.written(register, value)
        this.sender = new FrameSender(wiring.clock, wiring.sink)
        this.frames = new FrameStore(wiring.scene)
        this.autoExposure = new AutoExposure(this.registers, wiring.scene)
        this.run()
    }

    start(_read: boolean): boolean {
        if (!this.answers()) return false
        this.port.start()
        return true
    }

    write(byte: number): boolean {
        if (!this.answers()) return false
        this.port.write(byte)
        return true
    }

    read(): number {
        // Nobody drives SDA: all ones.
        return this.answers() ? this.port.read() : 0xff
    }

    stop(): void {}

    /** RESETB low: outputs low, no answer on the bus; all registers have their reset values afterwards. */
    setReset(level: Level): void {
        this.resetPin = level
        this.updateReset()
    }

    setPower(on: boolean): void {
        this.powered = on
        this.updateReset()
    }

    brownOut(): void {
        if (this.inReset) return
        this.halt()
        this.afterReset()
    }

    get chipId(): number | undefined {
        return this.registers.chipId
    }

    set chipId(id: number | undefined) {
        this.registers.chipId = id
    }

    /** PCLK runs while frames are sent; of registers that make none, the last. */
    get pixclkNs(): number {
        return this.answers() && !this.registerStandby ? this.pclkNs : 0
    }

    /** PWDN high: outputs low at once, no answer on the bus; registers are kept. */
    setStandby(level: Level): void {
        const powerDown = level === 1
        if (powerDown === this.powerDown) return
        this.powerDown = powerDown
        if (powerDown) this.halt()
        else if (!this.inReset) this.run()
    }

    /** The chip has no such pin. */
    setExposurePin(_level: Level): void {}

    setXclk(hz: number): void {
        if (hz === this.xvclkHz) return
        this.xvclkHz = hz
        this.halt()
        if (hz === 0) return
        checkClock(hz, this.rules)
        if (this.answers() && !this.registerStandby) this.run()
    }

    expected(frame: SensorFrame): Uint8Array {
        return this.frames.expected(frame)
    }

    private updateReset(): void {
        const inReset = this.resetPin === 0 || !this.powered
        if (inReset === this.inReset) return
        this.inReset = inReset
        if (inReset) this.halt()
        else this.afterReset()
    }

    private get registerStandby(): boolean {
        return (this.registers.sensor(Sensor.COM2) & COM2_STANDBY) !== 0
    }

    private answers(): boolean {
        return !this.inReset && !this.powerDown && this.xvclkHz > 0
    }

    private afterReset(): void {
        this.registers.reset()
        this.settledNs = this.clock.nowNs + RESET_SETTLE_NS
        if (!this.powerDown) this.run()
    }

    private written(register: number, value: number): void {
        if (this.clock.nowNs < this.settledNs)
            this.rules.warned(
                BLOCK,
                `register 0x${register.toString(16)} of the ${this.registers.bank} bank written ` +
                    `${((this.clock.nowNs - this.settledNs + RESET_SETTLE_NS) / 1000).toFixed(0)} us after a reset, ` +
                    `which takes up to ${RESET_SETTLE_NS / 1000} us`
            )
        const com7 = this.registers.sensor(Sensor.COM7)
        const before = this.registers.peek(register)
        const written = this.registers.write(register, value)
        if (written === undefined) return
        const { bank, info } = written
        if (changesMode(bank, info.address, before, value)) this.modeChanged()
        if (bank === "dsp") {
            if (info.address === Dsp.RESET) this.portHeld(value)
            return
        }
        if (info.address === Sensor.COM7) this.com7Written(com7, value)
        if (info.address === Sensor.COM2) this.com2Written(before, value)
    }

    /** The port in reset is silent at once; the frame on it is lost, and nobody hears of it. */
    private portHeld(value: number): void {
        if ((value & RESET_OUTPUT) === 0 || this.running === undefined) return
        this.running = undefined
        this.sender.silence()
    }

    private com7Written(before: number, value: number): void {
        if ((value & COM7_RESET) !== 0) {
            this.halt()
            this.afterReset()
        } else if (((before ^ value) & 0x70) !== 0)
            this.registers.applyModeResets(value)
    }

    private com2Written(before: number, value: number): void {
        const changed = before ^ value
        if ((changed & COM2_STANDBY) === 0) return
        if ((value & COM2_STANDBY) !== 0) this.halt()
        else this.run()
    }

    private modeChanged(): void {
        this.settleFrames = SETTLE_FRAMES
        this.faultReported = false
        if (this.running) this.running.unusable = true
    }

    /** Begin with a VSYNC pulse, now. */
    private run(): void {
        if (this.xvclkHz === 0) return
        this.settleFrames = SETTLE_FRAMES
        this.faultReported = false
        this.clkHz = 0
        this.beginFrame()
    }

    private halt(): void {
        if (this.frameTimer) this.clock.cancel(this.frameTimer)
        this.running = undefined
        this.sender.silence()
    }

    private beginFrame(): void {
        this.finishFrame()
        const unusable = this.settleFrames > 0
        if (unusable) this.settleFrames--
        const { settings, faults } = latchSettings(this.registers, this.xvclkHz)
        if (settings === undefined) {
            // Between two writes of a driver this is normal; when the registers have settled it is a mistake.
            if (!unusable) this.report(faults)
            this.scheduleRetry()
            return
        }
        this.pclkNs = 1e9 / settings.pclkHz
        this.scheduleNext(settings)
        if (outputsFrames(settings, this.registers))
            this.send(settings, unusable)
    }

    private report(faults: readonly Fault[]): void {
        if (this.faultReported) return
        this.faultReported = true
        for (const { rule, register, value } of faults)
            this.rules.violated(BLOCK, rule, register, value)
    }

    /** The end of the image is lost: how long one gets depends on the scene. */
    private noteLongJpeg(settings: FrameSettings, sizeBytes: number): void {
        if (this.longJpegNoted) return
        this.longJpegNoted = true
        const { rule, register, value } = doubtfulJpeg(settings, sizeBytes)
        this.rules.warned(BLOCK, rule, register, value)
    }

    private scheduleNext({ timing, clkHz }: FrameSettings): void {
        if (clkHz !== this.clkHz) {
            this.clkHz = clkHz
            this.epochNs = this.clock.nowNs
            this.epochHalfs = 0
        }
        this.epochHalfs += timing.frameHalfs
        const nextNs = this.epochNs + halfsToNs(this.epochHalfs, clkHz)
        this.frameTimer = this.clock.at(nextNs, () => this.beginFrame())
    }

    /** Registers that make no frame: look again after the shortest frame time there is. */
    private scheduleRetry(): void {
        this.clkHz = 0
        this.frameTimer = this.clock.after(5e6, () => this.beginFrame())
    }

    private send(settings: FrameSettings, settling: boolean): void {
        const { timing, clkHz } = settings
        const pulseNs = this.clock.nowNs
        const lineUs = halfsToNs(timing.lineHalfs, clkHz) / 1000
        const lines = Math.min(exposureLines(this.registers), timing.lines)
        const running: Running = {
            settings,
            request: {
                settings,
                exposureUs: lines * lineUs,
                gain: analogGain(this.registers),
            },
            pulseNs,
            startNs: pulseNs + halfsToNs(timing.vsyncHalfs, clkHz),
            unusable: settling || settings.bypassed,
            bytes: undefined,
        }
        this.running = running
        this.sender.begin(this.portPlan(running, settling))
    }

    private portPlan(running: Running, broken: boolean): PortPlan {
        const { settings, startNs } = running
        const pulse = this.pulse || settings.bypassed
        return {
            startNs,
            bursts: () => this.bursts(running, broken && !settings.bypassed),
            pclkNs: 1e9 / settings.pclkHz,
            stableEdge: settings.stableEdge,
            hrefLikeVsync: settings.format === "jpeg" && settings.hrefLikeVsync,
            vsyncValid: pulse === settings.vsyncNegative ? 1 : 0,
            hrefValid: settings.hrefNegative ? 0 : 1,
        }
    }

    private bursts(running: Running, broken: boolean): FrameBursts {
        const { settings, request, startNs, pulseNs } = running
        const bytes = this.frames.sent(request, startNs, broken)
        if (settings.format !== "jpeg")
            return rowBursts(settings, bytes, pulseNs)
        const limit = jpegLimitBytes(settings)
        if (bytes.length > limit) this.noteLongJpeg(settings, bytes.length)
        running.bytes = bytes.subarray(0, limit)
        return jpegBursts(settings, running.bytes, pulseNs)
    }

    private finishFrame(): void {
        const { running } = this
        this.running = undefined
        this.sender.end()
        if (running === undefined) return
        const { settings, request, startNs, unusable, bytes } = running
        this.autoExposure.measured(request, startNs)
        const { output } = settings.geometry
        const sequence = this.frames.current
        this.frames.finish(request)
        this.onFrame?.({
            sequence,
            startNs,
            endNs: this.clock.nowNs,
            window: fieldWindow(settings),
            hflip: settings.mirror,
            vflip: settings.flip,
            columns: output.width,
            rows: output.height,
            exposureUs: request.exposureUs,
            gain: request.gain,
            unusable,
            format: settings.format,
            bytesPerPixel: bytesPerPixel(settings.format),
            bytes,
        })
    }
}
