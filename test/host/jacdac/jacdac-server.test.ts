// SPDX-License-Identifier: MIT
// Jacdac's own tools on the simulator's line: jacdac-ts finds the camera, reads it and moves its window.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { WebSocket } from "ws"
import { JacdacServer } from "../../../host/jacdac/jacdac-server.ts"
import { SimulationTarget } from "../../../host/targets/in-process/simulation-target.ts"
import { CAMERA_CLASS } from "../../../protocol/camera-fields.ts"
import { encodeFrame, FrameFlag } from "../../../protocol/jacdac-frame.ts"
import { jacdacBus } from "../../support/view/jacdac-ts.ts"
import { DEFAULT_APP } from "../../../toolchain/devicescript/default-program.ts"

const WINDOW = 0x80
/** The meter lets 30 packets per second in, and jacdac-ts asks for things of its own. */
const WAIT = { interval: 400 }

describe("jacdac-ts on the simulator's bus", () => {
    let target: SimulationTarget
    let server: JacdacServer
    let url: string

    beforeAll(async () => {
        target = await SimulationTarget.create({
            board: "nucleo-f446re",
            sensor: "mt9v034",
            request: { window: { width: 100, height: 80 }, fps: 60 },
            scene: "chart",
            seed: 1,
            app: DEFAULT_APP,
        })
        server = new JacdacServer(target.jacdac)
        url = await server.open(0)
        void target.run()
    })

    afterAll(async () => {
        await server?.close()
        await target?.close()
    })

    it("finds the camera, reads a register and writes it", async () => {
        // It says that it connects.
        const quiet = vi.spyOn(console, "debug").mockReturnValue()
        const bus = jacdacBus(url)
        try {
            bus.start()
            await bus.connect()
            const camera = () => bus.devices({ serviceClass: CAMERA_CLASS })[0]
            await expect.poll(camera, WAIT).toBeDefined()
            const [service] = camera()!.services({
                serviceClass: CAMERA_CLASS,
            })
            const window = service!.register(WINDOW)
            const read = async () => {
                await window.sendGetAsync()
                return words(window.data)
            }

            await expect.poll(read, WAIT).toEqual([326, 200, 100, 80])
            // A write that the meter drops is not announced: again, until it reads back.
            const write = async () => {
                await window.sendSetAsync(
                    new Uint8Array(Uint16Array.of(8, 16, 0, 0).buffer)
                )
                return read()
            }
            await expect.poll(write, WAIT).toEqual([8, 16, 100, 80])
        } finally {
            await bus.stop()
            await bus.disconnect()
            quiet.mockRestore()
        }
    })
})

describe("the server for Jacdac's tools", () => {
    const sent: Uint8Array[] = []
    let listener: (frame: Uint8Array) => void = () => {}
    const server = new JacdacServer({
        send: frame => void sent.push(frame),
        onFrame: listen => {
            listener = listen
            return () => {}
        },
    })
    let url: string
    const frame = encodeFrame({
        flags: FrameFlag.COMMAND,
        deviceId: "c963562396046398",
        packets: [
            { serviceIndex: 1, command: 0x1080, payload: new Uint8Array(0) },
        ],
    })

    beforeAll(async () => (url = await server.open(0)))
    afterAll(() => server.close())

    it("is a bus: the board and the other tools hear what one sends, it does not", async () => {
        sent.length = 0
        const [one, other] = [await tool(url), await tool(url)]

        one.socket.send(frame)
        await expect.poll(() => other.heard.length).toBe(1)
        listener(frame)
        await expect.poll(() => other.heard.length).toBe(2)

        expect(sent).toEqual([frame])
        expect(one.heard).toEqual([frame])
        one.socket.close()
        other.socket.close()
    })

    it("lets no damaged frame and no text onto the bus", async () => {
        sent.length = 0
        const one = await tool(url)
        const damaged = frame.slice()
        damaged[5]! ^= 1

        one.socket.send(damaged)
        one.socket.send(new Uint8Array(300))
        one.socket.send('{"req":"enableBCast"}')
        one.socket.send(frame)
        await expect.poll(() => sent.length).toBe(1)

        expect(sent).toEqual([frame])
        one.socket.close()
    })

    it.each([
        ["a page of another site", { origin: "https://evil.example" }],
        ["any page", { origin: "http://127.0.0.1:8439" }],
        [
            "a name turned to this machine",
            { headers: { host: "evil.example" } },
        ],
    ])("refuses %s", async (_, options) => {
        await expect(tool(url, options)).rejects.toThrow("403")
    })

    it("says that its port is taken", async () => {
        const second = new JacdacServer({
            send: () => {},
            onFrame: () => () => {},
        })
        const port = Number(new URL(url).port)

        await expect(second.open(port)).rejects.toThrow(
            new RegExp(`--jacdac ${port}: another program listens`)
        )
    })
})

async function tool(url: string, options: object = {}) {
    const socket = new WebSocket(url, options)
    const heard: Uint8Array[] = []
    socket.on("message", data => heard.push(new Uint8Array(data as Buffer)))
    await new Promise((resolve, reject) => {
        socket.on("open", resolve)
        socket.on("error", reject)
    })
    return { socket, heard }
}

function words(data: Uint8Array | undefined): number[] {
    if (!data) return []
    return [...new Uint16Array(data.slice().buffer)]
}
