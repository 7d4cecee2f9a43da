// SPDX-License-Identifier: MIT
// The signals of a waveform file (docs/waveforms.md): names, scopes, widths, levels before anything happens.

import { Irq } from "../stm32/irq.ts"
import type { VcdVariable, VcdWriter } from "./vcd.ts"

/** Signals of a DMA stream. */
export interface DmaSignals {
    readonly en: VcdVariable
    readonly ndtr: VcdVariable
    readonly ct: VcdVariable
    readonly address: VcdVariable
}

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
    const declare = writer.declare.bind(writer)
    const wire = (scope: string, name: string, initial?: number) =>
        declare({ scope, name, type: "wire", initial })
    const flag = (scope: string, name: string) =>
        declare({ scope, name, type: "reg", initial: 0 })
    const number = (scope: string, name: string, bits: number) =>
        declare({ scope, name, type: "reg", bits })
    return {
        frameValid: wire("sensor", "frame_valid", 0),
        lineValid: wire("sensor", "line_valid", 0),
        exposure: wire("sensor", "exposure", 0),
        pixclkHz: declare({
            scope: "sensor",
            name: "pixclk_hz",
            type: "integer",
        }),
        pixclk: pixels ? wire("sensor", "pixclk") : undefined,
        data: pixels
            ? declare({ scope: "sensor", name: "data", type: "wire", bits: 8 })
            : undefined,
        // Both pins of the sensor are low at power-up; the I2C wires are pulled up.
        vsync: wire("wires", "vsync", 0),
        hsync: wire("wires", "hsync", 0),
        scl: wire("wires", "scl", 1),
        sda: wire("wires", "sda", 1),
        enable: flag("dcmi", "ENABLE"),
        captureBit: flag("dcmi", "CAPTURE"),
        capturing: flag("dcmi", "capturing"),
        frame: flag("dcmi", "FRAME"),
        overrun: flag("dcmi", "OVR"),
        vsyncFlag: flag("dcmi", "VSYNC"),
        line: flag("dcmi", "LINE"),
        dma: new Map<number, DmaSignals>(
            dmaStreams.map(stream => [
                stream,
                {
                    en: flag("dma", `S${stream}_EN`),
                    ndtr: number("dma", `S${stream}_NDTR`, 16),
                    ct: flag("dma", `S${stream}_CT`),
                    address: number("dma", `S${stream}_address`, 32),
                },
            ])
        ),
        irqs: new Map(IRQS.map(([irq, name]) => [irq, flag("cpu.irq", name)])),
        handlers: new Map(
            IRQS.map(([irq, name]) => [
                irq,
                flag("cpu.handler", `${name}_IRQHandler`),
            ])
        ),
        filling: number("vm", "filling", 3),
        doorbell: flag("vm", "doorbell"),
        callback: flag("vm", "callback"),
        lent: declare({
            scope: "vm",
            name: "lent",
            type: "reg",
            bits: 4,
            initial: 0,
        }),
        sequence: number("vm", "sequence", 32),
    }
}
