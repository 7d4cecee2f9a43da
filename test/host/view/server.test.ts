// SPDX-License-Identifier: MIT
import { request } from "node:http"
import sharp from "sharp"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { decodeFrame } from "../../../host/view/messages/frame-message.ts"
import type { ServerMessage } from "../../../host/view/messages/messages.ts"
import { ViewServer } from "../../../host/view/view-server.ts"
import { FakeTarget, fakeFrame } from "../../support/view/fake-target.ts"

const target = new FakeTarget()
const server = new ViewServer(target)
let port: number
let own: string

beforeAll(async () => {
    own = (await server.open(0)).replace(/\/$/, "")
    port = Number(new URL(own).port)
})

afterAll(async () => {
    await server.close()
    expect(target.closed).toBe(true)
})

describe("the live view's server", () => {
    it("gives the page, and lets it load nothing from elsewhere", async () => {
        const { status, body, headers } = await get("/")

        expect(status).toBe(200)
        expect(body).toContain('src="/page.js"')
        expect(body).not.toMatch(/https?:/)
        expect(headers["content-security-policy"]).toMatch(
            /^default-src 'self';/
        )
    })

    it("gives script and style", async () => {
        expect((await get("/page.js")).status).toBe(200)
        expect((await get("/page.css")).body).toContain("prefers-color-scheme")
    })

    it("gives the newest frame as a PNG with its very pixels", async () => {
        target.arrive(fakeFrame(41))

        const { bytes, headers } = await get("/snapshot")

        expect(headers["content-disposition"]).toContain("frame-000041.png")
        const pixels = await sharp(bytes).extractChannel(0).raw().toBuffer()
        expect([...pixels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    })

    it.each([
        "/../package.json",
        "/..%2f..%2fpackage.json",
        "/page.js/../../../README.md",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/page.tsx",
        "/style.css",
        "//127.0.0.1/page.js",
        "/page.js%00",
        "/\\..\\package.json",
        "http://127.0.0.1/page.js",
    ])("knows no other path: %s", async path => {
        expect((await get(path)).status).toBe(404)
    })

    it("only answers GET", async () => {
        expect((await get("/", {}, "POST")).status).toBe(405)
    })

    it.each(["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1"])(
        "refuses the Host %s",
        async host => {
            const { status, body } = await get("/", { host })

            expect(status).toBe(403)
            expect(body).toContain(`Host ${host} is not this server`)
        }
    )

    it.each(["http://evil.example", "null", "https://127.0.0.1"])(
        "refuses the Origin %s",
        async origin => {
            expect((await get("/", { origin })).status).toBe(403)
        }
    )

    it("refuses to be an image in another site's page", async () => {
        const headers = {
            "sec-fetch-site": "cross-site",
            "sec-fetch-mode": "no-cors",
            "sec-fetch-dest": "image",
        }

        expect((await get("/snapshot", headers)).status).toBe(403)
    })

    it("refuses websockets of other pages, of none, and at other paths", async () => {
        const other = socketRefusal("/live", "http://evil.example")
        const none = socketRefusal("/live", undefined)
        const path = socketRefusal("/lives", own)

        expect(await other).toContain("403")
        expect(await none).toContain("403")
        expect(await path).toContain("403")
    })

    it("answers a request with its plan, and hands it on", async () => {
        const page = await connect()
        const wanted = {
            ...target.request,
            window: { x: 8, y: 8, width: 220, height: 220 },
        }

        page.send(JSON.stringify({ type: "want", request: wanted }))
        const plan = await page.next(
            message =>
                message.type === "plan" &&
                message.plan.request.window?.width === 220
        )

        expect(plan).toMatchObject({ plan: { chosen: "sensor-window" } })
        expect(target.wanted.at(-1)).toEqual(wanted)
        page.close()
    })

    it("ignores nonsense, and goes on", async () => {
        const page = await connect()

        page.send("nonsense")
        page.send(JSON.stringify({ type: "streaming", on: false }))
        await page.next(message => message.type === "state")

        expect(target.switched.at(-1)).toBe(false)
        page.close()
    })

    it("hands on what a page wants of the board", async () => {
        const page = await connect()

        page.send(JSON.stringify({ type: "reduce", reduction: 2 }))
        page.send(JSON.stringify({ type: "update" }))
        await page.next(message => message.type === "state")

        expect(target.reductions).toEqual([2])
        expect(target.updates).toBe(1)
        page.close()
    })

    it("introduces the target again when it has become another one", async () => {
        const page = await connect()

        target.onChange!()
        const hello = await page.next(message => message.type === "hello")

        expect(hello).toMatchObject({ request: target.request })
        page.close()
    })

    it("sends frames", async () => {
        const page = await connect()

        target.arrive(fakeFrame(77))

        expect((await page.frame()).sequence).toBe(77)
        page.close()
    })

    it("records every frame, also what no page drew", async () => {
        const page = await connect()
        const recording = (running: boolean) =>
            page.next(
                message =>
                    message.type === "state" &&
                    message.state.recording?.running === running
            )

        page.send(JSON.stringify({ type: "record", on: true }))
        await recording(true)
        for (let sequence = 100; sequence < 120; sequence++)
            target.arrive(fakeFrame(sequence))
        page.send(JSON.stringify({ type: "record", on: false }))
        await recording(false)
        const { body } = await get("/recording")

        expect(body).toMatch(
            /^YUV4MPEG2 W4 H2 F19000000:190000 Ip A1:1 Cmono\n/
        )
        expect(body.match(/FRAME\n/g)).toHaveLength(20)
        page.close()
    })
})

interface Answer {
    readonly status: number
    readonly headers: Record<string, string | string[] | undefined>
    readonly bytes: Buffer
    readonly body: string
}

/** Paths go out as they are: no client that tidies them up. */
function get(
    path: string,
    headers: Record<string, string> = {},
    method = "GET"
): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, path, method, headers }
        request(options, response => {
            const pieces: Buffer[] = []
            response.on("data", (piece: Buffer) => pieces.push(piece))
            response.on("end", () => {
                const bytes = Buffer.concat(pieces)
                resolve({
                    status: response.statusCode!,
                    headers: response.headers,
                    bytes,
                    body: bytes.toString("latin1"),
                })
            })
        })
            .on("error", reject)
            .end()
    })
}

function socketRefusal(path: string, origin: string | undefined) {
    return new Promise<string>(resolve => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
            origin,
        })
        socket.on("open", () => {
            socket.terminate()
            resolve("open")
        })
        socket.on("error", error => resolve(error.message))
    })
}

async function connect() {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, { origin: own })
    const said: ServerMessage[] = []
    const frames: ArrayBuffer[] = []
    socket.binaryType = "arraybuffer"
    socket.on("message", (data: ArrayBuffer, binary) => {
        if (binary) frames.push(data)
        else
            said.push(JSON.parse(Buffer.from(data).toString()) as ServerMessage)
    })
    const until = async <T>(find: () => T | undefined): Promise<T> => {
        for (;;) {
            const found = find()
            if (found !== undefined) return found
            await new Promise(resolve => setTimeout(resolve, 5))
        }
    }
    const next = (matches: (message: ServerMessage) => boolean) => {
        const from = said.length
        return until(() => said.slice(from).find(matches))
    }
    await until(() => said.find(({ type }) => type === "state"))
    return {
        next,
        frame: async () => decodeFrame(await until(() => frames[0])).frame,
        send: (text: string) => socket.send(text),
        close: () => socket.terminate(),
    }
}
