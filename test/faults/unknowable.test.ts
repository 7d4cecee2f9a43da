// SPDX-License-Identifier: MIT
// A row that comes twice, where docs/faults.md says that it cannot be known in time: until the program has the frame, or the batch,
// every register of DCMI and DMA reads as it does without the fault, at every moment.

import { describe, expect, it } from "vitest"
import { simulate } from "../../sim/testing.ts"
import { FAULTY_CAPTURES } from "../support/faults/strategies.ts"

const AT_S = 1
/** Within the window of strategies.ts. */
const ROW = 200
/** Two frames at 30 fps and more. */
const SAMPLED_MS = 80
const SAMPLE_NS = 5000

/** RM0090 15.8, 10.5: all but DCMI_DR, whose bytes are the image itself. */
const REGISTERS = [
    ...[0x00, 0x04, 0x08, 0x0c, 0x10, 0x18, 0x1c, 0x20, 0x24].map(
        offset => 0x50050000 + offset
    ),
    // LISR, and of stream 1 CR, NDTR, PAR, M0AR, M1AR, FCR.
    ...[0x00, 0x28, 0x2c, 0x30, 0x34, 0x38, 0x3c].map(
        offset => 0x40026400 + offset
    ),
]

interface Sample {
    readonly registers: string
    /** Frames or batches that the program has got so far. */
    readonly lent: number
}

async function samplesOf(
    name: string,
    doubled: boolean
): Promise<{ samples: Sample[]; wrong: number[] }> {
    const { app, request, scene } = FAULTY_CAPTURES.find(
        capture => capture.name === name
    )!
    const samples: Sample[] = []
    let lent = 0
    const { frames } = await simulate({
        app,
        scene,
        ...request,
        seconds: AT_S + SAMPLED_MS / 1000,
        faults: doubled ? [{ at: AT_S, fault: "row-doubled", row: ROW }] : [],
        prepare: simulation => {
            const { clock, chip, record } = simulation
            const delivered = record.delivered.bind(record)
            record.delivered = (...frame) => {
                lent++
                delivered(...frame)
            }
            const sample = (): void => {
                samples.push({
                    registers: REGISTERS.map(address =>
                        chip.bus.read32(address).toString(16)
                    ).join(" "),
                    lent,
                })
                clock.after(SAMPLE_NS, sample)
            }
            clock.at(AT_S * 1e9, sample)
        },
    })
    const wrong = frames.flatMap(({ pixelErrors }, i) =>
        pixelErrors > 0 ? [i] : []
    )
    return { samples, wrong }
}

describe("a row that comes twice", () => {
    it.each(["dcmi-crop, 1 buffer", "line, ring"])(
        "shows in no register before the program has what it spoils: %s",
        async name => {
            const right = await samplesOf(name, false)
            const { samples, wrong } = await samplesOf(name, true)

            expect(right.wrong).toEqual([])
            expect(wrong.length).toBeGreaterThan(0)
            const shows = samples.findIndex(
                ({ registers }, i) => registers !== right.samples[i]?.registers
            )
            // It does in the end.
            expect(shows).toBeGreaterThan(0)
            expect(samples[shows]!.lent).toBeGreaterThan(wrong.at(-1)!)
        }
    )
})
