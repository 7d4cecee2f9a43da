// SPDX-License-Identifier: MIT
// An MT9V034 model on a bench: a controller that writes byte by byte, and a recorder on its output pins.

import { Clock } from "../../../sim/clock.ts"
import type {
    Level,
    LineData,
    ParallelSink,
} from "../../../sim/wires/parallel-bus.ts"
import { Rules } from "../../../sim/rules.ts"
import { flatScene } from "../../../sim/scene/flat.ts"
import type { Scene } from "../../../sim/scene/scene.ts"
import { Mt9v034Model } from "../../../sim/sensors/mt9v034/mt9v034-model.ts"
import type { SensorFrame } from "../../../sim/sensors/sensor-model.ts"
import { RegisterLog } from "../../../sim/trace/register-log.ts"

export const FIELD = { width: 752, height: 480 }

export interface Edge {
    readonly pin: "FV" | "LV"
    readonly level: Level
    readonly timeNs: number
}

export interface RecordedLine extends LineData {
    readonly timeNs: number
}

export interface RecordedFrame {
    readonly frame: SensorFrame
    readonly lines: readonly RecordedLine[]
}

export interface RigOptions {
    readonly xclkHz?: number
    readonly scene?: Scene
    readonly permissive?: boolean
    readonly address?: number
}

/** Window and timing of context A; what is left out stays as it is. */
export interface Setup {
    readonly columnStart?: number
    readonly rowStart?: number
    readonly width?: number
    readonly height?: number
    readonly hblank?: number
    readonly vblank?: number
    readonly coarse?: number
    readonly fine?: number
    readonly readMode?: number
    readonly gain?: number
}

export class Mt9v034Rig implements ParallelSink {
    readonly clock = new Clock()
    readonly rules: Rules
    readonly log: RegisterLog
    readonly sensor: Mt9v034Model
    readonly xclkHz: number
    readonly edges: Edge[] = []
    readonly sent: RecordedFrame[] = []
    private lines: RecordedLine[] = []

    constructor(options: RigOptions = {}) {
        const now = () => this.clock.nowNs
        this.xclkHz = options.xclkHz ?? 26_660_000
        this.rules = new Rules(now, options.permissive)
        this.log = new RegisterLog(now)
        this.sensor = new Mt9v034Model({
            clock: this.clock,
            rules: this.rules,
            log: this.log,
            scene: options.scene ?? flatScene(FIELD),
            xclkHz: this.xclkHz,
            i2cAddress: options.address ?? 0x48,
            sink: this,
        })
        this.sensor.onFrame = frame => {
            this.sent.push({ frame, lines: this.lines })
            this.lines = []
        }
    }

    vsync(level: Level): void {
        this.edges.push({ pin: "FV", level, timeNs: this.clock.nowNs })
    }

    hsync(level: Level): void {
        this.edges.push({ pin: "LV", level, timeNs: this.clock.nowNs })
    }

    line(data: LineData): void {
        const bytes = data.bytes.slice()
        this.lines.push({ ...data, bytes, timeNs: this.clock.nowNs })
    }

    /** START, address, bytes, STOP. @returns false when one was not acknowledged */
    transfer(...bytes: number[]): boolean {
        let acknowledged = this.sensor.start(false)
        for (const byte of bytes)
            acknowledged = acknowledged && this.sensor.write(byte)
        this.sensor.stop()
        return acknowledged
    }

    writeReg(register: number, value: number): void {
        if (!this.transfer(register, value >> 8, value & 0xff))
            throw new Error(`no ACK for register 0x${register.toString(16)}`)
    }

    /** Register address, repeated START, `count` bytes. */
    readBytes(register: number, count: number): number[] {
        this.sensor.start(false)
        this.sensor.write(register)
        this.sensor.start(true)
        const bytes = Array.from({ length: count }, () => this.sensor.read())
        this.sensor.stop()
        return bytes
    }

    readReg(register: number): number {
        const [high, low] = this.readBytes(register, 2)
        return (high! << 8) | low!
    }

    runForNs(durationNs: number): void {
        const endNs = this.clock.nowNs + durationNs
        while (this.clock.step(endNs));
    }

    /** Run until `count` further frames have been sent. */
    runFrames(count: number): RecordedFrame {
        const end = this.sent.length + count
        while (this.sent.length < end) this.clock.step(Infinity)
        return this.sent[end - 1]!
    }

    /** Run on until frame valid has risen, plus a little. */
    runIntoFrame(): void {
        const before = this.edges.length
        const risen = () =>
            this.edges.slice(before).some(e => e.pin === "FV" && e.level === 1)
        while (!risen()) this.clock.step(Infinity)
        this.runForNs(1000)
    }

    /** Automatic exposure and gain off, registers written, then R0x0C so that all of them act in the next frame. */
    setUp(setup: Setup): void {
        this.writeReg(0xaf, 0)
        this.writeSetup(setup)
        this.writeReg(0x0c, 1)
    }

    writeSetup(setup: Setup): void {
        const registers: readonly (readonly [number, number | undefined])[] = [
            [0x01, setup.columnStart],
            [0x02, setup.rowStart],
            [0x03, setup.height],
            [0x04, setup.width],
            [0x05, setup.hblank],
            [0x06, setup.vblank],
            [0x0b, setup.coarse],
            [0xd5, setup.fine],
            [0x0d, setup.readMode],
            [0x35, setup.gain],
        ]
        for (const [register, value] of registers)
            if (value !== undefined) this.writeReg(register, value)
    }

    /** Clocks of SYSCLK in a time, not rounded. */
    clocks(ns: number): number {
        return (ns * this.xclkHz) / 1e9
    }

    /** Frame start to frame start of the last two frames, clocks. */
    framePeriodClocks(): number {
        const [before, last] = this.sent.slice(-2)
        return this.clocks(last!.frame.startNs - before!.frame.startNs)
    }

    edgesOf(pin: Edge["pin"], level: Level): number[] {
        return this.edges
            .filter(edge => edge.pin === pin && edge.level === level)
            .map(edge => edge.timeNs)
    }
}

/** All bytes of a frame in one array. */
export function pixelsOf({ lines }: RecordedFrame): Uint8Array {
    return new Uint8Array(Buffer.concat(lines.map(line => line.bytes)))
}

/** How many pixels differ; all of them when the sizes do. */
export function differences(a: Uint8Array, b: Uint8Array): number {
    if (a.length !== b.length) return Math.max(a.length, b.length)
    return a.reduce((sum, byte, i) => (byte === b[i] ? sum : sum + 1), 0)
}

/** Pixels of a frame that differ from the truth. */
export function wrongPixels(rig: Mt9v034Rig, sent: RecordedFrame): number {
    return differences(pixelsOf(sent), rig.sensor.expected(sent.frame))
}

/** A window in the corner at a row time in clocks, exposed for 50 rows. */
export function window(
    width: number,
    height: number,
    row: number,
    vblank: number
): Setup {
    return { width, height, hblank: row - width, vblank, coarse: 50 }
}

/** Frame start to frame start of a sensor that was set up so. */
export function framePeriodClocks(xclkHz: number, setup: Setup): number {
    const rig = new Mt9v034Rig({ xclkHz })
    rig.setUp(setup)
    rig.runFrames(3)
    return rig.framePeriodClocks()
}
