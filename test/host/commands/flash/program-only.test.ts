// SPDX-License-Identifier: MIT
// --program-only looks at the port before it builds anything.

import { expect, it } from "vitest"
import { readBoard } from "../../../../boards/board-file.ts"
import { FLASH_PARTS } from "../../../../host/commands/flash/flash-parts.ts"

it("refuses a port that does not open, before it finds out that the program is not there", async () => {
    const update = FLASH_PARTS.updateProgram({
        board: readBoard("nucleo-f446re"),
        app: "/no-such-program.ts",
        port: "/dev/no-such-port",
        progress: () => {},
    })
    await expect(update).rejects.toThrow(/\/dev\/no-such-port does not open/)
})
