// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import {
    noisyScene,
    Rig,
    type Edge,
    type Received,
} from "../../support/sensors/ov2640-rig.ts"

const scene = noisyScene(false)

/** Data sheet, figures 15-17; tP. fps at the clock that table 1 gives for the mode. */
const MODES = [
    {
        mode: "UXGA",
        com7: 0x00,
        com1: 0x0f,
        xclkHz: 18e6,
        clkrc: 0x80, // doubler: 36 MHz
        clkHz: 36e6,
        line: 1922,
        active: 1600,
        rows: 1200,
        fallToRow: 27193,
        rowToVsync: 57697,
        total: 2398656,
        fps: 15.008,
    },
    {
        mode: "SVGA",
        com7: 0x40,
        com1: 0x0a,
        xclkHz: 24e6,
        clkrc: 0x00,
        clkHz: 24e6,
        line: 1190,
        active: 800,
        rows: 600,
        fallToRow: 7415,
        rowToVsync: 73895,
        total: 799680,
        fps: 30.012,
    },
    {
        mode: "CIF",
        com7: 0x20,
        com1: 0x0a,
        xclkHz: 24e6,
        clkrc: 0x01, // divided by 2: 12 MHz
        clkHz: 12e6,
        line: 595,
        active: 400,
        rows: 296,
        fallToRow: 3707.5,
        rowToVsync: 17907.5,
        total: 199920,
        fps: 60.02,
    },
] as const

/** Times in tP, to a thousandth: half clocks count. */
const clocks = (ns: number, clkHz: number) => (ns * clkHz) / 1e9

function edgeTimes(edges: readonly Edge[], pin: string, level: number) {
    return edges
        .filter(edge => edge.pin === pin && edge.level === level)
        .map(edge => edge.timeNs)
}

interface SensorSetup {
    readonly xclkHz: number
    readonly com7: number
    readonly com1: number
    readonly clkrc: number
}

/** Two frames of the sensor alone: DSP in bypass as after reset, VSYNC as the sheet draws it. */
function sensorFrames(
    { xclkHz, com7, com1, clkrc }: SensorSetup,
    write: (rig: Rig) => void = () => {}
): readonly [Received, Received] {
    const rig = new Rig(scene, { xclkHz })
    rig.write("sensor", 0x12, com7)
    rig.write("sensor", 0x03, com1)
    rig.write("sensor", 0x11, clkrc)
    write(rig)
    rig.nextFrame() // the settings before
    rig.nextFrame()
    return [rig.nextFrame(), rig.nextFrame()]
}

describe.each(MODES)("OV2640 sensor timing in $mode mode", mode => {
    const { clkHz, line, active, rows } = mode

    it("has the sheet's frame: pulse, first row, rows, last row, total", () => {
        const [first, second] = sensorFrames(mode)

        const pulseRise = edgeTimes(first.edges, "vsync", 1).at(-1)!
        const pulseFall = edgeTimes(second.edges, "vsync", 0)[0]!
        const nextRise = edgeTimes(second.edges, "vsync", 1).at(-1)!
        const rises = edgeTimes(second.edges, "hsync", 1)
        const falls = edgeTimes(second.edges, "hsync", 0)
        const tp = (from: number, to: number) => clocks(to - from, clkHz)
        expect(tp(pulseRise, pulseFall)).toBeCloseTo(4 * line, 3)
        expect(tp(pulseFall, rises[0]!)).toBeCloseTo(mode.fallToRow, 3)
        expect(tp(falls.at(-1)!, nextRise)).toBeCloseTo(mode.rowToVsync, 3)
        expect(tp(pulseRise, nextRise)).toBeCloseTo(mode.total, 3)
        expect(rises.length).toBe(rows)
        rises.forEach((rise, row) => {
            expect(tp(rises[0]!, rise)).toBeCloseTo(row * line, 3)
            expect(tp(rise, falls[row]!)).toBeCloseTo(active, 3)
        })
    })

    it("has the sheet's frame rate at the sheet's clock", () => {
        const [first, second] = sensorFrames(mode)
        const fps = 1e9 / (second.frame.startNs - first.frame.startNs)

        expect(fps).toBeCloseTo(mode.fps, 2)
    })

    it("adds FLL + 256 FLH lines and REG2A[7:4], FRARL pixels per line", () => {
        const [first, second] = sensorFrames(mode, rig => {
            rig.write("sensor", 0x46, 3)
            rig.write("sensor", 0x47, 1)
            rig.write("sensor", 0x2a, 0x10)
            rig.write("sensor", 0x2b, 7)
        })
        const ns = second.frame.startNs - first.frame.startNs
        const lines = mode.total / line + 259

        expect(clocks(ns, clkHz)).toBeCloseTo(lines * (line + 263), 3)
    })

    it("keeps line and frame period when the sensor window moves", () => {
        const [first, second] = sensorFrames(mode, rig => {
            rig.write("sensor", 0x18, 0x21) // HREFEND
            rig.write("sensor", 0x1a, 0x10) // VEND
        })
        const ns = second.frame.startNs - first.frame.startNs

        expect(clocks(ns, clkHz)).toBeCloseTo(mode.total, 3)
        expect(second.lines.length).toBeLessThan(rows)
        expect(second.lines[0]!.bytes.length).toBeLessThan(active)
    })
})

