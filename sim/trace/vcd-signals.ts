// SPDX-License-Identifier: MIT
// The signals of a waveform file (docs/waveforms.md): names, scopes, levels before anything happens.

import { Irq } from "../stm32/irq.ts"
import type { VcdVariable, VcdWriter } from "./vcd.ts"

/** Signals of a DMA stream. */
export interface DmaSignals {
    readonly en: VcdVariable
    readonly ndtr: VcdVariable
    readonly ct: VcdVariable
    readonly address: VcdVariable
}

const DATA_PINS = 8
const BUFFERS = 4

/** Interrupt lines that are modelled, by number. */
const IRQS: readonly (readonly [number, string])[] = Object.entries(Irq)
    .filter((entry): entry is [string, Irq] => typeof entry[1] === "number")
    .map(([name, irq]) => [irq, name])

export type VcdSignals = ReturnType<typeof declareSignals>

/** Declare everything. @param pixels also the pixel clock and the data, edge by edge */
export function declareSignals(
    writer: VcdWriter,
    { pixels, dmaStreams }: { pixels: boolean; dmaStreams: readonly number[] }
) {
    const wire = (scope: string, name: string, initial = 0) =>
        writer.declare({ scope, name, type: "wire", initial })
    const flag = (scope: string, name: string) =>
        writer.declare({ scope, name, type: "reg", initial: 0 })
    const number = (scope: string, name: string, initial?: number) =>
        writer.declare({ scope, name, type: "real", initial })
    const streams = dmaStreams.map((stream): [number, DmaSignals] => [
        stream,
        {
            en: flag("dma", `S${stream}_EN`),
            ndtr: number("dma", `S${stream}_NDTR`, 0),
            ct: flag("dma", `S${stream}_CT`),
            address: number("dma", `S${stream}_address`, 0),
        },
    ])
    return {
        dma: new Map(streams),
        frameValid: wire("sensor", "frame_valid"),
        lineValid: wire("sensor", "line_valid"),
        exposure: wire("sensor", "exposure"),
        pixclkHz: number("sensor", "pixclk_hz"),
        // Both pins of the sensor are low at power-up; the I2C wires are pulled up.
        vsync: wire("wires", "vsync"),
        hsync: wire("wires", "hsync"),
        scl: wire("wires", "scl", 1),
        sda: wire("wires", "sda", 1),
        pixclk: pixels ? wire("wires", "pixclk") : undefined,
        data: numbered(pixels ? DATA_PINS : 0).map(pin =>
            wire("wires", `d${pin}`)
        ),
        enable: flag("dcmi", "ENABLE"),
        captureBit: flag("dcmi", "CAPTURE"),
        capturing: flag("dcmi", "capturing"),
        frame: flag("dcmi", "FRAME"),
        overrun: flag("dcmi", "OVR"),
        vsyncFlag: flag("dcmi", "VSYNC"),
        line: flag("dcmi", "LINE"),
        irqs: new Map(IRQS.map(([irq, name]) => [irq, flag("cpu.irq", name)])),
        handlers: new Map(
            IRQS.map(([irq, name]) => [
                irq,
                flag("cpu.handler", `${name}_IRQHandler`),
            ])
        ),
        filling: number("vm", "filling"),
        doorbell: flag("vm", "doorbell"),
        callback: flag("vm", "callback"),
        lent: numbered(BUFFERS).map(index => flag("vm", `lent${index}`)),
        sequence: number("vm", "sequence"),
    }
}

function numbered(count: number): number[] {
    return Array.from({ length: count }, (_, index) => index)
}
