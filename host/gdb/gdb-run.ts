// SPDX-License-Identifier: MIT
// What --gdb wants of one run: a server that holds the machine at reset. Without the option nothing.

import type { EmulatedBoard } from "../../sim/emulated-board.ts"
import type { ForeignRun } from "../../sim/foreign/foreign-run.ts"
import type { Terminal } from "../terminal.ts"
import type { Debuggee } from "./debuggee.ts"
import { GdbServer } from "./gdb-server.ts"

/** One run that may be debugged. Whoever makes the machine tells it; `close` comes at the end. */
export class GdbRun {
    private server: GdbServer | undefined

    constructor(
        /** TCP; undefined: no debugger. */
        private readonly port: number | undefined,
        private readonly terminal: Terminal
    ) {}

    /** An emulated board was made. @throws UsageError when the port cannot be had */
    emulated(board: EmulatedBoard, again: () => EmulatedBoard): Promise<void> {
        const debuggee = (one: EmulatedBoard): Debuggee =>
            machine(one, seconds => one.run({ seconds }))
        return this.open(debuggee(board), () => debuggee(again()))
    }

    /** A run of another firmware was made. @throws UsageError when the port cannot be had */
    foreign(run: ForeignRun, again: () => ForeignRun): Promise<void> {
        const debuggee = (one: ForeignRun): Debuggee =>
            machine(one, seconds => one.run(seconds))
        return this.open(debuggee(run), () => debuggee(again()))
    }

    /** The run is over. @param problem what ended it before its time */
    close(problem?: string): void {
        this.server?.close(problem)
        this.server = undefined
    }

    private async open(
        present: Debuggee,
        again: () => Debuggee
    ): Promise<void> {
        if (this.port === undefined) return
        this.server = await GdbServer.open(this.port, present, again)
        const { port } = this.server
        this.terminal.err(
            `camscript: waiting for GDB: target remote localhost:${port}\n`
        )
    }
}

function machine(
    one: EmulatedBoard | ForeignRun,
    runTo: (seconds: number) => void
): Debuggee {
    return {
        ...{ mcu: one.mcu, chip: one.chip, sensor: one.sensor, runTo },
        memoryAt: (address, bytes) => one.memoryAt(address, bytes),
        get seconds() {
            return one.seconds
        },
        close: () => one.close(),
    }
}
