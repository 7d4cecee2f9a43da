// SPDX-License-Identifier: MIT
// Clients that are refused a websocket and reset their connection: the servers go on. An error on a socket that nobody listens
// to would end the process; here vitest reports it as an unhandled error, which fails the run.

import { connect } from "node:net"
import { describe, expect, it } from "vitest"
import { JacdacServer } from "../../../host/jacdac/jacdac-server.ts"
import { ViewServer } from "../../../host/view/view-server.ts"
import { FakeTarget } from "../../support/view/fake-target.ts"

const REFUSALS = 1000
/** Connections at a time. */
const TOGETHER = 50

interface OpenServer {
    readonly url: string
    /** What an ordinary GET of "/" answers. */
    readonly status: number
    close(): Promise<void>
}

async function viewServer(): Promise<OpenServer> {
    const server = new ViewServer(new FakeTarget())
    const url = await server.open(0)
    return { url, status: 200, close: () => server.close() }
}

async function jacdacServer(): Promise<OpenServer> {
    const server = new JacdacServer({ send() {}, onFrame: () => () => {} })
    const url = (await server.open(0)).replace("ws:", "http:")
    return { url, status: 404, close: () => server.close() }
}

/** Ask for a websocket as another site's page does, and reset the connection when the answer begins. */
function refusedAndReset(port: number): Promise<void> {
    return new Promise(resolve => {
        const socket = connect(port, "127.0.0.1", () => {
            socket.write(
                `GET /live HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://evil.example\r\n` +
                    "Connection: Upgrade\r\nUpgrade: websocket\r\n" +
                    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
        })
        socket.once("data", answer => {
            expect(answer.toString("latin1")).toMatch(/^HTTP\/1.1 403 /)
            socket.resetAndDestroy()
        })
        socket.on("error", () => {})
        socket.once("close", () => resolve())
    })
}

describe.each([
    ["the live view's", viewServer],
    ["the Jacdac tools'", jacdacServer],
])("%s server", (_, open) => {
    it("goes on after 1,000 refused upgrades, each followed by a reset", async () => {
        const { url, status, close } = await open()
        const port = Number(new URL(url).port)
        try {
            for (let i = 0; i < REFUSALS; i += TOGETHER)
                await Promise.all(
                    Array.from({ length: TOGETHER }, () =>
                        refusedAndReset(port)
                    )
                )

            expect((await fetch(url)).status).toBe(status)
        } finally {
            await close()
        }
    })
})
