// SPDX-License-Identifier: MIT
// What `camscript run --target PORT --json` prints is what docs/json.md says, in its order.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
    makePortReport,
    portTable,
} from "../../host/commands/run/port-report.ts"
import type { LinkOutcome } from "../../host/targets/target.ts"
import { eachCounter } from "../../protocol/counters.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import { SAMPLE_MODE } from "../support/host/sample-run.ts"

const OUTCOME: LinkOutcome = {
    kind: "link",
    program: "main.ts",
    baud: 921_600,
    mode: SAMPLE_MODE,
    counters: eachCounter(name => name.length),
    corrupt: 1,
    missed: 2,
    wholeFrames: 3,
    pixelBytesPerSecond: 80_000,
}

function report(changes: Partial<LinkOutcome> = {}) {
    return makePortReport({
        board: "nucleo-f446re",
        outcome: { ...OUTCOME, ...changes },
        images: 4,
        files: ["out/frame-000001.png"],
    })
}

/** Rows of the section's table: the field, and the names that its meaning lists. */
function documented(): Map<string, string[]> {
    const text = readFileSync(join(projectRoot, "docs", "json.md"), "utf8")
    const start = text.indexOf("## `camscript run --target PORT --json`")
    const section = text.slice(start, text.indexOf("\n## ", start + 1))
    const rows = section.matchAll(/^\| `(\w+)` +\| [^|]+ \| (.*) \|$/gm)
    return new Map(
        [...rows].map(([, field, meaning]) => [
            field!,
            [...meaning!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
        ])
    )
}

describe("the report of a run at a port", () => {
    it("has exactly the documented fields", () => {
        expect(Object.keys(report())).toEqual([...documented().keys()])
    })

    it("has exactly the documented counters and parts of the mode", () => {
        const names = documented()

        expect(Object.keys(report().counters)).toEqual(names.get("counters"))
        expect(
            Object.keys(report().mode).filter(
                name => !names.get("mode")!.includes(name)
            )
        ).toEqual([])
        // Beside its parts it names one of its strategies.
        expect(names.get("mode")).toEqual([
            ...Object.keys(report().mode),
            "line",
        ])
    })

    it("has no rate when there is none", () => {
        expect(
            report({ pixelBytesPerSecond: undefined }).pixelBytesPerSecond
        ).toBeNull()
    })

    it("is a table for people, with the share of the line", () => {
        expect(portTable(report()).join("\n")).toContain(
            "4 images, 3 of one frame each, 80000 pixel bytes/s: 87 % of 921600 baud"
        )
        expect(
            portTable(report({ pixelBytesPerSecond: undefined })).join("\n")
        ).not.toContain("baud")
    })
})
