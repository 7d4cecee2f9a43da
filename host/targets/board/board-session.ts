// SPDX-License-Identifier: MIT
// One session with a board: from its WELCOME until it restarts, falls silent or is unplugged.

import type { BoardFile } from "../../../boards/board-file.ts"
import { CamscriptError } from "../../../protocol/errors.ts"
import type { GrabberCounters } from "../../../protocol/counters.ts"
import { readCounters, readMode } from "../../../sim/observe/grabber-reader.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import type { LinkImage } from "../../link/frame-receiver.ts"
import { LinkClient } from "../../link/link-client.ts"
import type { Timers } from "../../jacdac/jacdac-host.ts"
import type { LinkJacdacLine } from "../../jacdac/link-line.ts"
import type { Welcome } from "../../../protocol/link/messages.ts"
import type { StreamState } from "../../../protocol/link/pixel-messages.ts"
import type { UpdateProgress } from "../../link/program-update.ts"
import type { OpenPort } from "../../link/serial-port.ts"
import { realTimer, slowTimer } from "../../link/timer.ts"
import { BoardRates } from "./board-rates.ts"
import { readAppliedWindow, readBatches } from "./board-request.ts"
import { connectBoard, type ConnectedBoard } from "./connected-board.ts"
import { JacdacCameraControl } from "../camera-control.ts"
import { sensibleReduction, whyNotSent, type SentMode } from "./link-frame.ts"
import type {
    LinkFigures,
    Reduction,
    ViewRequest,
} from "../../view/messages/messages.ts"
import { firstRequest } from "../target-description.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { SensorName } from "../../../protocol/names.ts"

/** Between two looks at the board's counters. */
const LOOK_MS = 500
/**
 * A second of an emulated board may take that many of a busy computer's. Its process says when it ends, so that patience
 * costs nothing; only the hello is repeated as fast as for a real one, and a minute long.
 */
const EMULATED_PATIENCE = 10
const EMULATED_HELLO = { tries: 200, timeoutMs: 300 / EMULATED_PATIENCE }

export interface SessionOptions {
    readonly port: OpenPort
    /** Rejects when the port is gone. */
    readonly lost: Promise<never>
    readonly line: LinkJacdacLine
    /** Of the module, when the board does not say it. */
    readonly sensor: SensorName
    /** Not an emulated board. */
    readonly realTime: boolean
    readonly reduction: Reduction
    readonly onImage: (image: LinkImage) => void
    /** A line of the board's log. */
    readonly onLine: (line: string) => void
}

export class BoardSession {
    /** Why it ended. */
    readonly ended: Promise<string>
    readonly control: JacdacCameraControl
    /** The board's time, as far as it is known. */
    readonly timers: Timers
    /** What the program was asked for, in the window that is applied. */
    readonly request: ViewRequest

    private readonly rates: BoardRates
    private end: (why: string) => void = () => {}
    private over = false
    private updating = false
    private receivedBytes = 0
    private counters: GrabberCounters
    private stream: StreamState | undefined
    private requestsDropped = Infinity
    private note = ""
    private reduction: Reduction
    private looking: Promise<void> = Promise.resolve()
    private timer: NodeJS.Timeout | undefined

    /**
     * Say hello, and let the board send images.
     * @throws CamscriptError when it does not answer, or has no board file
     */
    static async open(options: SessionOptions): Promise<BoardSession> {
        const { port, realTime, onLine } = options
        const client = new LinkClient({
            stream: port,
            timer: realTime ? realTimer : slowTimer(EMULATED_PATIENCE),
        })
        client.onLog = (_kind, line) => onLine(line)
        client.onText = onLine
        try {
            const session = BoardSession.begin(client, options)
            return await Promise.race([session, options.lost])
        } catch (error) {
            // Also ends the tries of a hello that nobody will answer any more.
            client.close()
            throw error
        }
    }

    private static async begin(
        client: LinkClient,
        options: SessionOptions
    ): Promise<BoardSession> {
        const known = await connectBoard(
            client,
            options.sensor,
            options.realTime ? {} : EMULATED_HELLO
        )
        const session = new BoardSession(known, options)
        await session.look()
        return session
    }

    private constructor(
        private readonly known: ConnectedBoard,
        private readonly options: SessionOptions
    ) {
        const { client, board, bus, request } = known
        const { port, line } = options
        this.ended = new Promise(resolve => (this.end = resolve))
        this.rates = new BoardRates(options.realTime)
        this.reduction = options.reduction
        this.counters = readCounters(bus)
        this.request = firstRequest(
            { ...request, window: readAppliedWindow(bus) ?? request.window },
            SENSOR_CATALOGUE[board.sensor.name].field
        )
        client.onFrame = image => this.took(image)
        const take = port.onBytes
        port.onBytes = bytes => {
            this.receivedBytes += bytes.length
            take?.(bytes)
        }
        line.attach(client)
        this.timers = this.rates.timers()
        this.control = new JacdacCameraControl(line, this.timers, this.request)
    }

