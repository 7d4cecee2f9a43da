// SPDX-License-Identifier: MIT
// The host's end of the link, over any stream of bytes: a serial port, a pseudo terminal, an emulated USART.

import { randomInt } from "node:crypto"
import { CamscriptError, UsageError } from "../../protocol/errors.ts"
import type { GrabberBus } from "../../sim/observe/grabber-reader.ts"
import { readGrabber, type GrabberPart } from "./board-registers.ts"
import { BootText } from "./boot-text.ts"
import {
    FrameReceiver,
    type LinkImage,
    type ImageCounters,
} from "./frame-receiver.ts"
import { LinkVersionError, LinkRefusedError } from "./link-errors.ts"
import { LinkRequests } from "./link-requests.ts"
import {
    MessageReader,
    MessageWriter,
} from "../../protocol/link/message-codec.ts"
import {
    decodeCounters,
    decodeError,
    decodeLog,
    decodeWelcome,
    encodeHello,
    type LinkCounters,
    type Message,
    type Welcome,
} from "../../protocol/link/messages.ts"
import {
    decodeStreamState,
    encodeStream,
    type StreamRequest,
    type StreamState,
} from "../../protocol/link/pixel-messages.ts"
import { sendProgram, type UpdateProgress } from "./program-update.ts"
import { parseProgramSlot } from "../../toolchain/slots/program-slot.ts"
import { realTimer, type Timer } from "./timer.ts"
import {
    Capability,
    ErrorCode,
    HOST_BODY_BYTES_MAX,
    LINK_VERSION,
    type LogKind,
    MessageType,
} from "../../protocol/link/wire.ts"

/** Bytes both ways. */
export interface ByteStream {
    send(bytes: Uint8Array): void
    /** Set by the client. */
    onBytes: ((bytes: Uint8Array) => void) | undefined
}

export interface LinkClientOptions {
    readonly stream: ByteStream
    /** The wall clock when left out. */
    readonly timer?: Timer
    /** A number for this session, not 0; random when left out. */
    readonly session?: number
    /** What a user can do when nothing answers. */
    readonly hint?: string
}

export interface HelloOptions {
    readonly tries?: number
    readonly timeoutMs?: number
}

/**
 * One hello and its answer take 15 ms. A board that boots answers after 0.5 s at most (clocks that do not start, the boot
 * log), one whose update was left in the middle of an erase after 4 s (the longest its flash may take).
 */
const HELLO_TRIES = 20
const HELLO_TIMEOUT_MS = 300
const ANSWER_TRIES = 3
const ANSWER_TIMEOUT_MS = 1000
const HINT =
    "Check the port, the cable and the power, and that the board runs this project's firmware"

/** A session with a board. Say hello() first. */
export class LinkClient {
    /** A line of the board's log; `droppedBefore` pieces of lines were lost before it. */
    onLog:
        | ((kind: LogKind, line: string, droppedBefore: number) => void)
        | undefined
    /** A line of text that is no message: before hello, and after a restart. */
    onText: ((line: string) => void) | undefined
    /** A Jacdac frame of the program. */
    onJacdac: ((frame: Uint8Array) => void) | undefined
    /** An image of the board, bit-exact. Set it before stream(). */
    onFrame: ((image: LinkImage) => void) | undefined
    /** An ERROR that answers no request under way. */
    onRefused: ((error: LinkRefusedError) => void) | undefined
    /** Messages of types that this client does not know, or of later versions. */
    onOther: ((message: Message) => void) | undefined
    /** Of the last hello. */
    welcome: Welcome | undefined

    private readonly writer = new MessageWriter()
    private readonly reader: MessageReader
    private readonly requests: LinkRequests
    private readonly frames = new FrameReceiver(image => this.onFrame?.(image))
    private readonly bootText = new BootText(line => this.onText?.(line))
    private readonly session: number
    private readonly hint: string
    private line: number[] = []

