// SPDX-License-Identifier: MIT
// The command line of `camscript debug`, and how the command begins and ends.

import { createServer, type AddressInfo } from "node:net"
import { Command } from "commander"
import { describe, expect, it } from "vitest"
import { debug } from "../../../../host/commands/debug/debug.ts"
import {
    addDebugOptions,
    debugOptions,
    type DebugFlags,
    type DebugOptions,
} from "../../../../host/commands/debug/debug-options.ts"
import { DapClient } from "../../../support/debug/dap-client.ts"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"

const APP = "test/host/debug/programs/counts.ts"

function parse(line: string): DebugOptions {
    const command = addDebugOptions(new Command()).exitOverride()
    const args = line.split(" ").filter(word => word !== "")
    command.parse(args, { from: "user" })
    const given = Object.keys(command.opts()).filter(
        name => command.getOptionValueSource(name) === "cli"
    )
    return debugOptions(command.opts<DebugFlags>(), process.cwd(), given)
}

describe("camscript debug", () => {
    it("debugs the simulator on port 4711 when nothing is said", () => {
        expect(parse("")).toMatchObject({ target: "sim", port: 4711 })
        expect(parse("--target emulator --port 0")).toMatchObject({
            ...{ target: "emulator", port: 0 },
        })
    })

    it.each([
        ["--scene ramp", "--scene is for the simulator and the emulator"],
        ["--board nucleo-f446re", "--board is for the simulator"],
        ["--window 64x48", "--window: the board at /dev/ttyACM0 captures what"],
    ])("refuses %s with a board at a serial port", (option, message) => {
        expect(() => parse(`--target /dev/ttyACM0 ${option}`)).toThrow(message)
    })

    it("says where it listens, and ends in order while a program stands", async () => {
        const terminal = recordingTerminal()
        const end = new AbortController()
        const ended = debug(
            parse(`--port 0 --app ${APP}`),
            terminal,
            end.signal
        )
        let port: string | undefined
        while (port === undefined) {
            await new Promise(resolve => setTimeout(resolve, 5))
            port = /on 127\.0\.0\.1:(\d+) for a DAP client/.exec(
                terminal.stdout
            )?.[1]
        }
        const client = await DapClient.open(Number(port))
        await client.attach()
        await client.pause()

        end.abort()

        await ended
        expect(terminal.stderr).toContain("camscript: a debugger has come\n")
        expect(terminal.stderr).toContain("while the program stood, ")
    })

    it("ends with the program's error when that ends", async () => {
        const terminal = recordingTerminal()
        await expect(
            debug(
                parse("--port 0 --app test/system/programs/throws-at-once.ts"),
                terminal,
                new AbortController().signal
            )
        ).rejects.toThrow("test/system/programs/throws-at-once.ts")
    })

    it("names a port that is taken before it compiles anything", async () => {
        const other = createServer()
        await new Promise<void>(resolve =>
            other.listen(0, "127.0.0.1", resolve)
        )
        const { port } = other.address() as AddressInfo
        const terminal = recordingTerminal()

        await expect(
            debug(
                parse(`--port ${port} --app ${APP}`),
                terminal,
                new AbortController().signal
            )
        ).rejects.toThrow(
            `--port ${port}: another program listens on this port`
        )
        expect(terminal.stderr).toBe("")
        other.close()
    })

    it("names a board's port that does not open before it compiles anything", async () => {
        const terminal = recordingTerminal()

        await expect(
            debug(
                parse(`--port 0 --target /dev/no-such-port --app ${APP}`),
                terminal,
                new AbortController().signal
            )
        ).rejects.toThrow("port /dev/no-such-port does not open")
        expect(terminal.stderr).toBe("")
    })
})
