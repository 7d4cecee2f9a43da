// SPDX-License-Identifier: MIT
// The two receivers of the link, C (in wasm) and TypeScript, as the tests see them.

import { MessageReader } from "../../../host/link/message-codec.ts"
import type { Message } from "../../../host/link/messages.ts"
import { MessageType } from "../../../host/link/wire.ts"
import {
    mcuMemory,
    SCRATCH,
    startFirmware,
    type FirmwareExports,
} from "../slots/firmware-wasm.ts"
import type { Receiver } from "./fuzz.ts"

export interface Taken extends Message {
    readonly sequence: number
}

/** A receiver that keeps what it took. */
export interface KeepingReceiver extends Receiver {
    messages: Taken[]
}

const BODY_BYTES_MAX = 252
/** cam_link_message_t: body, bytes, type, sequence. */
const MESSAGE = SCRATCH + 0x800

function indexOf({ body }: Message): number {
    return new DataView(body.buffer, body.byteOffset).getUint32(0, true)
}

function takeIndexes(receiver: KeepingReceiver): number[] {
    const indexes = receiver.messages.map(indexOf)
    receiver.messages = []
    return indexes
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
        taken: () => takeIndexes(receiver),
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
        taken: () => takeIndexes(receiver),
        counters() {
            const at = firmware.cam_link_receive_counters()
            const word = (i: number): number => view.getUint32(at + 4 * i, true)
            return { received: word(0), badFrames: word(1), stale: word(2) }
        },
    }
    return receiver
}