    constructor(private readonly options: LinkClientOptions) {
        const { stream, timer = realTimer } = options
        this.session = options.session ?? randomInt(1, 2 ** 32)
        this.hint = options.hint ?? HINT
        this.requests = new LinkRequests(
            (message, numbered) => this.send(message, numbered),
            timer
        )
        this.reader = new MessageReader({
            bodyBytesMax: HOST_BODY_BYTES_MAX,
            opening: MessageType.WELCOME,
            onMessage: (message, sequence) => this.take(message, sequence),
            onNoise: raw => {
                if (this.welcome !== undefined) this.bootText.push(raw)
            },
        })
        stream.onBytes = bytes => {
            if (this.welcome === undefined) this.bootText.push(bytes)
            this.reader.push(bytes)
        }
    }

    /** What this end has received. */
    get counters(): MessageReader["counters"] {
        return this.reader.counters
    }

    /** Images that this end has received, and those it has not. */
    get images(): ImageCounters {
        return this.frames.counters
    }

    /**
     * Open the session.
     * @throws NoAnswerError, LinkVersionError
     */
    async hello(options: HelloOptions = {}): Promise<Welcome> {
        const { tries = HELLO_TRIES, timeoutMs = HELLO_TIMEOUT_MS } = options
        const { session, hint } = this
        const body = encodeHello(session)
        try {
            return await this.requests.request({
                message: { type: MessageType.HELLO, body },
                accept: ({ type }) =>
                    type === MessageType.WELCOME ? this.welcome : undefined,
                timeoutMs,
                tries,
                hint,
            })
        } catch (error) {
            if (
                error instanceof LinkRefusedError &&
                error.refusal.code === ErrorCode.VERSION
            )
                throw new LinkVersionError(LINK_VERSION, error.refusal.limit)
            throw error
        }
    }

    /** Give a Jacdac frame to the program; the board drops what is above 30 per second, and counts it. */
    sendJacdac(frame: Uint8Array): void {
        if (frame.length < 16 || frame.length !== 12 + frame[2]!)
            throw new CamscriptError(
                `a Jacdac frame of ${frame.length} bytes says that it has ${12 + (frame[2] ?? 0)}`
            )
        this.send({ type: MessageType.JACDAC, body: frame })
    }

    /** @throws NoAnswerError, LinkRefusedError */
    boardCounters(): Promise<LinkCounters> {
        return this.ask(
            MessageType.GET_COUNTERS,
            MessageType.COUNTERS_ARE,
            decodeCounters
        )
    }

    /**
     * Let the board send images: onFrame.
     * @throws UsageError, NoAnswerError, LinkRefusedError
     */
    async stream(request: StreamRequest = {}): Promise<StreamState> {
        const { every = 1 } = request
        if (!Number.isInteger(every) || every < 1 || every > 0xffff)
            throw new UsageError(
                `every ${every} frames: it takes 1 to 65535, whole`
            )
        return this.askStream(encodeStream(request))
    }

    /** No more images. @throws NoAnswerError, LinkRefusedError */
    stopStream(): Promise<StreamState> {
        return this.askStream(encodeStream(undefined))
    }

    /** What the board sends, and has sent. @throws NoAnswerError, LinkRefusedError */
    streamState(): Promise<StreamState> {
        return this.askStream(new Uint8Array(0))
    }

    /** The frame grabber's registers, or mode and counters of the capture. @throws NoAnswerError, LinkRefusedError */
    grabber(part: GrabberPart = "all"): Promise<GrabberBus> {
        return readGrabber(
            (address, count) =>
                this.ask(
                    MessageType.GET_REGISTERS,
                    MessageType.REGISTERS,
                    body =>
                        body[0] === address && body.length === 1 + count
                            ? body.slice(1)
                            : undefined,
                    Uint8Array.of(address, count)
                ),
            part
        )
    }

    /** Restart the board; the session ends. @throws NoAnswerError, LinkRefusedError */
    async reset(): Promise<void> {
        await this.ask(MessageType.RESET, MessageType.RESETTING, () => true)
        this.welcome = undefined
    }

