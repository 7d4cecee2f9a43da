// SPDX-License-Identifier: MIT
// Frame after frame of the MT9V034: what each takes over from the registers, and what begins the next: time (master
// mode) or the EXPOSURE pin (snapshot mode).

import type { Clock, Timer } from "../../clock.ts"
import type { Rules } from "../../rules.ts"
import type { SensorFrame } from "../sensor-model.ts"
import { WarningList } from "../warning-list.ts"
import type { AutoExposure, ExposureState } from "./pixels/auto-exposure.ts"
import type { FrameStore } from "./pixels/frame-store.ts"
import type { LedOut } from "./led-out.ts"
import type { Readout } from "./readout.ts"
import { Reg } from "./register-addresses.ts"
import { BLOCK, type RegisterFile } from "./register-file.ts"
import {
    analogGain,
    findConflict,
    latchSettings,
    latchShutter,
    rowClocks,
    rowWarning,
    sameTiming,
    snapshotMode,
    type FrameSettings,
    type Shutter,
} from "./settings.ts"
import {
    columnsOut,
    exposureClocks,
    frameClocks,
    rowsOut,
    type SysClk,
} from "./timing.ts"

/** Shutter and gain on their way to the frame that shows them. */
interface Exposure {
    readonly shutter: Shutter
    readonly state: ExposureState
}

/** For the length of a frame beside whose readout nothing is exposed. */
const NO_EXPOSURE: Shutter = { coarseRows: 0, fineClocks: 0 }

export interface FrameLoopParts {
    readonly clock: Clock
    readonly sysClk: SysClk
    readonly rules: Rules
    readonly registers: RegisterFile
    readonly autoExposure: AutoExposure
    readonly frames: FrameStore
    readonly readout: Readout
    readonly ledOut: LedOut
    /** A frame is complete; its frame valid falls next. */
    readonly onFrame: (frame: SensorFrame) => void
}

/**
 * At the start of frame n: geometry, flips, pattern and manual gain act in frame n; the shutter (and what the automatic
 * loops decided) goes one frame further, because frame n was exposed before it is read: it acts in frame n+1.
 * In snapshot mode a frame takes over everything at the edge of EXPOSURE, is exposed, then read; after its vertical
 * blanking the next edge is looked at.
 */
export class FrameLoop {
    /** What is legal or lasts only one frame, but should not be relied on. */
    readonly warnings = new WarningList()
    /** The frame after the present one is the last. */
    stopAtFrameEnd = false
    running = false

    private timer: Timer | undefined
    private settings: FrameSettings | undefined
    private inConflict = false
    /** Snapshot mode, and nothing under way: an edge of EXPOSURE starts a frame. */
    private waiting = false
    private resetAutoExposure = false
    private exposure!: Exposure
    private nextExposure!: Exposure
    private gainCode = 0

    constructor(private readonly parts: FrameLoopParts) {
        this.latchFirstExposure()
    }

    /** Begin with a vertical blanking, in which the first frame is exposed; in snapshot mode, wait. */
    run(fromClock: number): void {
        this.running = true
        this.parts.autoExposure.reset()
        this.latchFirstExposure()
        this.waiting = snapshotMode(this.parts.registers)
        if (this.waiting) return
        const settings = latchSettings(this.parts.registers)
        const readout = rowsOut(settings) * rowClocks(settings)
        const frame = frameClocks(settings, this.nextExposure.shutter)
        this.exposeAndBegin(fromClock + frame - readout, settings)
    }

    /** EXPOSURE has risen. */
    trigger(nowClock: number): void {
        const { registers } = this.parts
        if (!this.running || !snapshotMode(registers)) return
        if (!this.waiting) {
            this.warnings.add(
                "EXPOSURE rose while a frame was exposed or read: this edge is not looked at"
            )
            return
        }
        this.waiting = false
        const settings = latchSettings(registers)
        this.takeOverExposure()
        this.exposure = this.nextExposure
        this.gainCode = this.gainOf(this.exposure)
        const exposed = exposureClocks(settings, this.exposure.shutter)
        const startClock = nowClock + exposed
        this.expose(startClock, settings)
        this.schedule(startClock, () => {
            const overClock = startClock + frameClocks(settings, NO_EXPOSURE)
            this.schedule(overClock, () => this.triggeredFrameOver(overClock))
            this.frame(startClock, settings)
        })
    }

    /** CHIP_CONTROL has a new value: an idle sensor does not wait for the end of a frame to look at it. */
    controlWritten(nowClock: number): void {
        if (this.waiting && !snapshotMode(this.parts.registers))
            this.run(nowClock)
    }

    /** Stop at once, in mid-frame if need be: that frame is never reported. */
    halt(): void {
        this.running = false
        if (this.timer) this.parts.clock.cancel(this.timer)
        this.waiting = false
        this.parts.readout.abort()
        this.parts.ledOut.abort()
    }

    /** RESET_BAR: there is no frame before. */
    forget(): void {
        this.settings = undefined
        this.inConflict = false
        this.resetAutoExposure = false
    }

    /** R0x0C[1] acts at the next frame start. */
    requestAutoExposureReset(): void {
        this.resetAutoExposure = true
    }

    /** R0xBB: rows of exposure of the frame on the bus. */
    get exposureRows(): number {
        return this.exposure.shutter.coarseRows
    }

