// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { sharesOf } from "../../../../host/commands/bench/cpu-shares.ts"

const sim = new URL("../../../../sim", import.meta.url).href

function node(url: string, functionName: string, hitCount: number) {
    return {
        id: 0,
        hitCount,
        callFrame: {
            url,
            functionName,
            scriptId: "0",
            lineNumber: 0,
            columnNumber: 0,
        },
    }
}

describe("shares of a profile", () => {
    it("add up samples by source folder and by wasm module", () => {
        const shares = sharesOf({
            nodes: [
                node(`${sim}/sensors/mt9v034/pixels/renderer.ts`, "render", 10),
                node(`${sim}/scene/chart.ts`, "at", 10),
                node(`${sim}/stm32/dcmi/dcmi.ts`, "line", 20),
                node(`${sim}/native-code.ts`, "spend", 2),
                node("wasm://wasm/aaaa", "cam_poll", 5),
                node("wasm://wasm/aaaa", "wasm-function[3]", 3),
                node("wasm://wasm/bbbb", "devs_fiber_run", 30),
                node(`${sim}/observe/capture-observer.ts`, "judge", 15),
                node("", "(garbage collector)", 5),
            ],
        })

        expect([...shares]).toEqual([
            ["scene and sensor", 0.2],
            ["silicon: bus, DCMI, DMA", 0.2],
            ["native C", 0.1],
            ["VM", 0.3],
            ["checking and copying", 0.15],
            ["garbage collection", 0.05],
            ["other", 0],
        ])
    })

    it("are all zero without samples", () => {
        expect(
            [...sharesOf({ nodes: [] }).values()].every(share => share === 0)
        ).toBe(true)
    })
})