    /**
     * Replace the program that does not run; the new one runs after the next reset().
     * @param slot content of a slot, of buildProgramSlot; its sequence number is the board's business
     * @returns where it is now, and its sequence number
     * @throws CamscriptError when the content is not valid, NoAnswerError, LinkRefusedError
     */
    async updateProgram(
        slot: Uint8Array,
        onProgress: (progress: UpdateProgress) => void = () => {}
    ): Promise<{ address: number; sequence: number }> {
        const { welcome, hint, requests } = this
        if (welcome === undefined)
            throw new CamscriptError("a program update needs a hello() first")
        const { chunkBytes, capabilities, board } = welcome
        const { kernels, name } = parseProgramSlot(slot)
        if (kernels && (capabilities & Capability.CAN_KERNELS) === 0)
            throw new CamscriptError(
                `program ${name} has kernels, and the firmware of ${board} is older than these: "camscript flash" writes firmware and ` +
                    `program together.`
            )
        return sendProgram({ slot, requests, chunkBytes, hint, onProgress })
    }

    /** Take the stream's bytes no longer. A request under way fails. */
    close(): void {
        this.options.stream.onBytes = undefined
        this.requests.fail(new CamscriptError("the link was closed"))
    }

    private askStream(body: Uint8Array): Promise<StreamState> {
        const { STREAM, STREAM_STATE } = MessageType
        return this.ask(STREAM, STREAM_STATE, decodeStreamState, body)
    }

    private ask<T>(
        request: MessageType,
        answer: MessageType,
        decode: (body: Uint8Array) => T | undefined,
        body: Uint8Array = new Uint8Array(0)
    ): Promise<T> {
        return this.requests.request({
            message: { type: request, body },
            accept: message =>
                message.type === answer ? decode(message.body) : undefined,
            timeoutMs: ANSWER_TIMEOUT_MS,
            tries: ANSWER_TRIES,
            hint: this.hint,
        })
    }

    private send(
        message: Message,
        numbered: (sequence: number) => void = () => {}
    ): void {
        const { wire, sequence } = this.writer.encode(message)
        numbered(sequence)
        // Whatever garbage the board has collected so far ends before a hello.
        if (message.type === MessageType.HELLO)
            this.options.stream.send(Uint8Array.of(0))
        this.options.stream.send(wire)
    }

    private take(message: Message, sequence: number): void {
        if (message.type === MessageType.WELCOME)
            this.takeWelcome(message, sequence)
        if (message.type === MessageType.LOG) return this.takeLog(message)
        if (message.type === MessageType.JACDAC)
            return this.onJacdac?.(message.body)
        if (this.frames.take(message)) return
        if (this.requests.take(message)) return
        if (message.type === MessageType.ERROR) return this.takeError(message)
        this.onOther?.(message)
    }

    /** A welcome of our session begins the board's count of sequence numbers; one of another is not for us. */
    private takeWelcome(message: Message, sequence: number): void {
        const welcome = decodeWelcome(message.body)
        if (welcome === undefined || welcome.session !== this.session) return
        if (this.welcome === undefined) {
            this.reader.restart(sequence)
            this.frames.restart()
        }
        this.welcome = welcome
    }

    private takeError({ body }: Message): void {
        const refusal = decodeError(body)
        if (refusal !== undefined)
            this.onRefused?.(new LinkRefusedError(refusal))
    }

    private takeLog({ body }: Message): void {
        const piece = decodeLog(body)
        if (piece === undefined) return
        // The rest of the line before was among what got lost.
        if (piece.droppedBefore > 0) this.line = []
        this.line.push(...piece.text)
        if (piece.continues) return
        const line = new TextDecoder().decode(Uint8Array.from(this.line))
        this.line = []
        this.onLog?.(piece.kind, line, piece.droppedBefore)
    }
}