    /** R0xBA: gain code of the frame on the bus. */
    get currentGainCode(): number {
        return this.gainCode & 0x7f
    }

    /** Period of PIXCLK, ns: of the frame on the bus, or the last one. */
    get pixclkNs(): number {
        const { hz } = this.parts.sysClk
        return ((this.settings?.columnBin ?? 1) * 1e9) / hz
    }

    private latchFirstExposure(): void {
        this.nextExposure = this.latchExposure()
        this.exposure = this.nextExposure
        this.gainCode = this.exposure.state.gainCode
    }

    private schedule(clockCount: number, run: () => void): void {
        const { clock, sysClk } = this.parts
        this.timer = clock.at(sysClk.toNs(clockCount), run)
    }

    /** The next frame's exposure ends with the rise of its frame valid. */
    private exposeAndBegin(startClock: number, settings: FrameSettings): void {
        this.expose(startClock, settings)
        this.schedule(startClock, () => this.begin(startClock))
    }

    private expose(startClock: number, settings: FrameSettings): void {
        const { ledOut, sysClk } = this.parts
        const clocks = exposureClocks(settings, this.nextExposure.shutter)
        ledOut.expose(sysClk.toNs(startClock - clocks), sysClk.toNs(startClock))
    }

    /** The vertical blanking is over. */
    private begin(startClock: number): void {
        const { registers } = this.parts
        this.running = !this.stopAtFrameEnd
        this.waiting = this.running && snapshotMode(registers)
        if (!this.running || this.waiting) return
        const settings = latchSettings(registers)
        this.exposure = this.nextExposure
        this.takeOverExposure()
        this.gainCode = this.gainOf(this.exposure)
        const { shutter } = this.nextExposure
        const nextClock = startClock + frameClocks(settings, shutter)
        this.exposeAndBegin(nextClock, settings)
        this.frame(startClock, settings)
    }

    /** The vertical blanking is over, in which nothing was exposed. */
    private triggeredFrameOver(nowClock: number): void {
        this.running = !this.stopAtFrameEnd
        this.waiting = this.running && snapshotMode(this.parts.registers)
        if (this.running && !this.waiting) this.run(nowClock)
    }

    private takeOverExposure(): void {
        if (this.resetAutoExposure) this.parts.autoExposure.reset()
        this.resetAutoExposure = false
        this.nextExposure = this.latchExposure()
    }

    /** A manual gain acts in this frame; AGC's result comes with the shutter it was computed for. */
    private gainOf(exposure: Exposure): number {
        const { autoExposure, registers } = this.parts
        return autoExposure.agcOn
            ? exposure.state.gainCode
            : registers.active(Reg.ANALOG_GAIN)
    }

    private frame(startClock: number, settings: FrameSettings): void {
        const previous = this.settings
        const changed =
            previous !== undefined && !sameTiming(previous, settings)
        this.settings = settings
        const legal = this.check(settings, changed || previous === undefined)
        if (settings.parallelOutput)
            this.send(startClock, settings, changed || !legal)
    }

    private send(
        startClock: number,
        settings: FrameSettings,
        unusable: boolean
    ): void {
        const { clock, sysClk, frames, readout } = this.parts
        const { shutter, state } = this.exposure
        const columns = columnsOut(settings)
        const rows = rowsOut(settings)
        const endClock = startClock + rows * rowClocks(settings)
        const clocks = exposureClocks(settings, shutter)
        const frame = frames.add({
            startNs: clock.nowNs,
            endNs: sysClk.toNs(endClock),
            exposureStartNs: sysClk.toNs(startClock - clocks),
            columns,
            rows,
            unusable,
            request: {
                settings,
                exposureUs: (clocks * 1e6) / sysClk.hz,
                gain: analogGain(this.gainCode),
            },
        })
        const plan = {
            startClock,
            activeClocks: settings.window.width,
            hblankClocks: settings.hblankClocks,
            columns,
            rows,
            columnBin: settings.columnBin,
            bytes: frame.sent,
        }
        readout.begin(plan, () => {
            if (!unusable) this.parts.autoExposure.measured(frame.mean8, state)
            this.parts.onFrame(frame.record)
        })
    }

    private latchExposure(): Exposure {
        const { autoExposure, registers } = this.parts
        const state = autoExposure.next()
        const shutter = autoExposure.aecOn
            ? { coarseRows: state.rows, fineClocks: 0 }
            : latchShutter(registers)
        return { shutter, state }
    }

    /**
     * A combination that cannot work costs a frame when it lasts until the next frame start only, as it does between
     * two writes of a driver; when it is still there then, it is refused.
     * @returns false when the frame cannot be used
     */
    private check(settings: FrameSettings, isNew: boolean): boolean {
        const warning = rowWarning(settings)
        if (isNew && warning !== undefined) this.warnings.add(warning)
        const conflict = findConflict(settings, this.exposure.shutter)
        const before = this.inConflict
        this.inConflict = conflict !== undefined
        if (conflict === undefined) return true
        const { register, value, rule } = conflict
        if (before) this.parts.rules.violated(BLOCK, rule, register, value)
        else this.warnings.add(`${register}: ${rule}; in one frame`)
        return false
    }
}
