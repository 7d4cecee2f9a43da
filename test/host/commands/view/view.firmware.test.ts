// SPDX-License-Identifier: MIT
// `camscript view` as a whole, where there is nothing to look at: it ends, with the reason and nothing else.

import { Command } from "commander"
import { expect, it } from "vitest"
import {
    addViewOptions,
    viewOptions,
    type ViewFlags,
} from "../../../../host/commands/view/view-options.ts"
import { view } from "../../../../host/commands/view/view.ts"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"

const WINDOW = ["--window", "700x400", "--no-open", "--port", "0"]

function start(...args: readonly string[]): Promise<void> {
    const command = addViewOptions(new Command())
    const flags: ViewFlags = command.parse(args, { from: "user" }).opts()
    return view(viewOptions(flags, process.cwd(), []), recordingTerminal())
}

it.each([
    { target: "the simulator", args: WINDOW },
    {
        target: "the emulated board",
        args: ["--target", "emulator", ...WINDOW],
    },
])(
    "ends with the program's reason when it never captures on $target",
    async ({ args }) => {
        await expect(start(...args)).rejects.toThrow(
            /^window 700x400 needs 280000 bytes per frame; the board has 79360 bytes of frame memory/
        )
    }
)
