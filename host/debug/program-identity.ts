// SPDX-License-Identifier: MIT
// Does the board run the program whose sources the debugger shows?

import { createHash } from "node:crypto"
import { CamscriptError } from "../../protocol/errors.ts"
import type { JacdacLine } from "../../sim/wires/jacdac-bus.ts"
import type { Program } from "../../toolchain/devicescript/program.ts"
import { JacdacHost, type Timers } from "../jacdac/jacdac-host.ts"

/** DeviceScript's manager of programs (devicescriptmanager.md of jacdac-docs), and its register with the program's sha256. */
const MANAGER_CLASS = 0x1134ea2b
const PROGRAM_SHA256 = 0x182

/** A VM announces itself twice a second, us of its own time. */
const SILENT_US = 4_000_000

/**
 * Compare the program on a line with one that was compiled here.
 * @throws CamscriptError when no VM answers, or it runs another program
 */
export async function checkProgram(
    line: JacdacLine,
    timers: Timers,
    { name, bytecode }: Program
): Promise<void> {
    const host = new JacdacHost(line, timers)
    try {
        const silent = new Promise<undefined>(resolve =>
            timers.after(SILENT_US, () => resolve(undefined))
        )
        const read = host
            .find(MANAGER_CLASS)
            .then(manager => host.read(manager, PROGRAM_SHA256))
        const answer = await Promise.race([read, silent])
        if (answer === undefined)
            throw new CamscriptError(
                `no DeviceScript VM announced itself within ${SILENT_US / 1e6} s of the board's time: there is no program to debug`
            )
        const running = Buffer.from(answer).toString("hex")
        const own = createHash("sha256").update(bytecode).digest("hex")
        if (running !== own)
            throw new CamscriptError(
                `the board runs another program than ${name} as it is now: sha256 ${running.slice(0, 16)}... instead of ${own.slice(0, 16)}...; ` +
                    `name the program that it runs with --app, or put this one on it: camscript flash --program-only --app ${name} --port PORT`
            )
    } finally {
        host.close()
    }
}
