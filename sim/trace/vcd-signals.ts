// SPDX-License-Identifier: MIT
// The signals of a waveform file (docs/waveforms.md): names, scopes, levels before anything happens.

import { Irq } from "../stm32/nvic/irq.ts"
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

/** The interrupts that a camera's firmware is likely to have: its own blocks, and USART2 with its DMA for the link. */
export const CAMERA_IRQS: readonly Irq[] = [
    Irq.DCMI,
    Irq.DMA2_Stream1,
    Irq.DMA2_Stream7,
    Irq.I2C1_EV,
    Irq.I2C1_ER,
    Irq.I2C2_EV,
    Irq.I2C2_ER,
    Irq.I2C3_EV,
    Irq.I2C3_ER,
    Irq.DMA1_Stream5,
    Irq.DMA1_Stream6,
    Irq.USART2,
]

/** Every interrupt that is modelled, for firmware that nobody knows: about 50. */
export const ALL_IRQS: readonly Irq[] = Object.values(Irq).filter(
    irq => typeof irq === "number"
)

export interface SignalChoice {
    /** Also the pixel clock and the data, edge by edge. */
    readonly pixels: boolean
    /** Of DMA2. */
    readonly dmaStreams: readonly number[]
    readonly irqs: readonly Irq[]
}

export type VcdSignals = ReturnType<typeof declareSignals>

/** Declare everything. */
export function declareSignals(
    writer: VcdWriter,
    { pixels, dmaStreams, irqs }: SignalChoice
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
        irqs: new Map(irqs.map(irq => [irq, flag("cpu.irq", Irq[irq])])),
        handlers: new Map(
            irqs.map(irq => [
                irq,
                flag("cpu.handler", `${Irq[irq]}_IRQHandler`),
            ])
        ),
        filling: number("vm", "filling"),
        notify: flag("vm", "notify"),
        callback: flag("vm", "callback"),
        lent: numbered(BUFFERS).map(index => flag("vm", `lent${index}`)),
        sequence: number("vm", "sequence"),
    }
}

function numbered(count: number): number[] {
    return Array.from({ length: count }, (_, index) => index)
}
