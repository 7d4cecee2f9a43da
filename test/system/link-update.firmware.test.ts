// SPDX-License-Identifier: MIT
// A program update as a user does it: `camscript flash --program-only` through a pseudo terminal, in processes of their own.

import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"
import { LinkClient } from "../../host/link/link-client.ts"
import type { Welcome } from "../../protocol/link/messages.ts"
import { openSerialPort, type OpenPort } from "../../host/link/serial-port.ts"
import { slowTimer } from "../../host/link/timer.ts"
import { projectRoot } from "../../toolchain/paths.ts"

const BOARD = "stm32f407ve"
const OLD = "src/main.ts"
const NEW = "test/system/programs/ticking.ts"
/** On a busy machine the emulated board's seconds take many. */
const PATIENCE = 20
const SLOT_A = 0x08040000
const SLOT_B = 0x08060000

const children: ChildProcess[] = []
afterEach(async () => {
    for (const child of children.splice(0)) {
        if (child.exitCode !== null) continue
        child.kill("SIGTERM")
        await once(child, "exit")
    }
})

function camscript(...args: string[]): ChildProcess {
    const child = spawn(
        process.execPath,
        [join(projectRoot, "host", "camscript.mjs"), ...args],
        { cwd: projectRoot, stdio: ["ignore", "pipe", "inherit"] }
    )
    children.push(child)
    return child
}

/** `camscript emulated-board`. @returns the path of its port */
async function emulatedBoard(): Promise<string> {
    const child = camscript("emulated-board", "--board", BOARD, "--quiet")
    const [path] = (await once(child.stdout!.setEncoding("utf8"), "data")) as [
        string,
    ]
    return path.trim()
}

/** Talk to the board, and leave the port. */
async function session<T>(
    path: string,
    talk: (client: LinkClient, port: OpenPort) => Promise<T>
): Promise<T> {
    const port = await openSerialPort(path)
    const client = new LinkClient({ stream: port, timer: slowTimer(PATIENCE) })
    try {
        // Often, for as long as a busy machine may need to boot it.
        await client.hello({ tries: 2000, timeoutMs: 300 / PATIENCE })
        return await talk(client, port)
    } finally {
        client.close()
        await port.close()
    }
}

function welcome(path: string): Promise<Welcome> {
    return session(path, async client => client.welcome!)
}

/** The first line of the program that a board starts with, and the program's name. */
async function firstLine(path: string): Promise<string> {
    return session(
        path,
        client =>
            new Promise(resolve => {
                client.onLog = (_, line) => resolve(line)
            })
    )
}

/** Begin an update, and pull the plug when half of it is written. */
async function pullPlugInTheMiddle(path: string): Promise<number> {
    const { slot } = await buildFirmware({
        board: BOARD,
        app: join(projectRoot, NEW),
    })
    return session(
        path,
        (client, port) =>
            new Promise<number>((resolve, reject) => {
                client
                    .updateProgram(readFileSync(slot), progress => {
                        const { writtenBytes, totalBytes } = progress
                        if (writtenBytes < totalBytes / 2) return
                        client.close()
                        port.close().then(
                            () => resolve(writtenBytes / totalBytes),
                            reject
                        )
                    })
                    .catch(() => {})
            })
    )
}

describe("a program update over a pseudo terminal", () => {
    it("leaves the old program when the plug is pulled, and starts the new one when it ends", async () => {
        const port = await emulatedBoard()
        expect(await pullPlugInTheMiddle(port)).toBeCloseTo(0.5, 1)
        // The next client ends what was begun; the board restarts, and says so in text.
        const pulled = await session(port, async client => {
            const { welcome } = client
            await client.reset()
            return welcome!
        })
        const old = { slotAddress: SLOT_A, slotSequence: 1, program: OLD }
        expect(pulled).toMatchObject(old)
        expect(await welcome(port)).toMatchObject(old)
        expect(await firstLine(port)).toContain("frame 60: mean")

        const flash = camscript(
            ...["flash", "--board", BOARD, "--program-only"],
            ...["--port", port, "--app", NEW, "--json"]
        )
        const report = once(flash.stdout!.setEncoding("utf8"), "data")
        const [code] = (await once(flash, "exit")) as [number | null]
        expect(code).toBe(0)
        expect(JSON.parse(String((await report)[0]))).toMatchObject({
            port,
            verified: true,
        })
        expect(await welcome(port)).toMatchObject({
            slotAddress: SLOT_B,
            slotSequence: 2,
            program: NEW,
        })
        expect(await firstLine(port)).toMatch(/^> tick \d+$/)
    })
})
