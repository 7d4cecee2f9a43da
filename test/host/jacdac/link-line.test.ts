// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import { LinkClient, type ByteStream } from "../../../host/link/link-client.ts"
import { LinkJacdacLine } from "../../../host/jacdac/link-line.ts"
import {
    MessageReader,
    MessageWriter,
} from "../../../protocol/link/message-codec.ts"
import { MessageType } from "../../../protocol/link/wire.ts"
import { encodeFrame, FrameFlag } from "../../../protocol/jacdac-frame.ts"

const frame = encodeFrame({
    flags: FrameFlag.COMMAND,
    deviceId: "c963562396046398",
    packets: [{ serviceIndex: 1, command: 0x1080, payload: Uint8Array.of(5) }],
})

/** A client, and the bodies of the JACDAC messages that the board got of it. */
function board() {
    const got: Uint8Array[] = []
    const reader = new MessageReader({
        bodyBytesMax: 252,
        opening: MessageType.HELLO,
        onMessage: ({ body }) => got.push(body.slice()),
    })
    const stream: ByteStream = {
        onBytes: undefined,
        send: bytes => reader.push(bytes),
    }
    const client = new LinkClient({ stream })
    const writer = new MessageWriter()
    const say = (body: Uint8Array) =>
        stream.onBytes!(writer.encode({ type: MessageType.JACDAC, body }).wire)
    return { client, got, say }
}

describe("the link as a Jacdac line", () => {
    it("carries frames both ways, until a listener has enough", () => {
        const line = new LinkJacdacLine()
        const { client, got, say } = board()
        const heard: Uint8Array[] = []
        const stop = line.onFrame(bytes => heard.push(bytes))

        line.attach(client)
        line.send(frame)
        say(frame)
        stop()
        say(frame)

        expect(got).toEqual([frame])
        expect(heard).toEqual([frame])
    })

    it("goes on with the next session, and loses what nobody takes", () => {
        const line = new LinkJacdacLine()
        const [first, second] = [board(), board()]
        const heard: Uint8Array[] = []
        line.onFrame(bytes => heard.push(bytes))

        line.attach(first.client)
        line.attach(undefined)
        line.send(frame)
        line.attach(second.client)
        line.send(frame)
        first.say(frame)
        second.say(frame)

        expect(first.got).toEqual([])
        expect(second.got).toEqual([frame])
        expect(heard).toHaveLength(1)
    })

    it("carries no damaged frame", () => {
        const line = new LinkJacdacLine()
        const { client, got } = board()
        line.attach(client)

        line.send(frame.subarray(0, 14))
        line.send(Uint8Array.from(frame, (byte, i) => (i === 4 ? 0 : byte)))

        expect(got).toEqual([])
    })
})
