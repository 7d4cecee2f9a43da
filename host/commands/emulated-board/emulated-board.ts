// SPDX-License-Identifier: MIT
// `camscript emulated-board`: an emulated board on a pseudo terminal, for whatever opens serial ports.

import { readBoard } from "../../../boards/board-file.ts"
import { prepareEmulation } from "../../targets/in-process/prepare-emulation.ts"
import { EmulatedSerial } from "../../targets/emulated-serial/emulated-serial.ts"
import { openPseudoTerminal } from "../../targets/emulated-serial/pseudo-terminal.ts"
import { MachineFaults, type FaultIpc } from "../../targets/fault-bench.ts"
import type { EmulatedBoardOptions } from "./emulated-board-options.ts"
import { serveBoard } from "../../targets/emulated-serial/serial-board.ts"
import type { Terminal } from "../../terminal.ts"

/** Between two reports of injected faults to whoever started this board. */
const TELL_MS = 500

/**
 * Boot the board, print the path of its port on stdout, and run it until --seconds are over or a signal comes.
 * @throws CamscriptError
 */
export async function emulatedBoard(
    options: EmulatedBoardOptions,
    terminal: Terminal
): Promise<void> {
    const port = openPseudoTerminal()
    let stopped = false
    const stop = (): void => void (stopped = true)
    // Whoever started this board with a channel to it is gone.
    process.once("disconnect", stop)
    try {
        const board = await prepareEmulation(
            options,
            readBoard(options.board, options.sensor),
            {}
        )
        const faults = new MachineFaults(board, options.faults !== undefined)
        // The live view injects, and is told.
        const hear = (message: unknown): void => {
            const told = message as FaultIpc
            if (told.type === "inject") faults.inject(told.fault)
        }
        process.on("message", hear)
        const tell = setInterval(
            () => process.send?.({ type: "faults", state: faults.state }),
            TELL_MS
        )
        process.once("SIGINT", stop).once("SIGTERM", stop)
        try {
            terminal.out(`${port.path}\n`)
            const limit = options.seconds ?? Infinity
            const traffic = await serveBoard({
                serial: new EmulatedSerial(board),
                terminal: port,
                seconds: () => board.seconds,
                done: () => stopped || board.seconds >= limit,
            })
            if (!options.quiet)
                terminal.err(
                    `${board.seconds.toFixed(2)} s of the board's time: ${traffic.toHostBytes} bytes to the host, ` +
                        `${traffic.lostBytes} that nobody took, ${traffic.toBoardBytes} to the board\n`
                )
        } finally {
            clearInterval(tell)
            process.off("message", hear)
            process.off("SIGINT", stop).off("SIGTERM", stop)
            board.close()
        }
    } finally {
        process.off("disconnect", stop)
        port.close()
    }
}
