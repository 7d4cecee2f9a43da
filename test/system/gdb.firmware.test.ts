// SPDX-License-Identifier: MIT
// GDB's protocol on our firmware, by `camscript run --target emulator --gdb`: the DCMI's interrupt, the first pixel, and back.

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import { main } from "../../host/main.ts"
import { RspClient } from "../support/gdb/rsp-client.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"

/** Numbers of registers in the target description. */
const PC = 15
const XPSR = 16
/** Word of the vector table, and number of the exception. */
const DCMI = 16 + 78
const VECTORS = 0x08000000

let folder: string
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-gdb-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

it("breaks in the DCMI's handler, names the DMA at the first pixel, goes back and on to the end", async () => {
    const terminal = recordingTerminal()
    const request = ["--window", "64x48", "--fps", "100"]
    const ended = main(
        [
            ...["run", "--target", "emulator", "--frames", "5", "--json"],
            ...[...request, "--out", join(folder, "out"), "--gdb", "0"],
        ],
        terminal
    )
    let port: string | undefined
    while (port === undefined) {
        await new Promise(resolve => setTimeout(resolve, 5))
        port = /localhost:(\d+)/.exec(terminal.stderr)?.[1]
    }
    const client = await RspClient.open(Number(port))
    const vector = await client.bytes(VECTORS + 4 * DCMI, 4)
    const handler = vector.readUInt32LE() & ~1

    expect(await client.ask(`Z1,${handler.toString(16)},2`)).toBe("OK")
    expect((await client.resume("c")).reply).toBe("T05")
    expect(await client.register(PC)).toBe(handler)
    expect((await client.register(XPSR)) & 0x1ff).toBe(DCMI)
    expect(await client.ask(`z1,${handler.toString(16)},2`)).toBe("OK")

    const buffer = readBoard("nucleo-f446re").frameMemory.address
    const watch = `${buffer.toString(16)},1`
    const named = `DMA2 stream 1 wrote 0x${buffer.toString(16)}\n`
    expect(await client.ask(`Z2,${watch}`)).toBe("OK")
    const times: string[] = []
    let console = ""
    while (times.length < 2) {
        ;({ console } = await client.resume("c"))
        if (console === named) times.push(await client.monitor("time"))
    }
    const registers = await client.ask("g")

    console = ""
    while (console !== named) ({ console } = await client.resume("bc"))
    expect(await client.monitor("time")).toBe(times[0])
    console = ""
    while (console !== named) ({ console } = await client.resume("c"))
    expect(await client.monitor("time")).toBe(times[1])
    expect(await client.ask("g")).toBe(registers)

    expect(await client.ask(`z2,${watch}`)).toBe("OK")
    expect((await client.resume("c")).reply).toBe("W00")
    expect(await ended).toBe(0)
    const report = JSON.parse(terminal.stdout) as { frames: number }
    expect(report.frames).toBe(5)
    client.close()
})
