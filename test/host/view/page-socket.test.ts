// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import { decodeFrame } from "../../../host/view/messages/frame-message.ts"
import { PageSocket, FRAMES_UNDER_WAY } from "../../../host/view/page-socket.ts"
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

function connected() {
    const sent: (string | Uint8Array)[] = []
    const wire = {
        bufferedAmount: 0,
        send: (data: string | Uint8Array) => void sent.push(data),
    }
    const sequences = () =>
        sent.map(data => {
            const bytes = data as Uint8Array<ArrayBuffer>
            return decodeFrame(bytes.buffer).frame.sequence
        })
    return { page: new PageSocket(wire), wire, sent, sequences }
}
