// SPDX-License-Identifier: MIT
// Lets Jacdac's own tools onto a Jacdac line: a websocket on 127.0.0.1 whose binary messages are frames, as that of
// DeviceScript's devtools.

import {
    createServer,
    type IncomingHttpHeaders,
    type IncomingMessage,
    type Server,
} from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import { WebSocketServer, type WebSocket } from "ws"
import type { JacdacLine } from "../../sim/wires/jacdac-bus.ts"
import { decodeFrame } from "../../protocol/jacdac-frame.ts"
import { surviveConnectionErrors } from "../connection-errors.ts"
import { listenLocally, LOCAL_ADDRESS } from "../listen.ts"

/** A Jacdac frame has at most 252 bytes; tools also send texts, which are for devtools only. */
const MESSAGE_BYTES_MAX = 64 * 1024
/** A tool that does not read is not waited for. */
const BUFFERED_BYTES_MAX = 256 * 1024

/** A bus: what one tool sends, the board and all other tools hear; what the board sends, all tools. */
export class JacdacServer {
    private readonly tools = new Set<WebSocket>()
    private readonly sockets = new WebSocketServer({
        noServer: true,
        maxPayload: MESSAGE_BYTES_MAX,
        perMessageDeflate: false,
    })
    private readonly server: Server
    private readonly stopListening: () => void

    constructor(private readonly line: JacdacLine) {
        this.server = createServer((_, response) => {
            response
                .writeHead(404, { "Content-Type": "text/plain" })
                .end("Jacdac frames by websocket only; the page is elsewhere\n")
        })
        surviveConnectionErrors(this.server)
        this.server.on(
            "upgrade",
            (request: IncomingMessage, socket: Duplex, head: Buffer) =>
                this.upgrade(request, socket, head)
        )
        this.stopListening = line.onFrame(frame => this.spread(frame))
    }

    /**
     * Listen.
     * @param port 0: any that is free
     * @returns the address for tools
     * @throws UsageError when the port cannot be had
     */
    async open(port: number): Promise<string> {
        await listenLocally(
            this.server,
            port,
            "--jacdac",
            "are DeviceScript's devtools running?"
        )
        return `ws://${LOCAL_ADDRESS}:${this.port}`
    }

    async close(): Promise<void> {
        this.stopListening()
        for (const tool of this.tools) tool.terminate()
        this.sockets.close()
        this.server.closeAllConnections()
        await new Promise(resolve => this.server.close(resolve))
    }

    private get port(): number {
        return (this.server.address() as AddressInfo).port
    }

    private upgrade(
        request: IncomingMessage,
        socket: Duplex,
        head: Buffer
    ): void {
        const refused = toolRefusal(request.headers, this.port)
        if (refused !== undefined) {
            socket.end(
                `HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(refused)}\r\n\r\n${refused}`
            )
            return
        }
        this.sockets.handleUpgrade(request, socket, head, tool => {
            this.tools.add(tool)
            tool.on("close", () => this.tools.delete(tool))
            tool.on("error", () => tool.terminate())
            tool.on("message", (data, binary) => {
                // Text is what devtools and its clients say to each other beside the bus.
                if (binary) this.heard(tool, new Uint8Array(data as Buffer))
            })
        })
    }

    private heard(from: WebSocket, frame: Uint8Array): void {
        try {
            decodeFrame(frame)
        } catch {
            return
        }
        this.spread(frame, from)
        this.line.send(frame)
    }

    private spread(frame: Uint8Array, except?: WebSocket): void {
        for (const tool of this.tools)
            if (tool !== except && tool.bufferedAmount < BUFFERED_BYTES_MAX)
                tool.send(frame)
    }
}

/**
 * Programs say no Origin; browsers always do. No page of a browser is let in: any site could be one, and none of ours
 * needs it.
 * @returns why it is refused; undefined: it is not
 */
export function toolRefusal(
    { host, origin }: IncomingHttpHeaders,
    port: number
): string | undefined {
    const hosts = [`${LOCAL_ADDRESS}:${port}`, `localhost:${port}`]
    if (host === undefined || !hosts.includes(host.toLowerCase()))
        return `Host ${host ?? "(none)"} is not this server (${hosts[0]})\n`
    return origin === undefined
        ? undefined
        : `Origin ${origin}: pages in a browser are not let onto the Jacdac line\n`
}
