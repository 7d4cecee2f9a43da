// SPDX-License-Identifier: MIT
// The MT9V034 model's truth about a frame equals what it sent, by two different paths.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { noiseScene } from "../../../sim/scene/noise.ts"
import { TargetScene } from "../../../sim/scene/target.ts"
import {
    differences,
    FIELD,
    Mt9v034Rig,
    pixelsOf,
    wrongPixels,
} from "../../support/sensors/mt9v034-rig.ts"

describe("MT9V034 expected()", () => {
    const noise = noiseScene(FIELD, 5)
    const setups = fc
        .record({
            rowBinCode: fc.nat(2),
            columnBinCode: fc.nat(2),
            flips: fc.nat(3),
            columnsOut: fc.integer({ min: 1, max: 60 }),
            rowsOut: fc.integer({ min: 1, max: 40 }),
            atX: fc.double({ min: 0, max: 1, noNaN: true }),
            atY: fc.double({ min: 0, max: 1, noNaN: true }),
            coarse: fc.integer({ min: 1, max: 400 }),
            fine: fc.nat(700),
            gain: fc.oneof(
                fc.integer({ min: 16, max: 64 }),
                fc.constant(0x8010)
            ),
        })
        .map(r => {
            const width = r.columnsOut << r.columnBinCode
            const height = r.rowsOut << r.rowBinCode
            const { coarse, fine, gain } = r
            return {
                width,
                height,
                columnStart: 1 + Math.floor(r.atX * (752 - width)),
                rowStart: 4 + Math.floor(r.atY * (480 - height)),
                hblank: Math.max(704 - width, 91),
                readMode:
                    0x0300 |
                    (r.flips << 4) |
                    (r.columnBinCode << 2) |
                    r.rowBinCode,
                coarse,
                fine,
                gain,
            }
        })

    it("equals what was sent, for any window, flips, binning, exposure and gain", () => {
        fc.assert(
            fc.property(setups, setup => {
                const rig = new Mt9v034Rig({ scene: noise })
                rig.setUp(setup)
                const sent = rig.runFrames(1)
                expect(sent.frame.unusable).toBe(false)
                expect(wrongPixels(rig, sent)).toBe(0)
            }),
            { numRuns: 80, seed: 1 }
        )
    })

    it("equals what was sent of a scene that moves, also some frames later", () => {
        const target = new TargetScene(FIELD)
        const rig = new Mt9v034Rig({ scene: target })
        rig.setUp({
            columnStart: 267,
            rowStart: 134,
            width: 220,
            height: 220,
            hblank: 626,
            coarse: 126,
        })
        rig.runFrames(12)
        const frames = rig.sent.map(pixelsOf)
        for (const sent of rig.sent) expect(wrongPixels(rig, sent)).toBe(0)
        expect(
            new Set(frames.map(frame => Buffer.from(frame).toString("latin1")))
                .size
        ).toBe(12)
    })

    it("is refused for a frame that was never sent", () => {
        const rig = new Mt9v034Rig()
        const { frame } = rig.runFrames(1)
        expect(() => rig.sensor.expected({ ...frame, sequence: 9 })).toThrow(
            /frame 9 is not one of the last/
        )
    })
})

describe("MT9V034 run twice", () => {
    it("sends the same bytes at the same times, unusable frames included", () => {
        const run = () => {
            const rig = new Mt9v034Rig({ scene: noiseScene(FIELD, 3) })
            rig.runIntoFrame()
            rig.writeSetup({ width: 100, height: 50, hblank: 604 })
            rig.runFrames(4)
            return rig
        }
        const [a, b] = [run(), run()]
        const pairs = a.sent.map((sent, n) =>
            differences(pixelsOf(sent), pixelsOf(b.sent[n]!))
        )
        expect(pairs).toEqual([0, 0, 0, 0])
        expect(a.edges).toEqual(b.edges)
    })
})
