// SPDX-License-Identifier: MIT
// An OV2640 model on a bench: clock, bus master, recorder on the port. Register addresses typed from the data sheet.

import { Clock } from "../../../sim/clock.ts"
import type {
    Level,
    LineData,
    ParallelSink,
} from "../../../sim/wires/parallel-bus.ts"
import { Rules } from "../../../sim/rules.ts"
import type { Scene } from "../../../sim/scene/scene.ts"
import {
    Ov2640Model,
    type Ov2640Options,
} from "../../../sim/sensors/ov2640/ov2640-model.ts"
import type { SensorFrame } from "../../../sim/sensors/sensor-model.ts"
import { RegisterLog } from "../../../sim/trace/register-log.ts"

export type Bank = "dsp" | "sensor"

export interface Edge {
    readonly timeNs: number
    readonly pin: "vsync" | "hsync"
    readonly level: Level
}

export interface ReceivedLine {
    readonly timeNs: number
    readonly startNs: number
    readonly periodNs: number
    readonly stableEdge: string
    readonly bytes: Uint8Array
}

export interface Received {
    readonly frame: SensorFrame
    readonly edges: readonly Edge[]
    readonly lines: readonly ReceivedLine[]
    /** All bytes, in order. */
    readonly bytes: Uint8Array
}

export interface RigOptions extends Ov2640Options {
    readonly xclkHz?: number
    readonly i2cAddress?: number
    readonly permissive?: boolean
}

/** Sensor mode and size pipeline, as numbers a person would write. */
export interface Setup {
    readonly mode?: "UXGA" | "SVGA" | "CIF"
    /** DSP window, pixels of the input. Default: all of it. */
    readonly window?: { x: number; y: number; width: number; height: number }
    readonly hDivider?: number
    readonly vDivider?: number
    readonly round?: boolean
    readonly output?: { width: number; height: number }
    /** IMAGE_MODE. */
    readonly imageMode?: number
    /** CLKRC and R_DVP_SP. */
    readonly clkrc?: number
    readonly dvp?: number
}

const MODES = {
    UXGA: { com7: 0x00, com1: 0x0f, width: 1600, height: 1200 },
    SVGA: { com7: 0x40, com1: 0x0a, width: 800, height: 600 },
    CIF: { com7: 0x20, com1: 0x0a, width: 400, height: 296 },
}

export class Rig implements ParallelSink {
    readonly clock = new Clock()
    readonly rules: Rules
    readonly log: RegisterLog
    readonly model: Ov2640Model

    private edges: Edge[] = []
    private lines: ReceivedLine[] = []
    private received: Received | undefined

    constructor(
        readonly scene: Scene,
        {
            xclkHz = 24e6,
            i2cAddress = 0x30,
            permissive = false,
            vsync,
        }: RigOptions = {}
    ) {
        this.rules = new Rules(() => this.clock.nowNs, permissive)
        this.log = new RegisterLog(() => this.clock.nowNs)
        this.model = new Ov2640Model(
            {
                clock: this.clock,
                rules: this.rules,
                log: this.log,
                scene,
                xclkHz,
                i2cAddress,
                sink: this,
            },
            { vsync }
        )
        this.model.onFrame = frame => this.frameEnded(frame)
    }

    vsync(level: Level): void {
        this.edges.push({ timeNs: this.clock.nowNs, pin: "vsync", level })
    }

    hsync(level: Level): void {
        this.edges.push({ timeNs: this.clock.nowNs, pin: "hsync", level })
    }

    line(data: LineData): void {
        this.lines.push({
            ...data,
            bytes: data.bytes.slice(),
            timeNs: this.clock.nowNs,
        })
    }

    /** One SCCB write. @returns false when any byte was not acknowledged */
    raw(...bytes: number[]): boolean {
        let ack = this.model.start(false)
        for (const byte of bytes) ack = this.model.write(byte) && ack
        this.model.stop()
        return ack
    }

    write(bank: Bank, register: number, value: number): void {
        this.raw(0xff, bank === "dsp" ? 0 : 1)
        this.raw(register, value)
    }

    read(bank: Bank, register: number): number {
        this.raw(0xff, bank === "dsp" ? 0 : 1)
        this.raw(register)
        this.model.start(true)
        const value = this.model.read()
        this.model.stop()
        return value
    }

