// SPDX-License-Identifier: MIT
// The MT9V034 as its pins show it: control port, master mode with simultaneous exposure, snapshot mode, parallel
// output of 8 bits.
//
// Source: MT9V034/D Rev. 7 (Jan 2017). Refused when enabled: slave mode, interlaced scan, sequential exposure,
// stereo, LVDS, monitor mode, HDR, companding, colour, dark rows and columns, digital gains, manual black level, LV xor
// FV, LV in vertical blanking. Stored without effect: VREF_ADC, V1..V4, HDR knees, black level, row noise, defect
// correction, tile boundaries and weights. Details: docs/fidelity/mt9v034.md.

import type { Clock } from "../../clock.ts"
import type { Level } from "../../wires/parallel-bus.ts"
import type { Rules } from "../../rules.ts"
import type { SensorFrame, SensorModel, SensorWiring } from "../sensor-model.ts"
import { AutoExposure } from "./pixels/auto-exposure.ts"
import { ControlPort } from "./control-port.ts"
import { FrameLoop } from "./frame-loop.ts"
import { FrameStore } from "./pixels/frame-store.ts"
import { LedOut } from "./led-out.ts"
import { OutputPins } from "./output-pins.ts"
import { Readout } from "./readout.ts"
import { Reg } from "./register-addresses.ts"
import { BLOCK, RegisterFile } from "./register-file.ts"
import { SysClk } from "./timing.ts"

/** {S_CTRL_ADR1, S_CTRL_ADR0} = 00, 01, 10, 11. */
const ADDRESSES = [0x48, 0x4c, 0x58, 0x5c]
const SYSCLK_MIN_HZ = 13e6
const SYSCLK_MAX_HZ = 27e6
/** RESET_BAR: low for 20 SYSCLK and 750 ns at least; the control port answers 10 SYSCLK after it. */
const RESET_LOW_CLOCKS = 20
const RESET_LOW_MIN_NS = 750
const RESET_RECOVERY_CLOCKS = 10
const RESET_LOGIC = 1 << 0
const RESET_AEC_AGC = 1 << 1
const TEST_PATTERN_ENABLE = 1 << 13
/** R0xBB has a range of 1..2047 rows. */
const CURRENT_EXPOSURE_MAX_ROWS = 2047

/** Runs from power-up, which is the moment of its construction. */
export class Mt9v034Model implements SensorModel {
    readonly name = BLOCK
    readonly address: number
    onFrame: ((frame: SensorFrame) => void) | undefined
    /** LED_OUT changes: high during exposure. */
    onLedOut: ((level: Level) => void) | undefined
    chipId: number | undefined

    private readonly clock: Clock
    private readonly rules: Rules
    private readonly sysClk: SysClk
    private readonly registers: RegisterFile
    private readonly port: ControlPort
    private readonly pins: OutputPins
    private readonly ledOut: LedOut
    private readonly autoExposure: AutoExposure
    private readonly frames: FrameStore
    private readonly loop: FrameLoop

    private inReset = false
    private powered = true
    /** 0: none. */
    private xclkHz: number
    private resetPin: Level = 1
    private standby = false
    private exposurePin: Level = 0
    private resetLowSinceNs = 0
    private answersFromNs = 0

    /** @throws SiliconError for an address that its pins cannot give, or SYSCLK outside of 13..27 MHz */
    constructor(wiring: SensorWiring) {
        const { clock, rules, log, scene, sink } = wiring
        this.clock = clock
        this.rules = rules
        this.address = wiring.i2cAddress
        this.checkWiring(wiring)
        this.xclkHz = wiring.xclkHz
        this.sysClk = new SysClk(wiring.xclkHz)
        this.registers = new RegisterFile(rules, log)
        this.registers.onWrite = (address, value) =>
            this.written(address, value)
        this.registers.onRead = address => this.liveValue(address)
        this.port = new ControlPort(this.registers, rules)
        this.pins = new OutputPins(sink)
        this.ledOut = new LedOut(clock)
        this.ledOut.onLevel = level => this.onLedOut?.(level)
        this.autoExposure = new AutoExposure(this.registers)
        this.frames = new FrameStore(scene)
        this.loop = new FrameLoop({
            clock,
            sysClk: this.sysClk,
            rules,
            registers: this.registers,
            autoExposure: this.autoExposure,
            frames: this.frames,
            readout: new Readout(clock, this.sysClk, this.pins),
            ledOut: this.ledOut,
            onFrame: frame => this.onFrame?.(frame),
        })
        this.loop.run(this.nowClock())
    }

    /** What is legal or lasts only one frame, but should not be relied on; in order of time. */
    get warnings(): readonly string[] {
        return this.loop.warnings.all()
    }

    start(read: boolean): boolean {
        if (!this.answers()) return false
        if (this.clock.nowNs < this.answersFromNs) {
            this.rules.violated(
                BLOCK,
                `I2C START at ${this.clock.nowNs} ns: the control port answers from ${this.answersFromNs} ns on, ${RESET_RECOVERY_CLOCKS} SYSCLK after RESET_BAR`
            )
            return false
        }
        this.port.start(read)
        return true
    }

    write(byte: number): boolean {
        if (!this.answers()) return false
        this.port.write(byte)
        return true
    }

    read(): number {
        // When nobody drives SDA it is high.
        return this.answers() ? this.port.read() : 0xff
    }

    stop(): void {
        if (this.answers()) this.port.stop()
    }

