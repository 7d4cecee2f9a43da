// SPDX-License-Identifier: MIT
// Pictures over the link of the emulated board: the firmware that is flashed, its USART, the host's client.

import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { EmulatedSerial } from "../../host/emulated-serial.ts"
import { prepareEmulation } from "../../host/emulated-target.ts"
import type { LinkPicture } from "../../host/link/frame-receiver.ts"
import { LinkClient } from "../../host/link/link-client.ts"
import { openPseudoTerminal } from "../../host/pseudo-terminal.ts"
import { DEFAULT_APP, type RunOptions } from "../../host/run-options.ts"
import { runPort } from "../../host/run-port.ts"
import { serveBoard } from "../../host/serial-board.ts"
import { readBoard } from "../../sim/board-file.ts"
import type { EmulatedBoard } from "../../sim/emulated-board.ts"
import { recordingTerminal } from "../host/recording-terminal.ts"
import { randomWords } from "../firmware/slots/fake-flash.ts"

const SIDE = 220
/** The whole capture of these tests, virtual s. */
const MINUTES_3 = 180_000

const open: EmulatedBoard[] = []
afterEach(() => {
    for (const board of open.splice(0)) board.close()
})

function options(board: string, out = "out", target = "emulator"): RunOptions {
    return {
        board,
        sensor: "mt9v034",
        request: { window: { width: SIDE, height: SIDE }, fps: 120 },
        frames: undefined,
        seconds: undefined,
        every: undefined,
        scene: "chart",
        seed: 1,
        out,
        app: DEFAULT_APP,
        target,
        cpi: 1.75,
        json: true,
        quiet: true,
        vcd: undefined,
        vcdPixels: false,
    } as RunOptions
}

interface Rig {
    readonly board: EmulatedBoard
    readonly serial: EmulatedSerial
    readonly client: LinkClient
    /** As the program got them, by sequence number. */
    readonly frames: Map<number, Uint8Array>
}

async function boot(name: string): Promise<Rig> {
    const frames = new Map<number, Uint8Array>()
    const board = await prepareEmulation(
        options(name),
        readBoard(name, "mt9v034"),
        { onFrame: frame => frames.set(frame.sequence, frame.pixels) }
    )
    open.push(board)
    const serial = new EmulatedSerial(board)
    const client = new LinkClient({
        stream: serial,
        timer: serial.timer,
        session: 1,
    })
    return { board, serial, client, frames }
}

/** Bytes that are not those of the frame that their band names. */
function wrongBytes(
    picture: LinkPicture,
    frames: ReadonlyMap<number, Uint8Array>
): number {
    const { bytes, columns, reduce, bands } = picture
    let wrong = 0
    bands.forEach(({ offset, sequence }, i) => {
        const end = bands[i + 1]?.offset ?? bytes.length
        const frame = frames.get(sequence)!
        for (let at = offset; at < end; at++) {
            const row = Math.floor(at / columns) * reduce
            const column = (at % columns) * reduce
            if (frame[row * SIDE + column] !== bytes[at]) wrong++
        }
    })
    return wrong
}

/** What an undisturbed board drops in this program's first 1.2 s. */
async function droppedWithoutLink(name: string): Promise<number> {
    const { board } = await boot(name)
    board.run({ seconds: 1.2 })
    return board.counters().dropped
}

describe("pictures of the emulated board", () => {
    it(
        "with two buffers: bit-exact, 0.85 of the line, no frame lost to the link",
        async () => {
            const { board, serial, client, frames } = await boot("stm32f407ve")
            await serial.until(client.hello({ tries: 30 }))
            let bytes = 0
            let wrong = 0
            const endS: number[] = []
            client.onFrame = picture => {
                if (endS.length > 0) bytes += picture.bytes.length
                endS.push(board.seconds)
                wrong += wrongBytes(picture, frames)
            }
            await serial.until(client.stream({ reduce: 2 }))
            serial.runFor(1.2 - board.seconds)
            const seconds = endS.at(-1)! - endS[0]!
            const line = client.welcome!.baud / 10

            expect(endS.length).toBeGreaterThanOrEqual(4)
            expect(wrong).toBe(0)
            expect(client.pictures.corrupt).toBe(0)
            expect(bytes / seconds / line).toBeGreaterThanOrEqual(0.85)
            expect(board.counters().dropped).toBe(
                await droppedWithoutLink("stm32f407ve")
            )
        },
        MINUTES_3
    )

    it(
        "with one buffer: bands of successive frames, while a host talks rubbish",
        async () => {
            const { board, serial, client, frames } =
                await boot("nucleo-f446re")
            await serial.until(client.hello({ tries: 30 }))
            let wrong = 0
            const bands: number[] = []
            client.onFrame = picture => {
                bands.push(picture.bands.length)
                wrong += wrongBytes(picture, frames)
            }
            await serial.until(client.stream({ reduce: 4 }))
            const random = randomWords(5)
            while (board.seconds < 1.2 - 0.01) {
                serial.send(
                    Uint8Array.from({ length: 200 }, () => random() & 0xff)
                )
                serial.runFor(0.005)
            }
            serial.runFor(1.2 - board.seconds)

            expect(bands.length).toBeGreaterThanOrEqual(4)
            expect(Math.min(...bands)).toBeGreaterThan(1)
            expect(wrong).toBe(0)
            expect(board.counters().dropped).toBe(
                await droppedWithoutLink("nucleo-f446re")
            )
        },
        MINUTES_3
    )

    it(
        "come through a pseudo terminal and serialport into a folder",
        async () => {
            const { board, serial } = await boot("stm32f407ve")
            const terminal = openPseudoTerminal()
            const out = mkdtempSync(join(tmpdir(), "camscript-port-"))
            // A slow machine takes longer to boot it than a client waits for a real board.
            serial.runFor(0.35)
            let done = false
            const served = serveBoard({
                serial,
                terminal,
                seconds: () => board.seconds,
                done: () => done,
            })
            try {
                const report = await runPort(
                    {
                        ...options("stm32f407ve", out, terminal.path),
                        frames: 2,
                    },
                    recordingTerminal()
                )

                expect(report).toMatchObject({
                    board: "stm32f407ve",
                    pictures: 2,
                    corrupt: 0,
                    mode: { strategy: "sensor-window", buffers: 2 },
                    counters: { overruns: 0, shortFrames: 0, dmaErrors: 0 },
                })
                expect(
                    readdirSync(out).filter(name => name.endsWith(".png"))
                ).toHaveLength(2)
            } finally {
                done = true
                await served
                terminal.close()
                rmSync(out, { recursive: true })
            }
        },
        MINUTES_3
    )
})
