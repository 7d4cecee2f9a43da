// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import { differences } from "../../../../host/targets/camera-control.ts"
import {
    parsePageMessage,
    planOf,
    type ViewRequest,
} from "../../../../host/view/messages/messages.ts"
import {
    PixelFormat,
    Strategy,
    TestPattern,
    TimingMode,
} from "../../../../protocol/capture.ts"

const request: ViewRequest = {
    window: { x: 10, y: 20, width: 220, height: 200 },
    binning: 1,
    fps: 120,
    strategy: Strategy.AUTO,
    format: PixelFormat.AUTO,
    exposureUs: 0,
    gain: 0,
    testPattern: TestPattern.NONE,
}

describe("messages of a page", () => {
    it("are taken when they are complete", () => {
        const message = { type: "want", request }

        expect(parsePageMessage(JSON.stringify(message))).toEqual(message)
    })

    it.each([
        ["no JSON", "{"],
        ["null", "null"],
        ["another type", '{"type":"exec"}'],
        ["a switch that is none", '{"type":"streaming","on":1}'],
        ["no request", '{"type":"want"}'],
        ["a window below 0", want({ window: { ...request.window, x: -1 } })],
        [
            "a window of nothing",
            want({ window: { ...request.window, width: 0 } }),
        ],
        ["parts of pixels", want({ window: { ...request.window, y: 0.5 } })],
        ["an unknown strategy", want({ strategy: "magic" })],
        ["text for a number", want({ fps: "120" })],
        ["a binning that is none", want({ binning: 3 })],
        ["no binning", want({ binning: undefined })],
        ["an endless gain", want({ gain: 1e9 })],
    ])("are refused: %s", (_, text) => {
        expect(parsePageMessage(text)).toBeUndefined()
    })

    it.each([
        { type: "update" },
        { type: "reduce", reduction: 0 },
        { type: "reduce", reduction: 4 },
        { type: "inject", fault: { fault: "row-lost", row: 3 } },
    ])("for a board are taken: %j", message => {
        expect(parsePageMessage(JSON.stringify(message))).toEqual(message)
    })

    it("ask for no reduction that there is not", () => {
        const text = '{"type":"reduce","reduction":3}'

        expect(parsePageMessage(text)).toBeUndefined()
    })

    it("keep nothing that nobody asked for", () => {
        const text = want({ extra: "../../etc/passwd" })

        expect(parsePageMessage(text)).toEqual({ type: "want", request })
    })
})

describe("a request of a page", () => {
    it("is planned as fast as possible at 0 fps", () => {
        expect(planOf({ ...request, fps: 0 })).toEqual({
            window: request.window,
            strategy: Strategy.AUTO,
            format: PixelFormat.AUTO,
            fps: 0,
            timing: TimingMode.FASTEST,
            binning: 1,
        })
    })

    it("becomes writes of the registers that differ", () => {
        const after: ViewRequest = {
            ...request,
            window: { ...request.window, x: 12 },
            binning: 4,
            fps: 59.94,
            gain: 1.5,
        }

        expect(differences(request, after)).toEqual({
            window: { x: 12, y: 20, width: 220, height: 200 },
            binning: { value: 4 },
            fps: { value: 59940 },
            gain: { value: 24 },
        })
    })

    it("becomes writes of all registers when nothing is known", () => {
        expect(Object.keys(differences(undefined, request))).toHaveLength(8)
    })
})

function want(change: Record<string, unknown>): string {
    return JSON.stringify({ type: "want", request: { ...request, ...change } })
}
