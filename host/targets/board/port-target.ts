// SPDX-License-Identifier: MIT
// A board at a serial port of which images are taken: one session, unreduced, nothing is changed on the board.

import type { BoardFile } from "../../../boards/board-file.ts"
import {
    eachCounter,
    type GrabberCounters,
} from "../../../protocol/counters.ts"
import { CamscriptError } from "../../../protocol/errors.ts"
import type { StopCondition } from "../../../sim/observe/capture.ts"
import { readCounters, readMode } from "../../../sim/observe/grabber-reader.ts"
import type { LinkImage } from "../../link/frame-receiver.ts"
import { LinkClient } from "../../link/link-client.ts"
import { openSerialPort, type OpenPort } from "../../link/serial-port.ts"
import { realTimer, type Timer } from "../../link/timer.ts"
import type { TargetOptions } from "../../target-options.ts"
import { connectBoard, type ConnectedBoard } from "./connected-board.ts"
import { linkFrame } from "./link-frame.ts"
import type {
    CaptureTarget,
    LinkOutcome,
    OpenHooks,
    RunHooks,
    TargetFrame,
} from "../target.ts"

/** Without an image for so long, in its own time, the board has none. */
const PATIENCE_MS = 10_000

/** Counters are u32 that wrap. */
const WRAP = 2 ** 32

export class PortTarget implements CaptureTarget {
    onFrame: ((frame: TargetFrame) => void) | undefined
    private readonly before: GrabberCounters
    private readonly startMs = performance.now()
    private images = 0
    private wholeFrames = 0
    private firstMs: number | undefined
    private lastMs = 0
    /** Without those of the first image. */
    private bytes = 0

    /**
     * Open the port and say hello.
     * @param timer how long is waited for the board
     * @throws UsageError when the port does not open, CamscriptError when the board does not answer
     */
    static async open(
        { target: path, sensor }: Pick<TargetOptions, "target" | "sensor">,
        { onConsole }: OpenHooks,
        timer: Timer = realTimer
    ): Promise<PortTarget> {
        const port = await openSerialPort(path)
        const client = new LinkClient({ stream: port, timer })
        client.onLog = (_kind, line) => onConsole(line)
        try {
            const known = await connectBoard(client, sensor)
            return new PortTarget(path, port, timer, known)
        } catch (error) {
            client.close()
            await port.close()
            throw error
        }
    }

    private constructor(
        private readonly path: string,
        private readonly port: OpenPort,
        private readonly timer: Timer,
        private readonly known: ConnectedBoard
    ) {
        this.before = readCounters(known.bus)
    }

    get board(): BoardFile {
        return this.known.board
    }

    get seconds(): number {
        return (performance.now() - this.startMs) / 1000
    }

    /** @throws CamscriptError also when the board sends no image, or is unplugged */
    run(until: StopCondition, { signal }: RunHooks = {}): Promise<void> {
        const { port, timer } = this
        const { client } = this.known
        const { frames = Infinity, seconds = Infinity } = until
        return new Promise((resolve, reject) => {
            const finish = (): void => {
                stop()
                resolve()
            }
            const fail = (error: Error): void => {
                stop()
                reject(error)
            }
            const silent = (): void => fail(this.noImage())
            const overdue = (): void => (this.images > 0 ? finish() : silent())
            const interrupt = (): void => fail(signal!.reason as Error)
            let endPatience = timer.after(PATIENCE_MS, silent)
            const end =
                seconds === Infinity
                    ? undefined
                    : setTimeout(overdue, 1000 * seconds)
            const stop = (): void => {
                endPatience()
                clearTimeout(end)
                signal?.removeEventListener("abort", interrupt)
                client.onFrame = undefined
                port.onLost = undefined
            }
            signal?.addEventListener("abort", interrupt)
            port.onLost = reason =>
                fail(
                    new CamscriptError(
                        `port ${this.path} is gone: ${reason}; no images were saved`
                    )
                )
            client.onFrame = image => {
                endPatience()
                endPatience = timer.after(PATIENCE_MS, silent)
                this.took(image)
                if (this.images >= frames) finish()
            }
            client.stream().catch(fail)
        })
    }

    /** Also tells the board to send no more. */
    async outcome(): Promise<LinkOutcome> {
        const { before, images, wholeFrames, firstMs, lastMs } = this
        const { client, board, welcome } = this.known
        const bus = await client.grabber()
        const now = readCounters(bus)
        await client.stopStream()
        const ms = firstMs === undefined ? 0 : lastMs - firstMs
        const { corrupt, missed } = client.images
        return {
            kind: "link",
            program: welcome.program,
            baud: welcome.baud,
            mode: readMode(bus, board.sensor.name, board.frameMemory),
            counters: eachCounter(
                name => (now[name] - before[name] + WRAP) % WRAP
            ),
            corrupt,
            missed,
            wholeFrames,
            pixelBytesPerSecond:
                images < 2 || ms === 0
                    ? undefined
                    : Math.round((1000 * this.bytes) / ms),
        }
    }

    async close(): Promise<void> {
        this.known.client.close()
        await this.port.close()
    }

    private took(image: LinkImage): void {
        this.images++
        if (image.bands.length === 1) this.wholeFrames++
        // What came before the first one's end is not in the measured time.
        if (this.firstMs === undefined) this.firstMs = performance.now()
        else this.bytes += image.bytes.length
        this.lastMs = performance.now()
        this.onFrame?.(linkFrame(image))
    }

    private noImage(): CamscriptError {
        const { corrupt } = this.known.client.images
        return new CamscriptError(
            `the board sent no image for ${PATIENCE_MS / 1000} s: ` +
                `it captures nothing (its log says why), or damaged ${corrupt} on the way`
        )
    }
}