    get welcome(): Welcome {
        return this.known.welcome
    }

    get board(): BoardFile {
        return this.known.board
    }

    /** Of the program's slot. */
    get slotRequest(): CaptureRequest {
        return this.known.request
    }

    /** Rates, and what was counted since the board started. */
    figures(): {
        readonly measuredFps: number
        readonly irqsPerSecond: number
        readonly ratio: number | undefined
        readonly counters: GrabberCounters
        readonly link: LinkFigures
    } {
        const { rates, counters } = this
        const { fps, irqsPerSecond, ratio } = rates
        return {
            measuredFps: fps,
            irqsPerSecond,
            ratio,
            counters,
            link: this.link(),
        }
    }

    setReduction(reduction: Reduction): void {
        this.reduction = reduction
    }

    /** Look at the board now and then, until it ends. */
    watch(): void {
        if (this.over) return
        this.looking = this.updating ? Promise.resolve() : this.look()
        this.looking
            .then(() => {
                if (this.over) return
                this.timer = setTimeout(() => this.watch(), LOOK_MS)
            })
            .catch((error: unknown) => this.lost(words(error)))
    }

    /** It is over: somebody else knows why. */
    lost(why: string): void {
        if (this.over) return
        this.over = true
        clearTimeout(this.timer)
        this.control.close()
        this.options.line.attach(undefined)
        this.known.client.close()
        this.end(why)
    }

    /**
     * Replace the program and restart the board: the session is over then, whatever came of it.
     * @returns the slot's sequence number
     * @throws CamscriptError when the board refuses it, or falls silent
     */
    async update(
        slot: Uint8Array,
        onProgress: (progress: UpdateProgress) => void
    ): Promise<number> {
        const { client } = this.known
        this.updating = true
        // The program stands still: nobody would answer.
        this.options.line.attach(undefined)
        try {
            await this.looking.catch(() => {})
            const { sequence } = await client.updateProgram(slot, onProgress)
            return sequence
        } finally {
            // Also after a failure: the capture was stopped, the old program is to begin again.
            await client.reset().catch(() => {})
            this.lost("the board restarts")
        }
    }

    /** No more images; the board does not wait for an answer, nor does this. */
    stopStream(): void {
        if (!this.over) void this.known.client.stopStream().catch(() => {})
    }

    private async look(): Promise<void> {
        const { client, board } = this.known
        const bus = await client.grabber("capture")
        this.counters = readCounters(bus)
        const mode = readMode(bus, board.sensor.name, board.frameMemory)
        const { storedBytesPerFrame: bytes, format, buffers, fps } = mode
        const sent: SentMode = { bytes, format, buffers, fps }
        this.note = whyNotSent(sent, readBatches(bus, mode.strategy))
        const sensible = sensibleReduction(sent, this.welcome.baud)
        const reduce = this.reduction === 0 ? sensible : this.reduction
        const asked = this.stream?.on && this.stream.reduce === reduce
        this.stream = asked
            ? await client.streamState()
            : await client.stream({ reduce })
        const { jacdacMetered, jacdacRefused } = await client.boardCounters()
        const dropped = jacdacMetered + jacdacRefused
        this.control.lookedAtMeter(dropped > this.requestsDropped)
        this.requestsDropped = dropped
        this.rates.poll(seconds(), this.counters, this.receivedBytes)
    }

    private took(image: LinkImage): void {
        this.rates.image(seconds(), image, this.receivedBytes)
        this.options.onImage(image)
    }

    private link(): LinkFigures {
        const { rates, stream, reduction, known, requestsDropped } = this
        const { baud } = this.welcome
        const { received, corrupt, missed } = known.client.images
        const { bytesPerSecond, imagesPerSecond } = rates
        return {
            baud,
            bytesPerSecond,
            share: bytesPerSecond / (baud / 10),
            picturesPerSecond: imagesPerSecond,
            reduction: { wanted: reduction, applied: stream?.reduce ?? 1 },
            pictures: received,
            skipped: stream?.skipped ?? 0,
            abandoned: stream?.abandoned ?? 0,
            corrupt: corrupt + missed,
            requestsDropped,
            note: this.note,
        }
    }
}

function seconds(): number {
    return performance.now() / 1000
}

function words(error: unknown): string {
    return error instanceof CamscriptError
        ? error.message
        : `a mistake in camscript itself: ${String(error)}`
}
