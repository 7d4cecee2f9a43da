// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import { decodeFrame } from "../../../host/view/messages/frame-message.ts"
import {
    PageSocket,
    FRAMES_UNDER_WAY,
    STATES_WAITED_MAX,
} from "../../../host/view/page-socket.ts"
import type {
    LiveState,
    ServerMessage,
} from "../../../host/view/messages/messages.ts"
import { fakeFrame } from "../../support/view/fake-target.ts"

describe("a page's socket", () => {
    it("sends as many frames as may be under way, then only the newest", () => {
        const { page, sequences } = connected()

        for (let sequence = 0; sequence < 10; sequence++)
            page.offer(fakeFrame(sequence))
        expect(sequences()).toEqual([0, 1, 2])
        page.drawn()

        expect(FRAMES_UNDER_WAY).toBe(3)
        expect(sequences()).toEqual([0, 1, 2, 9])
        expect(page).toMatchObject({ sent: 4, skipped: 6 })
    })

    it("tells the page how many it was not sent", () => {
        const { page, sent } = connected()

        for (let sequence = 0; sequence < 6; sequence++)
            page.offer(fakeFrame(sequence))
        page.drawn()

        const last = sent.at(-1) as Uint8Array<ArrayBuffer>
        expect(decodeFrame(last.buffer).skipped).toBe(2)
    })

    it("sends nothing while the socket has bytes left over", () => {
        const { page, wire, sequences } = connected()
        wire.bufferedAmount = 1

        page.offer(fakeFrame(1))
        page.offer(fakeFrame(2))
        wire.bufferedAmount = 0
        page.offer(fakeFrame(3))

        expect(sequences()).toEqual([3])
    })

    it("is not confused by frames drawn that were never sent", () => {
        const { page, sequences } = connected()

        for (let count = 0; count < 5; count++) page.drawn()
        for (let sequence = 0; sequence < 5; sequence++)
            page.offer(fakeFrame(sequence))

        expect(sequences()).toHaveLength(FRAMES_UNDER_WAY)
    })
})

/** A state that is told from others by its time. */
function state(seconds: number): ServerMessage {
    return { type: "state", state: { seconds } as LiveState }
}

describe("a page that does not read", () => {
    it("has only the newest message of each type waiting, which comes when it reads again", () => {
        const { page, wire, texts } = connected()
        page.say(state(0))
        wire.bufferedAmount = 1
        for (let seconds = 1; seconds < 100; seconds++) page.say(state(seconds))
        expect(texts()).toEqual([state(0)])

        wire.bufferedAmount = 0
        wire.taken!()

        expect(texts()).toEqual([state(0), state(99)])
        expect(wire.closedWith).toBeUndefined()
    })

    it("is disconnected with the reason after a while, and told nothing more", () => {
        const { page, wire, sent } = connected()
        wire.bufferedAmount = 1
        for (let count = 1; count < STATES_WAITED_MAX; count++)
            page.say(state(count))
        expect(wire.closedWith).toBeUndefined()
        page.say(state(STATES_WAITED_MAX))
        expect(wire.closedWith).toEqual([
            1013,
            "this page has read nothing for half a minute",
        ])

        wire.bufferedAmount = 0
        page.say(state(1000))
        page.offer(fakeFrame(1))

        expect(sent).toEqual([])
    })

    it("stays when it reads now and then", () => {
        const { page, wire } = connected()
        for (let count = 0; count < 10 * STATES_WAITED_MAX; count++) {
            wire.bufferedAmount = count % 100 === 0 ? 0 : 1
            page.say(state(count))
        }

        expect(wire.closedWith).toBeUndefined()
    })
})

function connected() {
    const sent: (string | Uint8Array)[] = []
    const wire = {
        bufferedAmount: 0,
        closedWith: undefined as [code: number, reason: string] | undefined,
        taken: undefined as (() => void) | undefined,
        send: (data: string | Uint8Array, taken?: () => void) => {
            sent.push(data)
            wire.taken = taken
        },
        close: (code: number, reason: string) => {
            wire.closedWith = [code, reason]
        },
    }
    const texts = () =>
        sent.map(data => JSON.parse(data as string) as ServerMessage)
    const sequences = () =>
        sent.map(data => {
            const bytes = data as Uint8Array<ArrayBuffer>
            return decodeFrame(bytes.buffer).frame.sequence
        })
    return { page: new PageSocket(wire), wire, sent, texts, sequences }
}
