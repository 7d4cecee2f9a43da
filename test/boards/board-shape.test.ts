// SPDX-License-Identifier: MIT
// A broken board file is told by the place that is broken.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readBoardJson } from "../../boards/board-shape.ts"
import { UsageError } from "../../protocol/errors.ts"
import { projectRoot } from "../../toolchain/paths.ts"

const folder = mkdtempSync(join(tmpdir(), "camscript-board-"))
const whole = readFileSync(
    join(projectRoot, "boards", "nucleo-f446re.json"),
    "utf8"
)

/** What reading a file of that text throws. */
function refused(text: string): unknown {
    const path = join(folder, "board.json")
    writeFileSync(path, text)
    try {
        readBoardJson(path)
    } catch (error) {
        return error
    }
    return undefined
}

describe("a broken board file", () => {
    it.each([
        ["half of it", whole.slice(0, 700), /it is not JSON \(.+\)$/],
        ["nothing", "", /it is not JSON/],
        // What the message quotes of the file has line ends.
        ["a line too many", `{\n  "name":\n,\n}`, /it is not JSON \([^\n]+\)$/],
        ["a list", "[]", /the whole has to be an object, not \[\]/],
        ["null", "null", /the whole has to be an object, not null/],
        [
            "no hse",
            whole.replace('"hse"', '"hs"'),
            /: hse has to be an object, and is missing$/,
        ],
        [
            "text for a number",
            whole.replace('"m": 8', '"m": "8"'),
            /: pll\.m has to be a number, not "8"$/,
        ],
        [
            "memory without its address",
            whole.replace('"address": "0x20000000",', ""),
            /: memories\.0\.address has to be a string, and is missing$/,
        ],
        [
            "a pin that is none",
            whole.replace('{ "pin": "PA6", "af": 13 }', "7"),
            /: sensor\.dcmi\.PIXCLK has to be an object, not 7$/,
        ],
    ])("with %s", (_, text, message) => {
        const error = refused(text)

        expect(error).toBeInstanceOf(UsageError)
        expect((error as Error).message).toMatch(message)
    })

    it("that is a device is not read", () => {
        expect(() => readBoardJson("/dev/zero")).toThrow(
            /^\/dev\/zero is not a board file: it is no regular file$/
        )
    })

    it("of more than a megabyte is not read", () => {
        expect(refused(" ".repeat((1 << 20) + 1))).toHaveProperty(
            "message",
            expect.stringMatching(/it has 1048577 bytes, one has 1048576/)
        )
    })
})