    /** PIXCLK is SYSCLK, divided by the columns that are binned. */
    get pixclkNs(): number {
        const runs = this.answers() && this.powered
        return runs ? this.loop.pixclkNs : 0
    }

    setReset(level: Level): void {
        const rises = level === 1 && this.resetPin === 0
        if (level === 0 && this.resetPin === 1)
            this.resetLowSinceNs = this.clock.nowNs
        this.resetPin = level
        if (rises && this.powered) this.checkResetPulse()
        this.updateReset()
    }

    setPower(on: boolean): void {
        this.powered = on
        this.updateReset()
    }

    brownOut(): void {
        if (this.inReset) return
        this.clear()
        this.run(this.nowClock())
    }

    /** High: the frame that is being sent is completed, then the outputs stay low; registers are kept. */
    setStandby(level: Level): void {
        this.standby = level === 1
        this.loop.stopAtFrameEnd = this.standby
        // A transfer that STANDBY interrupts is lost.
        if (this.standby) this.port.reset()
        else if (!this.loop.running && !this.inReset) this.run(this.nowClock())
    }

    /** A rising edge starts a frame in snapshot mode; in master mode the pin is not looked at. */
    setExposurePin(level: Level): void {
        const rises = level === 1 && this.exposurePin === 0
        this.exposurePin = level
        if (rises && this.answers()) this.loop.trigger(this.nowClock())
    }

    setXclk(hz: number): void {
        if (hz === this.xclkHz) return
        this.xclkHz = hz
        this.loop.halt()
        this.loop.forget()
        this.port.reset()
        if (hz === 0) return
        this.checkClock(hz)
        this.sysClk.change(hz, this.clock.nowNs)
        if (!this.inReset) this.run(this.nowClock())
    }

    expected(frame: SensorFrame): Uint8Array {
        return this.frames.expected(frame)
    }

    private updateReset(): void {
        const inReset = this.resetPin === 0 || !this.powered
        if (inReset === this.inReset) return
        this.inReset = inReset
        if (inReset) return this.clear()
        const from = this.nowClock() + RESET_RECOVERY_CLOCKS
        this.answersFromNs = this.sysClk.toNs(from)
        this.run(from)
    }

    private clear(): void {
        this.loop.halt()
        this.loop.forget()
        this.registers.reset()
        this.port.reset()
        this.pins.configure(0)
        this.ledOut.configure(0)
    }

    private answers(): boolean {
        return !this.inReset && !this.standby && this.xclkHz > 0
    }

    /** With the first frame of a mode, unless something stops it. */
    private run(fromClock: number): void {
        if (!this.standby && this.xclkHz > 0) this.loop.run(fromClock)
    }

    private nowClock(): number {
        return this.sysClk.countAt(this.clock.nowNs)
    }

    private written(address: Reg, value: number): void {
        if (address === Reg.PIXEL_CLOCK_CONTROL) this.pins.configure(value)
        if (address === Reg.TEST_PATTERN) this.warnOfPattern(value)
        if (address === Reg.LED_OUT_CONTROL) this.ledOut.configure(value)
        if (address === Reg.CHIP_CONTROL)
            this.loop.controlWritten(this.nowClock())
        if (address !== Reg.RESET) return
        if (value & RESET_AEC_AGC) this.loop.requestAutoExposureReset()
        if (!(value & RESET_LOGIC)) return
        this.loop.halt()
        this.loop.run(this.nowClock())
    }

    private liveValue(address: Reg): number | undefined {
        const { exposureRows, currentGainCode } = this.loop
        if (address === Reg.CHIP_VERSION) return this.chipId
        if (address === Reg.CURRENT_GAIN) return currentGainCode
        if (address === Reg.CURRENT_BIN) return this.autoExposure.bin
        if (address === Reg.CURRENT_EXPOSURE)
            return Math.min(CURRENT_EXPOSURE_MAX_ROWS, exposureRows)
        return undefined
    }

    private warnOfPattern(value: number): void {
        const rowNoise = this.registers.activeByte(
            Reg.ROW_NOISE_CORRECTION_CONTROL
        )
        if (value & TEST_PATTERN_ENABLE && rowNoise & 1)
            this.loop.warnings.add(
                "TEST_PATTERN: with ROW_NOISE_CORRECTION_CONTROL on, the silicon's pattern is not clean"
            )
    }

    private checkWiring({ i2cAddress, xclkHz }: SensorWiring): void {
        if (!ADDRESSES.includes(i2cAddress))
            this.rules.violated(
                BLOCK,
                `its address pins give 0x48, 0x4c, 0x58 or 0x5c, not 0x${i2cAddress.toString(16)}`
            )
        this.checkClock(xclkHz)
    }

    private checkClock(xclkHz: number): void {
        if (xclkHz < SYSCLK_MIN_HZ || xclkHz > SYSCLK_MAX_HZ)
            this.rules.violated(
                BLOCK,
                `SYSCLK must be 13 to 27 MHz, not ${xclkHz / 1e6} MHz`
            )
    }

    private checkResetPulse(): void {
        const lowNs = this.clock.nowNs - this.resetLowSinceNs
        const neededNs = Math.max(
            RESET_LOW_MIN_NS,
            Math.round((RESET_LOW_CLOCKS * 1e9) / this.sysClk.hz)
        )
        if (lowNs < neededNs)
            this.rules.violated(
                BLOCK,
                `RESET_BAR was low for ${lowNs} ns, it needs ${neededNs} ns`
            )
    }
}
