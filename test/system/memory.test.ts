// SPDX-License-Identifier: MIT
// Memory does not grow with the length of a run: what is alive after many frames is what was alive after few.

import { describe, expect, it } from "vitest"
import type { SensorName, StrategyName } from "../../protocol/names.ts"
import { liveMemory } from "../support/system/memory.ts"

const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"

/** A sensor model remembers the last 1,024 frames: their number is full then. */
const SETTLED = 2000
const FAR = 20_000
/** In line mode a frame has an interrupt for each row of the sensor, and takes as long as twenty of the others. */
const LINE_SETTLED = LONG ? SETTLED : 1100
const LINE_FAR = LONG ? FAR : 2300

/** One object per frame would be 1,200 more at least; that a run of any length has the same number is what is meant. */
const OBJECTS_MORE_MAX = 400
/**
 * A string per frame, which is no object, takes 32 bytes with its place in a list. The compiler's own growth while it
 * optimizes is 350 KB in 18,000 frames, 20 bytes each.
 */
const BYTES_PER_FRAME_MAX = 30
const BUFFER_BYTES_MORE_MAX = 64 * 1024

const RUNS: readonly (readonly [
    SensorName,
    StrategyName,
    "vcd" | "plain",
    number,
    number,
])[] = [
    ["mt9v034", "sensor-window", "plain", SETTLED, FAR],
    ["ov2640", "sensor-window", "plain", SETTLED, FAR],
    ["mt9v034", "sensor-window", "vcd", 1100, 4000],
    ["mt9v034", "line", "plain", LINE_SETTLED, LINE_FAR],
    ["ov2640", "line", "plain", LINE_SETTLED, LINE_FAR],
]

describe("memory of a long run", () => {
    it.each(RUNS)(
        "%s by %s, %s: after %d frames as after %d",
        async (sensor, strategy, waveforms, few, many) => {
            const [before, after] = await liveMemory(
                sensor,
                strategy,
                waveforms,
                [few, many]
            )

            expect(after!.frames - before!.frames).toBe(many - few)
            const objects = after!.objects - before!.objects
            expect(objects).toBeLessThan(OBJECTS_MORE_MAX)
            const buffers = after!.arrayBufferBytes - before!.arrayBufferBytes
            expect(buffers).toBeLessThan(BUFFER_BYTES_MORE_MAX)
            if (many < FAR) return
            const bytes = after!.heapBytes - before!.heapBytes
            expect(bytes / (many - few)).toBeLessThan(BYTES_PER_FRAME_MAX)
        }
    )
})
