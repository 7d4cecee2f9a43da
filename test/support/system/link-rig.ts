// SPDX-License-Identifier: MIT
// An emulated board of 220x220 at 120 fps with a client of the link at its USART.

import { EmulatedSerial } from "../../../host/targets/emulated-serial/emulated-serial.ts"
import { prepareEmulation } from "../../../host/targets/in-process/prepare-emulation.ts"
import type { LinkImage } from "../../../host/link/frame-receiver.ts"
import { LinkClient } from "../../../host/link/link-client.ts"
import { type RunOptions } from "../../../host/commands/run/run-options.ts"
import { readBoard } from "../../../boards/board-file.ts"
import type { EmulatedBoard } from "../../../sim/emulated-board.ts"
import { JacdacHost } from "../../../host/jacdac/jacdac-host.ts"
import { DEFAULT_APP } from "../../../toolchain/devicescript/default-program.ts"

export const SIDE = 220

/** Other programs and scenes than the default ones. */
export interface LinkRigOptions {
    readonly app?: string | undefined
    readonly scene?: string | undefined
}

export function runOptions(
    board: string,
    options: Partial<RunOptions> = {}
): RunOptions {
    return {
        board,
        sensor: "mt9v034",
        request: { window: { width: SIDE, height: SIDE }, fps: 120 },
        frames: undefined,
        seconds: undefined,
        every: undefined,
        scene: "chart",
        seed: 1,
        out: "out",
        app: DEFAULT_APP,
        target: "emulator",
        json: true,
        quiet: true,
        vcd: undefined,
        vcdPixels: false,
        ...options,
    } as RunOptions
}

export class LinkRig {
    readonly serial: EmulatedSerial
    client: LinkClient
    /** Frames that the program got, by sequence number. */
    readonly frames: Map<number, Uint8Array>
    /** Images that came whole, and bytes of them that are not those of the frame that their band names. */
    readonly images: LinkImage[] = []
    wrongBytes = 0
    private sessions = 0

    private constructor(
        readonly board: EmulatedBoard,
        frames: Map<number, Uint8Array>
    ) {
        this.frames = frames
        this.serial = new EmulatedSerial(board)
        this.client = this.connect()
    }

    /** Nothing has run yet. Close it. */
    static async create(
        name: string,
        options: LinkRigOptions = {}
    ): Promise<LinkRig> {
        const frames = new Map<number, Uint8Array>()
        const board = await prepareEmulation(
            runOptions(name, {
                app: options.app ?? DEFAULT_APP,
                scene: options.scene ?? "chart",
            }),
            readBoard(name, "mt9v034"),
            { onFrame: frame => frames.set(frame.sequence, frame.pixels) }
        )
        return new LinkRig(board, frames)
    }

    /** A new client takes the line; the one before is gone. */
    connect(): LinkClient {
        this.client = new LinkClient({
            stream: this.serial,
            timer: this.serial.timer,
            session: ++this.sessions,
        })
        this.client.onFrame = image => {
            this.images.push(image)
            this.wrongBytes += wrongBytes(image, this.frames)
        }
        return this.client
    }

    /** A Jacdac host on the client's line. */
    jacdacHost(): JacdacHost {
        const { client } = this
        const { clock } = this.board
        return new JacdacHost(
            {
                send: frame => client.sendJacdac(frame),
                onFrame: listener => {
                    client.onJacdac = frame => listener(frame.slice())
                    return () => (client.onJacdac = undefined)
                },
            },
            {
                nowUs: () => clock.nowNs / 1000,
                after: (delayUs, run) => {
                    clock.after(delayUs * 1000, run)
                },
            }
        )
    }

    /** Run for some virtual time in steps, with something to do before each. */
    async run(
        seconds: number,
        work: () => void = () => {},
        stepSeconds = 0.002
    ): Promise<void> {
        const end = this.board.seconds + seconds
        while (this.board.seconds < end - stepSeconds / 2) {
            work()
            this.serial.runFor(stepSeconds)
            await new Promise(resolve => setImmediate(resolve))
        }
    }

    close(): void {
        this.board.close()
    }
}

function wrongBytes(
    image: LinkImage,
    frames: ReadonlyMap<number, Uint8Array>
): number {
    const { bytes, columns, reduce, bands } = image
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
