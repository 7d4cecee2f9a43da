// SPDX-License-Identifier: MIT
// Reads a VCD with a parser that is not ours, and asks for edges.

import { setImmediate } from "node:timers/promises"
import { parse, type ParsedVcd } from "vcd-parser"
import { vi } from "vitest"

/** A level with the time, ns, from which on a signal has it. */
export type Edge = readonly [timeNs: number, value: number | undefined]

/** A stretch in which a signal is 1. */
export interface Pulse {
    readonly startNs: number
    readonly endNs: number
}

export class Waveforms {
    constructor(private readonly parsed: ParsedVcd) {}

    get endNs(): number {
        return Number(this.parsed.endtime)
    }

    /** @param name without the outermost scope: "wires.sda" */
    edges(name: string): Edge[] {
        const signal = this.parsed.signal.find(
            each => each.name === `camscript.${name}`
        )
        if (!signal) throw new Error(`there is no signal ${name}`)
        return signal.wave.map(([time, value]) => [
            Number(time),
            value === "x" ? undefined : Number(value),
        ])
    }

    /** Stretches of 1 that have ended. */
    pulses(name: string): Pulse[] {
        const pulses: Pulse[] = []
        let startNs: number | undefined
        for (const [timeNs, value] of this.edges(name)) {
            if (value === 1) startNs ??= timeNs
            else if (startNs !== undefined) {
                pulses.push({ startNs, endNs: timeNs })
                startNs = undefined
            }
        }
        return pulses
    }

    /** Its value at a time, ns. */
    at(name: string, timeNs: number): number | undefined {
        return this.edges(name).findLast(([edgeNs]) => edgeNs <= timeNs)?.[1]
    }
}

/** Parse a file's text. The parser takes a timer's turn for each line: they are run at once. */
export async function parseVcd(text: string): Promise<Waveforms> {
    vi.useFakeTimers({ toFake: ["setTimeout"], loopLimit: 1e8 })
    try {
        const parsed = parse(text)
        vi.runAllTimers()
        await setImmediate()
        vi.runAllTimers()
        const result = await parsed
        if (!result) throw new Error("vcd-parser does not take the file")
        return new Waveforms(result)
    } finally {
        vi.useRealTimers()
    }
}