    /** Write everything that a size and a format need, DSP in bypass meanwhile. */
    setUp(setup: Setup = {}): void {
        const { mode = "UXGA", clkrc = 0, dvp = 0x82 } = setup
        const { com7, com1, width, height } = MODES[mode]
        const window = setup.window ?? { x: 0, y: 0, width, height }
        const output = setup.output ?? {
            width: window.width >> (setup.hDivider ?? 0),
            height: window.height >> (setup.vDivider ?? 0),
        }
        this.write("dsp", 0x05, 0x01)
        this.write("sensor", 0x12, com7)
        this.write("sensor", 0x03, com1)
        this.write("sensor", 0x11, clkrc)
        this.write("dsp", 0xe0, 0x04)
        this.write("dsp", 0xc0, width >> 3)
        this.write("dsp", 0xc1, height >> 3)
        this.write("dsp", 0x8c, ((width & 7) << 3) | (height & 7))
        this.window(window)
        this.output(output)
        this.write("dsp", 0x86, 0x2d) // DCW on
        this.write(
            "dsp",
            0x50,
            (setup.round ? 0x40 : 0) |
                ((setup.vDivider ?? 0) << 3) |
                (setup.hDivider ?? 0)
        )
        this.write("dsp", 0xd3, dvp)
        this.write("dsp", 0xda, setup.imageMode ?? 0x00)
        this.write("dsp", 0x05, 0x00)
        this.write("dsp", 0xe0, 0x00)
    }

    /** HSIZE, VSIZE, XOFFL, YOFFL, VHYX, TEST. */
    window(window: {
        x: number
        y: number
        width: number
        height: number
    }): void {
        const h = window.width / 4
        const v = window.height / 4
        this.write("dsp", 0x51, h & 0xff)
        this.write("dsp", 0x52, v & 0xff)
        this.write("dsp", 0x53, window.x & 0xff)
        this.write("dsp", 0x54, window.y & 0xff)
        const vhyx =
            (((v >> 8) & 1) << 7) |
            (((window.y >> 8) & 7) << 4) |
            (((h >> 8) & 1) << 3) |
            ((window.x >> 8) & 7)
        this.write("dsp", 0x55, vhyx)
        this.write("dsp", 0x57, ((h >> 9) & 1) << 7)
    }

    /** ZMOW, ZMOH, ZMHH. */
    output(size: { width: number; height: number }): void {
        const w = size.width / 4
        const h = size.height / 4
        this.write("dsp", 0x5a, w & 0xff)
        this.write("dsp", 0x5b, h & 0xff)
        this.write("dsp", 0x5c, (((h >> 8) & 1) << 2) | ((w >> 8) & 3))
    }

    /**
     * Exposure of 4000 us at gain 1x, at which scene values come out as they are: lines are lengthened by dummy pixels
     * to a round time. For XVCLK 24 MHz and CLKRC 0.
     */
    exposeOneToOne(mode: "UXGA" | "SVGA" | "CIF" = "UXGA"): void {
        const [dummy, lines] = {
            UXGA: [2000 - 1922, 48],
            SVGA: [1200 - 1190, 80],
            CIF: [600 - 595, 160],
        }[mode] as [number, number]
        this.write("sensor", 0x2b, dummy)
        this.fixExposure(lines)
    }

    /** Fixed exposure (lines) and gain 1x: COM8 without AEC and AGC. */
    fixExposure(lines: number): void {
        this.write("sensor", 0x13, 0xc2)
        this.write("sensor", 0x00, 0x00)
        this.write("sensor", 0x10, (lines >> 2) & 0xff)
        this.write("sensor", 0x45, lines >> 10)
        this.write("sensor", 0x04, 0x20 | (lines & 3))
    }

    /** The next frame of the sensor, whatever it is worth. */
    nextFrame(): Received {
        this.received = undefined
        const limitNs = this.clock.nowNs + 20e9
        while (this.received === undefined && this.clock.nowNs < limitNs)
            this.clock.step(limitNs)
        if (this.received === undefined) throw new Error("no frame in 20 s")
        return this.received
    }

    /** The next frame that is not marked unusable. */
    nextUsable(): Received {
        for (;;) {
            const received = this.nextFrame()
            if (!received.frame.unusable) return received
        }
    }

    run(ns: number): void {
        const endNs = this.clock.nowNs + ns
        while (this.clock.step(endNs)) continue
    }

    private frameEnded(frame: SensorFrame): void {
        const { edges, lines } = this
        this.edges = []
        this.lines = []
        const bytes = new Uint8Array(
            lines.reduce((sum, line) => sum + line.bytes.length, 0)
        )
        let at = 0
        for (const line of lines) {
            bytes.set(line.bytes, at)
            at += line.bytes.length
        }
        this.received = { frame, edges, lines, bytes }
    }
}

/** A field whose every pixel is something else, in colour or gray. */
export function noisyScene(colour: boolean): Scene {
    const width = 1600
    const height = 1200
    const luma = new Uint8Array(width * height)
    const rgb = new Uint8Array(3 * width * height)
    let state = 12345
    for (let i = 0; i < rgb.length; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        rgb[i] = state >>> 24
    }
    for (let i = 0; i < luma.length; i++) luma[i] = rgb[3 * i + 1]!
    const field = { width, height, luma, ...(colour ? { rgb } : {}) }
    return { name: "noisy", still: true, at: () => field }
}
