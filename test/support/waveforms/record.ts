// SPDX-License-Identifier: MIT
// A run with its waveforms, read back.

import {
    simulate,
    type SimulateOptions,
    type SimulateResult,
} from "../../../sim/testing.ts"
import { VcdRecorder } from "../../../sim/trace/vcd-recorder.ts"
import { parseVcd, type Pulse, type Waveforms } from "./parsed-vcd.ts"
import { MemorySink } from "./text-sink.ts"

/** The MT9V034's clock on all boards, Hz. */
export const XCLK_HZ = 26_660_000

export interface Recorded {
    readonly result: SimulateResult
    readonly text: string
    readonly waves: Waveforms
}

/** @param pixels also the pixel clock and the data */
export async function record(
    options: SimulateOptions,
    pixels = false
): Promise<Recorded> {
    const sink = new MemorySink()
    const vcd = new VcdRecorder({ sink, pixels })
    const result = await simulate({ ...options, vcd })
    return { result, text: sink.text, waves: await parseVcd(sink.text) }
}

export function within(inner: Pulse, outer: Pulse): boolean {
    return inner.startNs >= outer.startNs && inner.endNs <= outer.endNs
}
