// SPDX-License-Identifier: MIT
// One run of the self-test's program, in a simulation, on an emulated board, or on a board behind a port.

import type { BoardFile } from "../../../boards/board-file.ts"
import { CamscriptError } from "../../../protocol/errors.ts"
import { connectBoard } from "../../targets/board/connected-board.ts"
import { interruptible } from "../../interruption.ts"
import { LinkClient } from "../../link/link-client.ts"
import { openSerialPort } from "../../link/serial-port.ts"
import { realTimer, type Timer } from "../../link/timer.ts"
import { isPort } from "../../target-options.ts"
import { openTarget } from "../../targets/open-target.ts"
import { MeasurementReader, type Measurements } from "./judge/measurements.ts"
import type { SelftestOptions } from "./selftest-options.ts"

/** Virtual time: a self-test takes 0.5 to 12 s, the longest without frames. */
const SECONDS_MAX = 60
const STEP_SECONDS = 0.1
/** Between two lines of a board: also an emulated one on a busy computer. */
const PATIENCE_MS = 60_000

/** What was measured, and on which board. */
export interface Measured {
    readonly board: BoardFile
    readonly measurements: Measurements
}

/**
 * Let the program measure.
 * @param timer for the answers of a board behind a port
 * @throws CamscriptError when the program ends, or a board does not run it
 */
export function measure(
    options: SelftestOptions,
    timer: Timer = realTimer
): Promise<Measured> {
    return isPort(options.target)
        ? measureAtPort(options, timer)
        : measureInProcess(options)
}

async function measureInProcess(options: SelftestOptions): Promise<Measured> {
    const reader = new MeasurementReader()
    const target = await openTarget(options, {
        onConsole: line => reader.take(line),
    })
    try {
        await interruptible(async signal => {
            let seconds = 0
            while (!reader.measurements && seconds < SECONDS_MAX) {
                seconds += STEP_SECONDS
                await target.run({ seconds }, { signal })
            }
        })
    } finally {
        await target.close()
    }
    if (!reader.measurements)
        throw new CamscriptError(
            `the self-test's program came to no end in ${SECONDS_MAX} s of simulated time`
        )
    return { board: target.board, measurements: reader.measurements }
}

async function measureAtPort(
    { target: path, sensor }: SelftestOptions,
    timer: Timer
): Promise<Measured> {
    const port = await openSerialPort(path)
    const client = new LinkClient({ stream: port, timer })
    const reader = new MeasurementReader()
    let heard = (): void => {}
    let problem: Error | undefined
    const take = (line: string): void => {
        try {
            reader.take(line)
        } catch (error) {
            problem = error as Error
        }
        heard()
    }
    client.onLog = (_kind, line, droppedBefore) => {
        if (droppedBefore > 0) reader.restart()
        take(line)
    }
    client.onText = take
    try {
        const { board, welcome } = await connectBoard(client, sensor)
        await interruptible(
            signal =>
                new Promise<void>((resolve, reject) => {
                    const fail = (): void =>
                        reject(noSelftest(path, welcome.board, welcome.program))
                    let endPatience = timer.after(PATIENCE_MS, fail)
                    port.onLost = reason =>
                        reject(
                            new CamscriptError(
                                `port ${path} is gone: ${reason}`
                            )
                        )
                    signal.addEventListener("abort", () =>
                        reject(signal.reason as Error)
                    )
                    heard = () => {
                        if (problem) reject(problem)
                        if (!reader.begun) return
                        endPatience()
                        endPatience = timer.after(PATIENCE_MS, fail)
                        if (!reader.measurements) return
                        endPatience()
                        resolve()
                    }
                    heard()
                })
        )
        return { board, measurements: reader.measurements! }
    } finally {
        client.close()
        await port.close()
    }
}

function noSelftest(
    path: string,
    board: string,
    program: string
): CamscriptError {
    return new CamscriptError(
        `the board at ${path} (${board}) says nothing of a self-test for ${PATIENCE_MS / 1000} s: it runs ${program || "no program"}. Give it the self-test's program: camscript flash --board ${board} --program-only --port ${path} --app src/selftest/main.ts`
    )
}
