// SPDX-License-Identifier: MIT
// The receivers of the link, C (in wasm) and TypeScript, as the tests see them.

import { LinkClient } from "../../../../host/link/link-client.ts"
import {
    encodeMessage,
    MessageReader,
} from "../../../../protocol/link/message-codec.ts"
import type { Message } from "../../../../protocol/link/messages.ts"
import { BODY_BYTES_MAX, MessageType } from "../../../../protocol/link/wire.ts"
import {
    mcuMemory,
    SCRATCH,
    startFirmware,
    type FirmwareExports,
} from "../slots/firmware-wasm.ts"
import type { Receiver } from "./fuzz.ts"
import { imageText, textOf } from "./fuzz-traffic.ts"

export interface Taken extends Message {
    readonly sequence: number
}

/** A receiver that keeps what it took. */
export interface KeepingReceiver extends Receiver {
    messages: Taken[]
}

/** cam_link_message_t: body, bytes, type, sequence. */
const MESSAGE = SCRATCH + 0x800

function takeTexts(receiver: KeepingReceiver): string[] {
    return receiver.messages.splice(0).map(textOf)
}

/** The host's. */
export function typescriptReceiver(): KeepingReceiver {
    const reader = new MessageReader({
        bodyBytesMax: BODY_BYTES_MAX,
        opening: MessageType.HELLO,
        onMessage: (message, sequence) =>
            receiver.messages.push({ ...message, sequence }),
    })
    const receiver: KeepingReceiver = {
        messages: [],
        push: bytes => reader.push(bytes),
        taken: () => takeTexts(receiver),
        counters: () => reader.counters,
    }
    return receiver
}

/** The firmware's: cam_link_receive. */
export function cReceiver(module: WebAssembly.Module): KeepingReceiver {
    const memory = mcuMemory()
    const bytes = new Uint8Array(memory.buffer)
    const view = new DataView(memory.buffer)
    const firmware: FirmwareExports = startFirmware(module, memory, {
        read32: () => 0,
        write32: () => {},
    })
    const receiver: KeepingReceiver = {
        messages: [],
        push(portion) {
            for (const byte of portion) {
                if (!firmware.cam_link_receive(byte, MESSAGE)) continue
                const body = view.getUint32(MESSAGE, true)
                const count = view.getUint32(MESSAGE + 4, true)
                receiver.messages.push({
                    type: bytes[MESSAGE + 8]!,
                    sequence: bytes[MESSAGE + 9]!,
                    body: bytes.slice(body, body + count),
                })
            }
        },
        taken: () => takeTexts(receiver),
        counters() {
            const at = firmware.cam_link_receive_counters()
            const word = (i: number): number => view.getUint32(at + 4 * i, true)
            return { received: word(0), badFrames: word(1), stale: word(2) }
        },
    }
    return receiver
}

/** A client in a session; what it gives, as AllTypes expects it. */
export function clientReceiver(): Receiver & { readonly client: LinkClient } {
    const stream = {
        send: () => {},
        onBytes: undefined as ((bytes: Uint8Array) => void) | undefined,
    }
    const client = new LinkClient({ stream, session: 1 })
    stream.onBytes!(welcome(1))
    const before = { ...client.counters }
    let texts: string[] = []
    const give = (type: MessageType, body: Iterable<number>): void => {
        texts.push(textOf({ type, body: Uint8Array.from(body) }))
    }
    client.onOther = message => texts.push(textOf(message))
    client.onJacdac = frame => give(MessageType.JACDAC, frame)
    client.onLog = (kind, line, dropped) =>
        give(MessageType.LOG, [kind, 0, dropped, 0, ...Buffer.from(line)])
    client.onRefused = ({ refusal }) => {
        const body = Buffer.alloc(12)
        body.writeUInt16LE(refusal.code, 0)
        body.writeUInt8(refusal.type, 2)
        body.writeUInt8(refusal.sequence, 3)
        body.writeUInt32LE(refusal.value, 4)
        body.writeUInt32LE(refusal.limit, 8)
        give(MessageType.ERROR, body)
    }
    client.onFrame = image => texts.push(imageText(image))
    return {
        client,
        push: bytes => stream.onBytes!(bytes),
        taken() {
            const given = texts
            texts = []
            return given
        },
        counters() {
            const { received, stale, badFrames } = client.counters
            return {
                received: received - before.received,
                stale: stale - before.stale,
                badFrames: badFrames - before.badFrames,
            }
        },
    }
}

/** The next message after it has sequence 0. */
function welcome(session: number): Uint8Array {
    const body = new Uint8Array(132)
    body[0] = 1
    new DataView(body.buffer).setUint32(12, session, true)
    return encodeMessage({ type: MessageType.WELCOME, body }, 0xff)
}
