// SPDX-License-Identifier: MIT
// A board at the end of a cable that answers as docs/link.md says, and has no camera and no program behind it.

import { crc32 } from "node:zlib"
import { writeName } from "../../../protocol/link/messages.ts"
import {
    MessageReader,
    MessageWriter,
} from "../../../protocol/link/message-codec.ts"
import { VM_ID } from "../../../toolchain/slots/program-slot.ts"
import type { OpenPort } from "../../../host/link/serial-port.ts"
import { ErrorCode, MessageType } from "../../../protocol/link/wire.ts"
import { GrabberReg, GrabberBytes } from "../../../protocol/grabber-page.ts"

/** A cable: plugged into the board's port at both ends. */
export class FakeBoard implements OpenPort {
    onBytes: ((bytes: Uint8Array) => void) | undefined
    onLost: ((reason: string) => void) | undefined
    readonly registers = new Uint8Array(256)
    readonly map = new DataView(this.registers.buffer)
    /** Types of the messages that came. */
    readonly heard: MessageType[] = []
    /** Bodies of the PROGRAM_BEGIN and STREAM messages that came. */
    readonly begins: Uint8Array[] = []
    readonly streams: Uint8Array[] = []
    name = "stm32f407ve"
    slotSequence = 1
    /** Of the slot that a finished update has filled; it runs after a reset. */
    nextSequence = 0
    /** The slot that was filled is no good: the board starts the old one again. */
    rejectsNew = false
    silent = false
    /** Refuses PROGRAM_BEGIN with this code, value and limit. */
    refusal: readonly [ErrorCode, number, number] | undefined
    open = true
    private session = 0
    private written = 0
    private writer = new MessageWriter()
    private readonly reader = new MessageReader({
        bodyBytesMax: 252,
        opening: MessageType.HELLO,
        onMessage: ({ type, body }, sequence) =>
            this.take(type, body, sequence),
    })

    constructor() {
        const { map } = this
        map.setUint16(GrabberReg.REQ_X, 0xffff, true)
        map.setUint16(GrabberReg.REQ_Y, 0xffff, true)
        map.setUint16(GrabberReg.REQ_WIDTH, 220, true)
        map.setUint16(GrabberReg.REQ_HEIGHT, 220, true)
        map.setUint32(GrabberReg.REQ_FPS_MILLIHZ, 120_000, true)
        map.setUint8(GrabberReg.REQ_BUFFERS, 2)
        map.setUint8(GrabberReg.REQ_SENSOR, 1)
        map.setUint8(GrabberReg.MODE_STRATEGY, 3)
        map.setUint8(GrabberReg.MODE_FORMAT, 1)
        map.setUint8(GrabberReg.MODE_BUFFERS, 2)
        this.setWindow({ x: 266, y: 130, width: 220, height: 220 })
    }

    setWindow(window: {
        readonly x: number
        readonly y: number
        readonly width: number
        readonly height: number
    }): void {
        const { map } = this
        map.setUint16(GrabberReg.MODE_X, window.x, true)
        map.setUint16(GrabberReg.MODE_Y, window.y, true)
        map.setUint16(GrabberReg.MODE_WIDTH, window.width, true)
        map.setUint16(GrabberReg.MODE_HEIGHT, window.height, true)
        map.setUint16(GrabberReg.MODE_LINE_BYTES, window.width, true)
        map.setUint16(GrabberReg.MODE_LINES, window.height, true)
    }

    send(bytes: Uint8Array): void {
        if (this.open && !this.silent) this.reader.push(bytes)
    }

    close(): Promise<void> {
        this.open = false
        return Promise.resolve()
    }

    unplug(): void {
        this.open = false
        this.onLost?.("it was unplugged")
    }

    /** Somebody pressed its button. */
    restart(): void {
        this.session = 0
        if (this.nextSequence > 0 && !this.rejectsNew)
            this.slotSequence = this.nextSequence
    }

    say(type: MessageType, body: Uint8Array): void {
        this.onBytes?.(this.writer.encode({ type, body }).wire)
    }

