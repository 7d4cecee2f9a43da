// SPDX-License-Identifier: MIT
// The LCD shows what the OV2640 saw, pixel for pixel.

import { describe, expect, it } from "vitest"
import "../../../sim/failed-waveforms.ts"
import type { SensorModel } from "../../../sim/sensors/sensor-model.ts"
import { simulate } from "../../../sim/testing.ts"

const LCD = { width: 320, height: 240 }

/** Five or six bits as a screen shows them: the highest repeated below. */
function shown(level: number, bits: number): number {
    return (level << (8 - bits)) | (level >> (2 * bits - 8))
}

describe.each(["photo", "bars"])(
    "the middle of the field at a quarter on a 320x240 LCD, scene %s",
    scene => {
        it("is what the sensor sent, each of the 76,800 pixels", async () => {
            let sensor: SensorModel | undefined
            const { display, frames, counters, mode, console } = await simulate(
                {
                    app: "src/examples/ov2640-to-lcd.ts",
                    board: "nucleo-f429zi",
                    sensor: "ov2640",
                    scene,
                    frames: 30,
                    prepare: simulation => {
                        sensor = simulation.sensor
                    },
                }
            )

            const { sent } = frames.at(-1)!
            // All of its field, at a quarter.
            expect([sent.columns, sent.rows]).toEqual([400, 300])
            const bytes = sensor!.expected(sent)
            const left = (sent.columns - LCD.width) / 2
            const top = (sent.rows - LCD.height) / 2
            const wanted = new Uint8Array(3 * LCD.width * LCD.height)
            for (let y = 0; y < LCD.height; y++)
                for (let x = 0; x < LCD.width; x++) {
                    const from = 2 * ((top + y) * sent.columns + left + x)
                    const pixel = bytes[from]! | (bytes[from + 1]! << 8)
                    wanted.set(
                        [
                            shown(pixel >> 11, 5),
                            shown((pixel >> 5) & 63, 6),
                            shown(pixel & 31, 5),
                        ],
                        3 * (y * LCD.width + x)
                    )
                }
            expect(display).toMatchObject({
                widthPx: LCD.width,
                heightPx: LCD.height,
            })
            expect(Buffer.compare(display!.rgb, wanted)).toBe(0)

            expect(counters).toMatchObject({
                pixelErrors: 0,
                torn: 0,
                dropped: 0,
            })
            expect(mode).toMatchObject({ strategy: "line", format: "rgb565" })
            // The display, and two rows from the window to their end.
            expect(mode!.frameBufferBytes).toBe(2 * 320 * 240 + 2 * 2 * 360)

            // The program reads what the LCD shows.
            const at = 3 * (120 * LCD.width + 160)
            const [red, green, blue] = display!.rgb.subarray(at, at + 3)
            expect(console.at(-1)).toBe(
                `30 frames; in the middle: ${red! >> 3} ${green! >> 2} ${blue! >> 3}`
            )
        })
    }
)
