// SPDX-License-Identifier: MIT
// Board files that are not as they should be: each is a board, or refused in one paragraph.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import { parseBoard, type BoardJson } from "../../boards/board-file.ts"
import { readBoardJson } from "../../boards/board-shape.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import { damaged, refusalOf, tries } from "../support/malformed/damage.ts"

const folder = mkdtempSync(join(tmpdir(), "camscript-malformed-board-"))
afterAll(() => rmSync(folder, { recursive: true }))

const BOARDS = ["nucleo-f446re", "stm32f407ve"]
const texts = BOARDS.map(name =>
    readFileSync(join(projectRoot, "boards", `${name}.json`), "utf8")
)

function read(text: string | Uint8Array): void {
    const path = join(folder, "board.json")
    writeFileSync(path, text)
    const json = readBoardJson(path) as BoardJson
    for (const sensor of ["mt9v034", "ov2640"] as const)
        parseBoard(json, sensor)
}

/** Each place of a value in JSON: the fields that lead there. */
function placesOf(
    value: unknown,
    at: readonly string[] = []
): (readonly string[])[] {
    if (typeof value !== "object" || value === null) return [at]
    return [
        at,
        ...Object.entries(value).flatMap(([name, inner]) =>
            placesOf(inner, [...at, name])
        ),
    ]
}

/** What may stand where something else should. */
const values = fc.oneof(
    fc.constantFrom<unknown>(
        ...[0, -1, 1, 2, 0.5, 1e9, 1e15, 1e300, -1e300, 2 ** 31, 2 ** 32],
        ...["", "0", "0x20000000", "-0x1", "0xffffffff", "PA0", "PZ99", "none"],
        ...["SRAM1", "CCM", "__proto__", "constructor", true, false, null],
        ...[[], [[]], {}, [{}], { pin: "PA0", af: 99 }]
    ),
    fc.integer(),
    fc.double(),
    fc.string()
)

/** A board with other values at some places, or without. */
const changedBoards = fc
    .constantFrom(...texts)
    .chain(text => {
        const places = placesOf(JSON.parse(text)).slice(1)
        const change = fc.tuple(
            fc.constantFrom(...places),
            fc.option(values, { freq: 5, nil: undefined })
        )
        return fc.tuple(
            fc.constant(text),
            fc.array(change, { minLength: 1, maxLength: 3 })
        )
    })
    .map(([text, changes]) => {
        const board = JSON.parse(text) as Record<string, unknown>
        for (const [path, value] of changes) {
            let inside: Record<string, unknown> | undefined = board
            for (const name of path.slice(0, -1))
                inside = inside?.[name] as Record<string, unknown> | undefined
            // An earlier change may have taken its place away.
            if (typeof inside !== "object" || inside === null) continue
            inside[path.at(-1)!] = value
        }
        return JSON.stringify(board)
    })

describe("a board file that is not as it should be", () => {
    it("is a board or refused in one paragraph: other values", async () => {
        let refused = 0
        await fc.assert(
            fc.asyncProperty(changedBoards, async text => {
                if ((await refusalOf(() => read(text))) !== undefined) refused++
            }),
            { numRuns: tries(600) }
        )
        expect(refused).toBeGreaterThan(tries(600) / 2)
    })

    it("is a board or refused in one paragraph: damaged text", async () => {
        const bytes = new TextEncoder().encode(texts[0])
        await fc.assert(
            fc.asyncProperty(damaged(bytes, [0]), async file => {
                await refusalOf(() => read(file))
            }),
            { numRuns: tries(200) }
        )
    })

    it("is a board when it is as it should be", async () => {
        for (const text of texts)
            expect(await refusalOf(() => read(text))).toBe(undefined)
    })
})
