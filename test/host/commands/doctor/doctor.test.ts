// SPDX-License-Identifier: MIT

import { chmodSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
    doctor,
    toolCheck,
    type Check,
} from "../../../../host/commands/doctor/doctor.ts"
import { TOOLS } from "../../../../toolchain/tools.mjs"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"

const GOOD: Check = {
    name: "air",
    remedy: "open a window",
    look: () => "fresh",
}
const BAD: Check = {
    name: "water",
    remedy: "drink",
    look: () => {
        throw new Error("the glass is empty")
    },
}

describe("doctor", () => {
    it("is content when every check is", async () => {
        const terminal = recordingTerminal()

        expect(await doctor(terminal, false, [GOOD])).toBe(true)
        expect(terminal.stdout).toMatch(/ok +air +fresh/)
    })

    it("says what is wrong and how to mend it", async () => {
        const terminal = recordingTerminal()

        expect(await doctor(terminal, false, [GOOD, BAD])).toBe(false)
        expect(terminal.stdout).toMatch(/missing +water +the glass is empty/)
        expect(terminal.stdout).toMatch(/to mend it: drink/)
        expect(terminal.stdout).toMatch(/1 of 2 checks failed/)
    })

    it("prints one JSON object and nothing else when asked", async () => {
        const terminal = recordingTerminal()

        await doctor(terminal, true, [GOOD, BAD])

        expect(JSON.parse(terminal.stdout)).toEqual({
            ok: false,
            checks: [
                {
                    name: "air",
                    ok: true,
                    optional: false,
                    purpose: null,
                    found: "fresh",
                    remedy: null,
                },
                {
                    name: "water",
                    ok: false,
                    optional: false,
                    purpose: null,
                    found: "the glass is empty",
                    remedy: "drink",
                },
            ],
        })
        expect(terminal.stderr).toBe("")
    })
})

describe("optional parts", () => {
    const OPTIONAL: Check = { ...BAD, purpose: "washes hands" }

    it("that are absent are listed with purpose and remedy, and do not make the doctor fail", async () => {
        const terminal = recordingTerminal()

        expect(await doctor(terminal, false, [GOOD, OPTIONAL])).toBe(true)
        expect(terminal.stdout).toMatch(/absent +water +the glass is empty/)
        expect(terminal.stdout).toMatch(/what for: washes hands/)
        expect(terminal.stdout).toMatch(/to mend it: drink/)
        expect(terminal.stdout).toMatch(/all is well; 1 optional parts/)
    })

    it("do not hide a needed part that is missing", async () => {
        const terminal = recordingTerminal()

        expect(await doctor(terminal, false, [BAD, OPTIONAL])).toBe(false)
        expect(terminal.stdout).toMatch(/1 of 1 checks failed/)
    })

    it("are told apart in JSON", async () => {
        const terminal = recordingTerminal()

        await doctor(terminal, true, [GOOD, OPTIONAL])

        expect(JSON.parse(terminal.stdout)).toMatchObject({
            ok: true,
            checks: [
                { name: "air", optional: false },
                { name: "water", ok: false, optional: true },
            ],
        })
    })
})

describe("tools", () => {
    const unicorn = TOOLS.find(tool => tool.name === "Unicorn 2")!

    it("are found where they are, with their version", async () => {
        const folder = mkdtempSync(join(tmpdir(), "camscript-doctor-"))
        const file = join(folder, "tool")
        writeFileSync(file, "#!/bin/sh\necho tool version 7.8.9\n")
        chmodSync(file, 0o755)
        const check = toolCheck({ ...unicorn, name: "t", find: () => file })

        expect(await check.look()).toBe(`${file}, version 7.8.9`)
    })

    it("that are absent say which package has them", async () => {
        const check = toolCheck({ ...unicorn, find: () => undefined })

        await expect(check.look()).rejects.toThrow("not found")
        expect(check.remedy).toMatch(/npm run setup.*libunicorn2/)
    })

    it("Unicorn that is no library for this Node is not taken for one", async () => {
        const check = toolCheck({
            ...unicorn,
            find: () => import.meta.filename,
        })

        await expect(check.look()).rejects.toThrow()
    })

    it("Unicorn loads through koffi", async () => {
        expect(await toolCheck(unicorn).look()).toMatch(/loads, version 2\./)
    })
})
