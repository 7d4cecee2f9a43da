// SPDX-License-Identifier: MIT
// A DAP client on a simulated board's program.

import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { DebugServer } from "../../../host/debug/debug-server.ts"
import { SimulationTarget } from "../../../host/targets/in-process/simulation-target.ts"
import {
    buildDebugImage,
    type DebugImage,
} from "../../../toolchain/devicescript/build-program.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { DapClient } from "../../support/debug/dap-client.ts"

const app = join(projectRoot, "test/host/debug/programs/counts.ts")
const elsewhere = join(projectRoot, "test/system/programs/sleeps.ts")
/** Of the program. */
const HANDLED = 17
const CALL = 18
const KEPT = 19
const IF = 20
const DOUBLED = 10

const said: string[] = []
let image: DebugImage
let target: SimulationTarget
let server: DebugServer
let running: Promise<void>

beforeAll(async () => {
    image = await buildDebugImage(app)
    target = await SimulationTarget.create({
        ...{ board: "nucleo-f446re", sensor: "mt9v034" },
        ...{ request: {}, scene: "chart", seed: 1, app },
    })
    running = target.run()
    server = await DebugServer.open(0, line => said.push(line))
    server.start(target, image)
})

afterAll(async () => {
    await server.close()
    await target.close()
    await running
})

const dropped = (): number => target.live().counters.dropped
const delivered = (): number => target.live().counters.delivered

/** Wait for something of the simulation's. */
async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise(resolve => setTimeout(resolve, 5))
}

/** Leave it as it was found. */
async function debugged(
    work: (client: DapClient) => Promise<void>
): Promise<void> {
    const client = await DapClient.open(server.port)
    const visits = said.length
    try {
        await client.attach()
        await work(client)
    } finally {
        await client.close()
    }
    await until(() =>
        said
            .slice(visits)
            .includes("the debugger has left; the program goes on")
    )
}

describe("a debugger on the simulator", () => {
    it("stops at a breakpoint that is set while the program runs, reads, steps and goes on", () =>
        debugged(async client => {
            const before = delivered()
            await until(() => delivered() > before)

            expect(await client.breakAt(app, CALL)).toEqual([true])
            expect(await client.stopped()).toBe("breakpoint")
            const [frame, caller] = await client.stack()
            expect(frame).toMatchObject({ line: CALL, source: { path: app } })
            expect(caller!.source!.path).toBe(
                join(projectRoot, "src/frame-stream.ts")
            )
            const sequence = Number(await client.evaluate("frame.sequence"))
            const handled = Number(await client.evaluate("handled"))
            expect(sequence).toBeGreaterThan(0)

            expect((await client.stepIn()).line).toBe(DOUBLED)
            expect(await client.variables("Arguments")).toEqual(
                new Map([["value", `${sequence}`]])
            )
            await client.breakAt(app, KEPT)
            await client.continue()
            expect(await client.stopped()).toBe("breakpoint")
            expect((await client.next()).line).toBe(IF)
            const locals = await client.variables("Local variables")
            expect(locals.get("even")).toBe(`${2 * sequence}`)
            expect(await client.evaluate("kept.list[1]")).toBe(
                `${2 * sequence + 2}`
            )
            expect(await client.evaluate("kept.text")).toBe('"here"')

            await client.continue()
            expect(await client.stopped()).toBe("breakpoint")
            expect(Number(await client.evaluate("handled"))).toBe(handled + 1)
        }))

    it("lets the capture go on while the program stands, and says what it dropped", () =>
        debugged(async client => {
            await client.breakAt(app, HANDLED)
            await client.stopped()
            const before = dropped()
            await until(() => dropped() >= before + 20)
            const taken = delivered()
            await client.breakAt(app)
            await client.continue()

            await until(() => delivered() >= taken + 10)
            const [output] = client.outputs
            const told =
                /^while the program stood, the capture went on and dropped (\d+) frames\n$/.exec(
                    output!
                )
            expect(Number(told![1])).toBeGreaterThanOrEqual(20)
            expect(said.at(-1)).toBe(output!.trim())
        }))

    it("pauses a program anywhere", () =>
        debugged(async client => {
            expect(await client.pause()).toBe("pause")
            const threads = await client.protocol.threadsRequest()
            expect(threads.body.threads.length).toBeGreaterThan(0)
            await client.continue()
            const taken = delivered()
            await until(() => delivered() > taken)
        }))

    it("answers each breakpoint of a file that is none of the program's", () =>
        debugged(async client => {
            expect(await client.breakAt(elsewhere, 3, 5)).toEqual([
                false,
                false,
            ])
            expect(await client.breakAt(app, 1)).toEqual([false])
        }))

    it("says what it cannot read", () =>
        debugged(async client => {
            await client.breakAt(app, CALL)
            await client.stopped()

            await expect(client.evaluate("handled + 1")).rejects.toThrow(
                /^handled \+ 1: the VM's debug service computes nothing; /
            )
            await expect(client.evaluate("nothing")).rejects.toThrow(
                /^nothing: no argument, local or global variable /
            )
            await expect(client.evaluate("frame.nothing")).rejects.toThrow(
                /^frame.nothing: frame has no field nothing of its own; /
            )
            await expect(
                client.protocol.setVariableRequest({
                    ...{ variablesReference: 1, name: "handled", value: "1" },
                })
            ).rejects.toThrow(/has no command that changes a variable/)
        }))

    it("lets the program go on when a client is gone without a word", async () => {
        const client = await DapClient.open(server.port)
        await client.attach()
        await client.breakAt(app, CALL)
        await client.stopped()
        const taken = delivered()

        client.drop()

        await until(() => delivered() >= taken + 10)
    })

    it("lets one client in at a time", () =>
        debugged(async () => {
            const other = await DapClient.open(server.port)
            await expect(other.attach()).rejects.toThrow(
                /has a client already: one program, one debugger/
            )
            other.drop()
        }))

    it("refuses to show the sources of another program than the one that runs", async () => {
        const wrong = await DebugServer.open(0, () => {})
        // As after a change that the board has not got yet.
        const bytecode = image.program.bytecode.slice(0, -4)
        const program = { ...image.program, bytecode }
        wrong.start(target, { ...image, program })
        const client = await DapClient.open(wrong.port)

        await expect(client.attach()).rejects.toThrow(
            /^the board runs another program than test\/host\/debug\/programs\/counts.ts as it is now: /
        )
        await client.close()
        await wrong.close()
    })

    it("names a port that is taken", async () => {
        await expect(DebugServer.open(server.port, () => {})).rejects.toThrow(
            `--port ${server.port}: another program listens on this port`
        )
    })
})
