// SPDX-License-Identifier: MIT
// The whole link of the firmware under a hurt stream of requests: each that was not hit is answered once, nothing else is.

import { beforeAll, expect, it } from "vitest"
import { LinkClient } from "../../../host/link/link-client.ts"
import { encodeMessage } from "../../../protocol/link/message-codec.ts"
import {
    COUNTER_NAMES,
    encodeHello,
    type Message,
} from "../../../protocol/link/messages.ts"
import { MessageType } from "../../../protocol/link/wire.ts"
import { meteredFrame } from "../../support/jacdac/meter-table.ts"
import { randomWords } from "../../support/firmware/slots/fake-flash.ts"
import { compileFirmware } from "../../support/firmware/slots/firmware-wasm.ts"
import { ChipRig } from "../../support/firmware/link/chip-rig.ts"
import {
    fuzz,
    type Receiver,
    type Traffic,
} from "../../support/firmware/link/fuzz.ts"

/** Set by `npm run test:long`. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"
const MESSAGES = LONG ? 1_000_000 : 2_000
const MS = 1e6
const SESSION = 2
/** A type that nobody knows. */
const UNKNOWN = 0x7f as MessageType
const { STREAM, GET_REGISTERS, GET_COUNTERS, JACDAC } = MessageType

/** What the board says to a request; undefined: nothing. */
function answerTo({ type, body }: Message): string | undefined {
    if (type === STREAM)
        return body.length === 3 ? `ERROR 4 ${type}` : `STREAM_STATE ${body[4]}`
    if (type === GET_REGISTERS) return `REGISTERS ${body[0]} ${body[1]}`
    if (type === GET_COUNTERS) return "COUNTERS_ARE"
    return type === JACDAC ? undefined : `ERROR 3 ${type}`
}

function requests(random: () => number): Traffic & { jacdac: number } {
    const kinds: readonly (() => Message)[] = [
        () => ({
            type: STREAM,
            body: Uint8Array.of(0, 1, 0, 0, 1 + (random() % 200), 0, 0, 0),
        }),
        () => ({ type: STREAM, body: new Uint8Array(3) }),
        () => ({
            type: GET_REGISTERS,
            body: Uint8Array.of(0, 1 + (random() % 32)),
        }),
        () => ({ type: GET_COUNTERS, body: new Uint8Array(0) }),
        () => ({ type: JACDAC, body: meteredFrame(1) }),
        () => ({ type: UNKNOWN, body: new Uint8Array(random() % 100) }),
    ]
    const traffic = {
        jacdac: 0,
        next: () => kinds[random() % kinds.length]!(),
        expected(messages: readonly Message[]) {
            traffic.jacdac += messages.filter(
                ({ type }) => type === JACDAC
            ).length
            return messages.map(answerTo).filter(answer => answer !== undefined)
        },
    }
    return traffic
}

/** A board in a session; its answers, by a client. */
function board(rig: ChipRig): Receiver {
    const answers: string[] = []
    const client = new LinkClient({
        stream: rig,
        timer: rig.timer,
        session: SESSION,
    })
    client.onOther = ({ type, body }) => {
        const name = MessageType[type]!
        if (type === MessageType.STREAM_STATE)
            answers.push(`${name} ${body[4]}`)
        else if (type === MessageType.REGISTERS)
            answers.push(`${name} ${body[0]} ${body.length - 1}`)
        else answers.push(name)
    }
    client.onRefused = ({ refusal }) =>
        answers.push(`ERROR ${refusal.code} ${refusal.type}`)
    const body = encodeHello(SESSION)
    // The next message has sequence 0.
    rig.send(encodeMessage({ type: MessageType.HELLO, body }, 0xff))
    rig.run(20 * MS)
    // WELCOME.
    answers.length = 0
    const before = rig.counters(COUNTER_NAMES)
    return {
        push(bytes) {
            rig.send(bytes)
            // Until all of it is in and all of its answers are out.
            for (let sent = -1; sent !== rig.sent.length;) {
                sent = rig.sent.length
                rig.run(4 * MS)
            }
        },
        taken: () => answers.splice(0),
        counters() {
            const now = rig.counters(COUNTER_NAMES)
            const came = (name: string): number => now[name]! - before[name]!
            return {
                received: came("received"),
                stale: came("stale"),
                badFrames: came("badFrames"),
            }
        },
    }
}

beforeAll(async () => {
    await compileFirmware()
})

it(`the board answers each of ${MESSAGES} hurt requests that was not hit, and nothing else`, async () => {
    const rig = await ChipRig.create()
    const traffic = requests(randomWords(8))
    const result = fuzz(board(rig), MESSAGES, randomWords(9), traffic)

    expect(result.problems).toEqual([])
    if (LONG) console.log(JSON.stringify(result))
    expect(result.hit).toBeGreaterThan(MESSAGES / 10)
    expect(result.stale).toBeGreaterThan(MESSAGES / 24)
    expect(result.taken).toBeGreaterThan(MESSAGES / 2)
    const { jacdacReceived, jacdacMetered, jacdacRefused } =
        rig.counters(COUNTER_NAMES)
    expect(jacdacReceived! + jacdacMetered! + jacdacRefused!).toBe(
        traffic.jacdac
    )
    expect(rig.jacdac).toHaveLength(jacdacReceived!)
})
