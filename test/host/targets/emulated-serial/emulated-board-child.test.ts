// SPDX-License-Identifier: MIT
import { expect, it } from "vitest"
import { startEmulatedBoard } from "../../../../host/targets/emulated-serial/emulated-board-child.ts"

it("gives the emulated board's own reason when it does not start", async () => {
    const said: string[] = []
    const starting = startEmulatedBoard(["--board", "nope"], text =>
        said.push(text)
    )

    await expect(starting).rejects.toThrow(/^--board nope is unknown: boards\//)
    expect(said.join("")).toMatch(/^camscript: --board nope/)
})
