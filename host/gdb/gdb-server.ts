// SPDX-License-Identifier: MIT
// GDB's way in: a server on this computer, for one client at a time. The core stands at reset until one lets it go.

import { createServer, type Server, type Socket } from "node:net"
import { listenLocally } from "../listen.ts"
import type { Debuggee } from "./debuggee.ts"
import { DebuggedCore } from "./debugged-core.ts"
import { encodePacket, PacketReader } from "./packet.ts"
import { GdbSession } from "./session.ts"
import { Timeline } from "./timeline.ts"

export class GdbServer {
    private readonly present: DebuggedCore
    private readonly timeline: Timeline
    private socket: Socket | undefined
    private session: GdbSession | undefined

    private constructor(
        machine: Debuggee,
        again: () => Debuggee,
        private readonly server: Server
    ) {
        this.present = new DebuggedCore(machine)
        this.timeline = new Timeline(this.present, again)
        server.on("connection", socket => this.connected(socket))
    }

    /**
     * Hold a machine, and wait for a client.
     * @param port TCP, 0: any that is free
     * @param again makes a machine like it, at reset, that gives nothing to the outside
     * @throws UsageError when the port cannot be had
     */
    static async open(
        port: number,
        machine: Debuggee,
        again: () => Debuggee
    ): Promise<GdbServer> {
        const server = createServer()
        await listenLocally(server, port, "--gdb", "take another one")
        return new GdbServer(machine, again, server)
    }

    /** What it listens on. */
    get port(): number {
        const address = this.server.address()
        return address !== null && typeof address === "object"
            ? address.port
            : 0
    }

    /** The run is over. @param problem what ended it before its time */
    close(problem?: string): void {
        if (!this.server.listening) return
        this.session?.ended(problem)
        void this.timeline.leave()
        this.socket?.end()
        this.server.close()
    }

    private connected(socket: Socket): void {
        if (this.socket) {
            // One core, one debugger.
            socket.destroy()
            return
        }
        this.socket = socket
        socket.setNoDelay(true)
        let last: Buffer = Buffer.alloc(0)
        const session = new GdbSession(this.present, this.timeline, {
            send: data => socket.write((last = encodePacket(data))),
            end: killed => {
                if (killed) this.present.kill()
                this.left(socket)
                socket.end()
            },
        })
        this.session = session
        const reader = new PacketReader()
        socket.on("data", bytes => {
            for (const received of reader.take(bytes))
                switch (received.kind) {
                    case "interrupt":
                        session.interrupt()
                        break
                    case "again":
                        socket.write(last)
                        break
                    case "damaged":
                        socket.write("-")
                        break
                    case "packet":
                        if (session.acknowledges) socket.write("+")
                        session.take(received.data)
                        break
                    case "acknowledged":
                        break
                }
        })
        // A client that went away without a word has left as well.
        socket.on("error", () => this.left(socket))
        socket.on("close", () => this.left(socket))
    }

    /** Without a client the program runs on as if there had been none. */
    private left(socket: Socket): void {
        if (this.socket !== socket) return
        this.socket = this.session = undefined
        this.present.onStop = undefined
        void this.timeline.leave().then(() => {
            this.timeline.setPoints([])
            this.present.release()
        })
    }
}
