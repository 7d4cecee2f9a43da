// SPDX-License-Identifier: MIT
// A DAP client on the program of an emulated board behind its pseudo terminal: the VM's debug service works behind the gate,
// and whoever watches over the program knows that a debugger holds it.

import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { DebugServer } from "../../host/debug/debug-server.ts"
import {
    openViewTarget,
    type Viewed,
} from "../../host/targets/viewed-target.ts"
import { buildDebugImage } from "../../toolchain/devicescript/build-program.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import { DapClient } from "../support/debug/dap-client.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"

/** Set by `npm run test:long`. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"

const app = join(projectRoot, "test/host/debug/programs/counts.ts")
/** Lines of the program. */
const CALL = 18
const DOUBLED = 10

/** A handler that takes no frame is ended after four seconds; the watchdog ends what is silent for less. */
const STAND_SECONDS = LONG ? 12 : 5
const FPS = 60

const log: string[] = []
let viewed: Viewed
let server: DebugServer
let running: Promise<void>
let restarts = 0

beforeAll(async () => {
    const image = await buildDebugImage(app)
    viewed = await openViewTarget(
        {
            ...{ board: "nucleo-f446re", sensor: "mt9v034", request: {} },
            ...{ scene: "chart", seed: 1, app, target: "emulator" },
            faultsFile: undefined,
        },
        recordingTerminal(),
        {
            program: line => log.push(line),
            error: message => log.push(message),
        }
    )
    const { target } = viewed
    target.onChange = () => restarts++
    running = target.run()
    server = await DebugServer.open(0, () => {})
    server.start(target, image)
})

afterAll(async () => {
    await server.close()
    await viewed.close()
    await running
})

/** As of the last look at the board's counters. */
const dropped = (): number => viewed.target.live().counters.dropped
const delivered = (): number => viewed.target.live().counters.delivered

async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise(resolve => setTimeout(resolve, 20))
}

it("stops, reads, steps, stands longer than any watchdog waits, and goes on", async () => {
    const client = await DapClient.open(server.port)
    await client.attach()
    const taken = delivered()
    await until(() => delivered() > taken)

    expect(await client.breakAt(app, CALL)).toEqual([true])
    expect(await client.stopped()).toBe("breakpoint")
    const [frame] = await client.stack()
    expect(frame).toMatchObject({ line: CALL, source: { path: app } })
    const sequence = await client.evaluate("frame.sequence")
    expect((await client.stepIn()).line).toBe(DOUBLED)
    expect(await client.variables("Arguments")).toEqual(
        new Map([["value", sequence]])
    )

    const before = dropped()
    await until(() => dropped() - before >= STAND_SECONDS * FPS)
    expect(await client.evaluate("value")).toBe(sequence)

    await client.continue()
    expect(await client.stopped()).toBe("breakpoint")
    expect(Number(await client.evaluate("frame.sequence"))).toBeGreaterThan(
        Number(sequence)
    )
    await client.breakAt(app)
    await client.continue()
    const later = delivered()
    await until(() => delivered() >= later + 5)
    expect(restarts).toBe(0)
    expect(
        log.filter(line => /ended|does not return|holds/.test(line))
    ).toEqual([])
    await client.close()
})
