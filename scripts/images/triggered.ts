// SPDX-License-Identifier: MIT
// example-triggered.svg: one trigger on a scope, from the pulse to the frame.

import { writeFileSync } from "node:fs"
import type { Level } from "../../sim/wires/parallel-bus.ts"
import { Mt9v034Model } from "../../sim/sensors/mt9v034/mt9v034-model.ts"
import { simulate } from "../../sim/testing.ts"
import { CaptureTrace } from "../../sim/trace/capture-trace.ts"
import { scopeSvg, type ScopeChannel } from "../../sim/trace/scope-svg.ts"
import type { Change } from "../../sim/trace/signal-trace.ts"
import { imageFile } from "./image-file.ts"

/** Of the frames after the one that settles. */
const SHOWN = 3

export async function triggeredImage(): Promise<void> {
    const trace = new CaptureTrace()
    const pulses: Change[] = []
    const flashes: Change[] = []
    const { frames } = await simulate({
        app: "src/examples/triggered.ts",
        frames: SHOWN + 2,
        trace,
        prepare: ({ sensor, clock }) => {
            if (!(sensor instanceof Mt9v034Model))
                throw new Error("not the sensor that has a LED_OUT")
            const set = sensor.setExposurePin.bind(sensor)
            sensor.setExposurePin = (level: Level) => {
                pulses.push([clock.nowNs, level])
                set(level)
            }
            sensor.onLedOut = level => flashes.push([clock.nowNs, level])
        },
    })
    const { sent } = frames[SHOWN]!
    const pulseNs = pulses.findLast(
        ([timeNs, level]) => level === 1 && timeNs <= sent.exposureStartNs!
    )![0]
    const endNs = sent.endNs
    const channel = (
        number: number,
        label: string,
        detail: string,
        colour: string,
        changes: readonly Change[]
    ): ScopeChannel => ({
        label: `${number}  ${label}`,
        detail,
        colour,
        changes,
    })
    const ms = (fromNs: number, toNs: number) =>
        `${((toNs - fromNs) / 1e6).toFixed(2)} ms`
    const channels = [
        channel(1, "EXPOSURE", "the trigger, 10 µs", "#ffd23f", pulses),
        channel(2, "LED_OUT", "light is collected", "#f472b6", flashes),
        channel(
            3,
            "frame valid",
            `${sent.rows} rows`,
            "#4cc9f0",
            trace.changesOf("frameValid")
        ),
        channel(
            4,
            "line valid",
            `${sent.columns} pixels each`,
            "#8bd450",
            trace.changesOf("lineValid")
        ),
        channel(
            5,
            "capture active",
            "of the DCMI",
            "#ff9f45",
            trace.changesOf("capture")
        ),
    ]
    const svg = scopeSvg(
        `MT9V034, a frame per trigger: ${sent.columns}x${sent.rows}, 3 ms of exposure`,
        [
            {
                title: "one trigger; time 0 is the rising edge of EXPOSURE",
                startNs: pulseNs - 0.5e6,
                endNs: endNs + 0.8e6,
                originNs: pulseNs,
                channels,
                spans: [
                    {
                        fromNs: sent.exposureStartNs!,
                        toNs: sent.exposureEndNs!,
                        label: `${ms(sent.exposureStartNs!, sent.exposureEndNs!)} of exposure`,
                    },
                    {
                        fromNs: sent.startNs,
                        toNs: endNs,
                        label: `${ms(sent.startNs, endNs)} readout: a pulse before its end is ignored`,
                    },
                ],
            },
            {
                title: "the trigger, enlarged",
                startNs: pulseNs - 5e3,
                endNs: pulseNs + 19.5e3,
                originNs: pulseNs,
                channels: channels.slice(0, 2),
                marks: [
                    {
                        timeNs: sent.exposureStartNs!,
                        label: `exposure starts ${(sent.exposureStartNs! - pulseNs).toFixed(0)} ns after the edge: at the sensor's next clock`,
                    },
                ],
            },
        ]
    )
    writeFileSync(imageFile("example-triggered.svg"), svg)
}
