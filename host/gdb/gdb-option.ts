// SPDX-License-Identifier: MIT
// The option --gdb.

import type { Command } from "commander"
import { numberArgument } from "../arguments.ts"

/** Add it to a command. */
export function addGdbOption(command: Command): Command {
    return command.option(
        "--gdb <port>",
        "wait at reset for GDB on this TCP port of this computer (0: any that is free), and let it debug the emulated core, backwards as well (docs/inside)",
        numberArgument("--gdb", {
            ...{ min: 0, max: 65535, integer: true },
            what: "the port",
        })
    )
}