    /** An image of 2x2 pixels of two frames. */
    sendImage(number: number, sequence: number, endUs: number): void {
        const pixels = Uint8Array.of(1, 2, 3, 4)
        const head = new Uint8Array(12 + GrabberBytes.DESCRIPTOR)
        const view = new DataView(head.buffer)
        view.setUint16(0, number, true)
        view.setUint8(2, 2)
        view.setUint32(4, pixels.length, true)
        view.setUint16(8, 2, true)
        view.setUint16(10, 2, true)
        view.setUint8(12 + 2, 1)
        view.setUint32(12 + 4, sequence, true)
        view.setUint32(12 + 12, endUs, true)
        view.setUint16(12 + 20, 24, true)
        view.setUint16(12 + 28, 4, true)
        view.setUint16(12 + 30, 4, true)
        this.say(MessageType.FRAME, head)
        this.pixels(number, 0, pixels.subarray(0, 2))
        const band = words([0, 2, sequence + 1, (endUs + 10_000) >>> 0])
        new DataView(band.buffer).setUint32(0, number | (2 << 16), true)
        this.say(MessageType.BAND, band)
        this.pixels(number, 2, pixels.subarray(2))
        this.say(
            MessageType.FRAME_END,
            words([number | (2 << 16), crc32(pixels)])
        )
    }

    private pixels(number: number, offset: number, data: Uint8Array): void {
        const body = new Uint8Array(6 + data.length)
        const view = new DataView(body.buffer)
        view.setUint16(0, number, true)
        view.setUint32(2, offset, true)
        body.set(data, 6)
        this.say(MessageType.PIXELS, body)
    }

    private take(type: MessageType, body: Uint8Array, sequence: number): void {
        this.heard.push(type)
        if (type === MessageType.HELLO) return this.welcome(body, sequence)
        if (this.session === 0)
            return this.refuse(type, sequence, [ErrorCode.NO_HELLO, type, 1])
        switch (type) {
            case MessageType.GET_REGISTERS: {
                const [address, count] = body as unknown as [number, number]
                const content = this.registers.subarray(address)
                return this.say(
                    MessageType.REGISTERS,
                    Uint8Array.of(address, ...content.subarray(0, count))
                )
            }
            case MessageType.GET_COUNTERS:
                // Their order is docs/link.md's: 8 are metered, 9 are refused.
                return this.say(
                    MessageType.COUNTERS_ARE,
                    words([0, 0, 0, 0, 0, 0, 0, 0, 40, 2, 0])
                )
            case MessageType.STREAM:
                if (body.length > 0) this.streams.push(body.slice())
                return this.streamState()
            case MessageType.PROGRAM_BEGIN:
                this.begins.push(body.slice())
                if (this.refusal)
                    return this.refuse(type, sequence, this.refusal)
                this.written = 0
                this.say(MessageType.PROGRAM_ERASING, words([0, 0, 4000]))
                return this.say(MessageType.PROGRAM_READY, words([128]))
            case MessageType.PROGRAM_DATA:
                this.written += body.length - 4
                return this.say(MessageType.PROGRAM_ACK, words([this.written]))
            case MessageType.PROGRAM_COMMIT:
                this.nextSequence = this.slotSequence + 1
                return this.say(
                    MessageType.PROGRAM_DONE,
                    words([0x08060000, this.nextSequence])
                )
            case MessageType.RESET:
                this.say(MessageType.RESETTING, new Uint8Array(0))
                return this.restart()
        }
    }

    private welcome(hello: Uint8Array, sequence: number): void {
        this.session = new DataView(hello.buffer, hello.byteOffset).getUint32(
            4,
            true
        )
        this.writer = new MessageWriter()
        this.reader.restart(sequence)
        const body = new Uint8Array(132)
        const view = new DataView(body.buffer)
        view.setUint8(0, 1)
        view.setUint16(2, 252, true)
        view.setUint16(4, 128, true)
        view.setUint16(6, 512, true)
        view.setUint32(12, this.session, true)
        view.setUint32(16, VM_ID, true)
        view.setUint32(20, 913_043, true)
        view.setUint32(32, this.slotSequence, true)
        writeName(body, 36, 32, this.name)
        writeName(body, 68, 64, "src/main.ts")
        this.say(MessageType.WELCOME, body)
    }

    private streamState(): void {
        const body = new Uint8Array(24)
        body.set(this.streams.at(-1)?.subarray(0, 6) ?? [])
        new DataView(body.buffer).setUint32(12, 7, true)
        this.say(MessageType.STREAM_STATE, body)
    }

    private refuse(
        type: MessageType,
        sequence: number,
        [code, value, limit]: readonly [ErrorCode, number, number]
    ): void {
        const body = new Uint8Array(12)
        const view = new DataView(body.buffer)
        view.setUint16(0, code, true)
        body[2] = type
        body[3] = sequence
        view.setUint32(4, value, true)
        view.setUint32(8, limit, true)
        this.say(MessageType.ERROR, body)
    }
}

function words(values: readonly number[]): Uint8Array {
    const body = new Uint8Array(4 * values.length)
    const view = new DataView(body.buffer)
    values.forEach((value, i) => view.setUint32(4 * i, value, true))
    return body
}
