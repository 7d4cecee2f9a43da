// SPDX-License-Identifier: MIT
// The capture's interrupts against its thread, in every order at every access to memory (docs/decisions/capture/0025).

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
    nativeSources,
    type Sources,
} from "../../toolchain/wasm/compile-native.ts"
import {
    buildInterleavings,
    search,
    type Scenario,
} from "../support/native/interleavings/build.ts"

/** Set by `npm run test:long`. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"

const PIN = ["next", "pin", "release"] as const

const SHORT_SCENARIOS: Readonly<Record<string, Scenario>> = {
    "one buffer": { buffers: 1, frames: 2, calls: 1, outcomes: 2, late: 1 },
    "two buffers, two calls": {
        buffers: 2,
        frames: 2,
        calls: 2,
        outcomes: 1,
        late: 1,
    },
    "two buffers, a frame that goes wrong": {
        buffers: 2,
        frames: 2,
        wholeFrames: 1,
        calls: 1,
        outcomes: 4,
        late: 1,
    },
    "a crop window, a frame that drains": {
        buffers: 2,
        crop: true,
        frames: 2,
        wholeFrames: 1,
        calls: 1,
        outcomes: 2,
        late: 1,
    },
    "the newest frame is kept": {
        buffers: 2,
        keepNewest: true,
        frames: 3,
        calls: 1,
        outcomes: 1,
        late: 1,
    },
    "a frame that the link reads, and the millisecond's interrupt": {
        buffers: 2,
        frames: 3,
        calls: 3,
        firstCalls: PIN,
        outcomes: 1,
        late: 1,
        ticks: 1,
    },
}

const LONG_SCENARIOS: Readonly<Record<string, Scenario>> = {
    "one buffer, two calls, frames that go wrong": {
        buffers: 1,
        frames: 2,
        calls: 2,
        outcomes: 4,
        late: 2,
    },
    "a crop window, a frame that goes wrong late": {
        buffers: 2,
        crop: true,
        frames: 2,
        wholeFrames: 1,
        calls: 1,
        outcomes: 4,
        late: 2,
    },
    "two buffers, two calls, frames that drain": {
        buffers: 2,
        frames: 2,
        calls: 2,
        outcomes: 2,
        late: 1,
    },
    "a crop window, one buffer, frames that settle": {
        buffers: 1,
        crop: true,
        settle: 1,
        frames: 3,
        calls: 1,
        outcomes: 2,
        wholeFrames: 1,
        late: 1,
    },
    "the newest frame is kept, three buffers": {
        buffers: 3,
        keepNewest: true,
        frames: 4,
        calls: 1,
        outcomes: 1,
        late: 1,
    },
    "a frame that the link reads, and another call": {
        buffers: 2,
        keepNewest: true,
        frames: 3,
        calls: 4,
        firstCalls: PIN,
        outcomes: 1,
        late: 1,
        ticks: 1,
    },
}

/** A planted mistake is found. */
interface Mistake {
    readonly file: string
    readonly right: string
    readonly wrong: string
    readonly scenario: Scenario
    readonly complaint: RegExp
}

const MISTAKES: Readonly<Record<string, Mistake>> = {
    "a frame is lent with interrupts on": {
        file: "capture.c",
        right: "static cam_buffer_t *lend(void) {\n    const uint32_t irq = mmio_irq_save();",
        wrong: "static cam_buffer_t *lend(void) {\n    const uint32_t irq = 0;",
        scenario: {
            buffers: 2,
            keepNewest: true,
            frames: 3,
            calls: 1,
            outcomes: 1,
            late: 1,
        },
        complaint: /lent frame|out of order|sum of the places/,
    },
    "a frame is given back with interrupts on": {
        file: "capture.c",
        right: "CAM_NOT_LENT, index, cam_cap.buffer_count);\n    const uint32_t irq = mmio_irq_save();\n    cam_cap.lent &=",
        wrong: "CAM_NOT_LENT, index, cam_cap.buffer_count);\n    const uint32_t irq = 0;\n    cam_cap.lent &=",
        scenario: { buffers: 2, frames: 3, calls: 2, outcomes: 1, late: 1 },
        complaint: /starved, with free buffers/,
    },
    "VSYNC is judged by the FRAME of its own interrupt": {
        file: "capture_isr.c",
        right: "cam_cap.filling->end_us = end_us;\n",
        wrong: "cam_cap.filling->end_us = end_us;\n        cam_cap.frame_us = end_us;\n",
        scenario: { buffers: 2, frames: 3, calls: 1, outcomes: 2, late: 2 },
        complaint: /sum of the places/,
    },
    "a frame that drains gets the VSYNC after it": {
        file: "capture_isr.c",
        right: "cam_cap.filling != NULL && cam_cap.phase != CAM_PHASE_DRAINING",
        wrong: "cam_cap.filling != NULL",
        scenario: {
            buffers: 2,
            crop: true,
            settle: 1,
            frames: 3,
            calls: 1,
            outcomes: 2,
            wholeFrames: 2,
            late: 2,
        },
        complaint: /sequence number/,
    },
    "the link is not told that its frame is taken": {
        file: "capture_isr.c",
        right: "    cam_cap.pinned = 0;\n    return pinned;",
        wrong: "    return pinned;",
        scenario: {
            buffers: 2,
            frames: 3,
            calls: 3,
            firstCalls: PIN,
            outcomes: 1,
            late: 1,
        },
        complaint: /pinned frame|two states|sum of the places/,
    },
}

/** @returns native/ with the mistake in it */
function withMistake({ file, right, wrong }: Mistake): Sources {
    const sources = nativeSources()
    const parts = sources[file]!.split(right)
    if (parts.length !== 2)
        throw new Error(`${file}: the place of the mistake is not there once`)
    return { ...sources, [file]: parts.join(wrong) }
}

describe("the capture in every order of events", () => {
    const folder = mkdtempSync(join(tmpdir(), "camscript-interleavings-"))
    let executable: string

    beforeAll(async () => {
        executable = await buildInterleavings(join(folder, "right"))
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    it.each(
        Object.entries({
            ...SHORT_SCENARIOS,
            ...(LONG ? LONG_SCENARIOS : {}),
        })
    )(
        "%s",
        async (name, scenario) => {
            const result = await search(executable, scenario)
            if (LONG) console.log(name, JSON.stringify(result))
            expect(result.events).toBe("")
            expect(result.complaint).toBe("")
            expect(result.complete).toBe(true)
            expect(result.states).toBeGreaterThan(1000)
        },
        LONG ? 3_600_000 : undefined
    )

    it.each(Object.entries(MISTAKES))(
        "finds a planted mistake: %s",
        async (name, mistake) => {
            const wrong = await buildInterleavings(
                join(folder, name.replaceAll(/\W/g, "-")),
                withMistake(mistake)
            )
            const result = await search(wrong, mistake.scenario)
            expect(result.complaint).toMatch(mistake.complaint)
            expect(result.events).not.toBe("")
        }
    )
})
