// SPDX-License-Identifier: MIT
// Every code has a name, every option its field.

import { describe, expect, it } from "vitest"
import {
    FORMAT_NAMES,
    PixelFormat,
    Strategy,
    STRATEGY_NAMES,
    TestPattern,
    TimingMode,
} from "../../protocol/capture.ts"
import { SensorCode } from "../../protocol/grabber-page.ts"
import {
    formatNamed,
    namedRequest,
    requestOf,
    sensorCode,
    sensorOf,
    strategyNamed,
    TEST_PATTERN_NAMES,
    TIMING_NAMES,
} from "../../protocol/names.ts"
import {
    REQUEST_OPTIONS,
    requestArguments,
} from "../../protocol/request-options.ts"

const codesOf = (codes: object) =>
    Object.values(codes).filter(code => typeof code === "number")

describe("names", () => {
    it.each([
        [Strategy, STRATEGY_NAMES],
        [PixelFormat, FORMAT_NAMES],
        [TimingMode, TIMING_NAMES],
        [TestPattern, TEST_PATTERN_NAMES],
    ])("are as many as codes, in their order (%#)", (codes, names) => {
        expect(codesOf(codes)).toEqual(names.map((_, code) => code))
    })

    it("stand for the codes that they say", () => {
        expect(strategyNamed("rows+crop")).toBe(Strategy.ROWS_CROP)
        expect(formatNamed("yuv422")).toBe(PixelFormat.YUV422)
        expect(STRATEGY_NAMES[Strategy.DCMI_CROP]).toBe("dcmi-crop")
        expect(TIMING_NAMES[TimingMode.FASTEST]).toBe("fastest")
        expect(TEST_PATTERN_NAMES[TestPattern.VERTICAL]).toBe("vertical")
        expect(sensorCode("ov2640")).toBe(SensorCode.OV2640)
        expect(sensorOf(SensorCode.MT9V034)).toBe("mt9v034")
        expect(sensorOf(SensorCode.ANY)).toBeUndefined()
    })

    it("turn a request into words and back", () => {
        const request = {
            window: { width: 4, height: 4 },
            strategy: Strategy.LINE,
            format: PixelFormat.AUTO,
            timing: TimingMode.DEFAULT,
            testPattern: TestPattern.DIAGONAL,
        }
        const named = namedRequest(request)
        expect(named).toEqual({
            window: { width: 4, height: 4 },
            strategy: "line",
            format: "auto",
            timing: "default",
            testPattern: "diagonal",
        })
        expect(requestOf(named)).toEqual(request)
        expect(JSON.stringify(namedRequest({ fps: 1 }))).toBe('{"fps":1}')
    })
})

describe("options of a request", () => {
    it("are one for each field", () => {
        const fields = REQUEST_OPTIONS.map(({ field }) => field)
        expect(new Set(fields).size).toBe(fields.length)
    })

    it("are written as the command line reads them", () => {
        expect(
            requestArguments({
                window: { width: 220, height: 100, x: 4, y: 0 },
                size: { width: 32, height: 24 },
                fps: 59.94,
                strategy: Strategy.ROWS_CROP,
                testPattern: TestPattern.VERTICAL,
                exposureUs: 200,
                binning: 2,
            })
        ).toEqual([
            ...["--window", "220x100+4+0", "--size", "32x24"],
            ...["--binning", "2"],
            ...["--fps", "59.94", "--strategy", "rows+crop"],
            ...["--exposure", "200", "--test-pattern", "vertical"],
        ])
    })
})