describe("OV2640 clock", () => {
    it.each([
        { clkrc: 0x00, hz: 12e6 },
        { clkrc: 0x80, hz: 24e6 },
        { clkrc: 0x01, hz: 6e6 },
        { clkrc: 0x82, hz: 8e6 },
        { clkrc: 0x3f, hz: 12e6 / 64 },
    ])("is XVCLK, doubled and divided by CLKRC: $clkrc", ({ clkrc, hz }) => {
        const svga = { com7: 0x40, com1: 0x0a, xclkHz: 12e6, clkrc }
        const [first, second] = sensorFrames(svga)
        const seconds = (second.frame.startNs - first.frame.startNs) / 1e9

        expect(799680 / seconds).toBeCloseTo(hz, 1)
    })

    it("refuses more than 36 MHz", () => {
        const rig = new Rig(scene, { xclkHz: 24e6 })
        rig.write("sensor", 0x11, 0x80)

        expect(() => rig.run(1e9)).toThrow(
            /OV2640_CLKRC = 0x00000080: .*48 MHz .*over 36 MHz/
        )
    })

    it.each([5.9e6, 26.66e6])("refuses an XVCLK of %d Hz", xclkHz => {
        expect(() => new Rig(scene, { xclkHz })).toThrow(
            /XVCLK must be 6 to 24 MHz/
        )
    })

    it("does not drift: 50 frames take 50 times as long as one", () => {
        const rig = new Rig(scene)
        rig.setUp({ mode: "CIF", clkrc: 2 }) // 8 MHz
        const first = rig.nextUsable().frame
        let last = first
        while (last.sequence < first.sequence + 50) last = rig.nextFrame().frame

        const ns = last.startNs - first.startNs
        expect(clocks(ns, 8e6)).toBeCloseTo(50 * 199920, 3)
    })
})

describe("OV2640 port through the DSP", () => {
    function received(setup: Parameters<Rig["setUp"]>[0], pulse = false) {
        const rig = new Rig(scene, { vsync: pulse ? "pulse" : "frame" })
        rig.setUp(setup)
        rig.nextUsable()
        return rig.nextUsable()
    }

    it("holds VSYNC high from the end of the sensor's pulse to the next one", () => {
        const { edges, frame } = received({ mode: "SVGA" })
        const vsync = edges.filter(edge => edge.pin === "vsync")

        expect(vsync.map(edge => edge.level)).toEqual([1, 0])
        const highNs = vsync[1]!.timeNs - vsync[0]!.timeNs
        expect(clocks(highNs, 24e6)).toBeCloseTo(799680 - 4 * 1190, 3)
        expect(frame.startNs).toBe(vsync[0]!.timeNs)
        expect(frame.endNs).toBe(vsync[1]!.timeNs)
    })

    it("gives the sheet's pulse instead when asked", () => {
        const { edges } = received({ mode: "SVGA" }, true)
        const vsync = edges.filter(edge => edge.pin === "vsync")

        expect(vsync.map(edge => edge.level)).toEqual([0, 1])
    })

    it("frames every line with HREF, data stable at the rising edge of PCLK", () => {
        const { edges, lines } = received({ mode: "SVGA" })
        const hsync = edges.filter(edge => edge.pin === "hsync")

        expect(hsync.length).toBe(1200)
        expect(hsync.map(edge => edge.level).slice(0, 4)).toEqual([1, 0, 1, 0])
        lines.forEach((line, row) => {
            expect(line.stableEdge).toBe("rising")
            expect(line.startNs).toBe(hsync[2 * row]!.timeNs)
            expect(line.timeNs).toBe(hsync[2 * row + 1]!.timeNs)
        })
    })

    it.each([
        { dvp: 1, pclkHz: 48e6 },
        { dvp: 2, pclkHz: 24e6 },
    ])("divides 48 MHz by R_DVP_SP $dvp for PCLK", ({ dvp, pclkHz }) => {
        const { lines } = received({
            mode: "SVGA",
            clkrc: 1,
            dvp,
        })

        expect(1e9 / lines[0]!.periodNs).toBeCloseTo(pclkHz, 0)
        expect(lines[0]!.timeNs - lines[0]!.startNs).toBeCloseTo(
            (1600 * 1e9) / pclkHz,
            3
        )
    })

    it("takes the slowest PCLK that fits when R_DVP_SP is automatic", () => {
        // Line 1190 tP at 12 MHz = 99.17 us; 1600 bytes: 48 MHz / 2 takes 66.7 us, / 3 would take 100 us.
        const { lines } = received({ mode: "SVGA", clkrc: 1, dvp: 0x82 })

        expect(1e9 / lines[0]!.periodNs).toBeCloseTo(24e6, 0)
    })

    it("refuses a PCLK at which a line is not through before the next", () => {
        expect(() => received({ mode: "SVGA", clkrc: 1, dvp: 3 })).toThrow(
            /OV2640_R_DVP_SP = 0x00000003: a line of 1600 bytes needs 101000 ns .*16\.000 MHz.* after 99167 ns/
        )
    })

    it("refuses UXGA in two bytes per pixel at 36 MHz", () => {
        const rig = new Rig(scene, { xclkHz: 18e6 })
        rig.setUp({ mode: "UXGA", clkrc: 0x80 })

        expect(() => rig.nextUsable()).toThrow(/a line of 3200 bytes/)
    })

    it("refuses a manual divider of 0", () => {
        expect(() => received({ mode: "SVGA", dvp: 0 })).toThrow(
            /OV2640_R_DVP_SP.*divider in bits 6:0 is 0/
        )
    })

    it("keeps the frame period whatever the DSP does", () => {
        const rig = new Rig(scene)
        rig.setUp({ mode: "SVGA", output: { width: 320, height: 240 } })
        const first = rig.nextUsable().frame
        const second = rig.nextUsable().frame

        expect(clocks(second.startNs - first.startNs, 24e6)).toBeCloseTo(
            799680,
            3
        )
    })
})
