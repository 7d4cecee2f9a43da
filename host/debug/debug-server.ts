// SPDX-License-Identifier: MIT
// Breakpoints in TypeScript for any client of the Debug Adapter Protocol: a server on this computer, for one client at a time.
// A program stands alone: capture, link and watchdogs go on, and what the sensor sends meanwhile is counted.

import { readFileSync } from "node:fs"
import { createServer, type Server, type Socket } from "node:net"
import { join } from "node:path"
import type { JacdacLine } from "../../sim/wires/jacdac-bus.ts"
import type { DebugImage } from "../../toolchain/devicescript/build-program.ts"
import type { Program } from "../../toolchain/devicescript/program.ts"
import { userProject } from "../../toolchain/paths.ts"
import type { Timers } from "../jacdac/jacdac-host.ts"
import { listenLocally } from "../listen.ts"
import type { LiveState } from "../view/messages/messages.ts"
import {
    createDebugSession,
    refuseClient,
    type DebugSessionOptions,
} from "./debug-session.ts"
import { joinLine, type LineBus } from "./line-bus.ts"
import {
    officialDebugger,
    type DapSession,
    type OfficialDebugger,
    type Source,
} from "./official-debugger.ts"
import { checkProgram } from "./program-identity.ts"
import { Stand } from "./stand.ts"

/** What is debugged. */
export interface Debuggee {
    readonly jacdac: JacdacLine
    /** The board's time. */
    readonly timers: Timers
    live(): Pick<LiveState, "counters">
}

export class DebugServer {
    private current: Client | undefined
    private readonly sockets = new Set<Socket>()
    private serve!: (served: Served) => void
    /** Whoever comes before there is something to debug waits for it. */
    private readonly served = new Promise<Served>(
        resolve => (this.serve = resolve)
    )

    /**
     * Listen.
     * @param port TCP, 0: any that is free
     * @param say what a user wants to know of it
     * @throws UsageError when the port cannot be had
     */
    static async open(
        port: number,
        say: (line: string) => void
    ): Promise<DebugServer> {
        const server = createServer()
        const had = await listenLocally(
            server,
            port,
            "--port",
            "end it, or take another one here and in .vscode/launch.json"
        )
        return new DebugServer(server, had, say)
    }

    private constructor(
        private readonly server: Server,
        /** What it listens on. */
        readonly port: number,
        private readonly say: (line: string) => void
    ) {
        server.on("connection", socket => {
            socket.setNoDelay(true)
            this.sockets.add(socket)
            socket.on("close", () => this.sockets.delete(socket))
            // What a client does to its connection ends that alone.
            socket.on("error", () => socket.destroy())
            void this.served.then(served => this.connected(socket, served))
        })
    }

    /**
     * There is something to debug.
     * @throws CamscriptError when the official debugger is not the one that is known
     */
    start(debuggee: Debuggee, { program, debugJson }: DebugImage): void {
        const official = officialDebugger()
        const image: unknown = JSON.parse(debugJson)
        this.serve({ official, debuggee, program, image })
    }

    /** What is debugged is gone, or another one now. */
    dismiss(why: string): void {
        this.current?.dismiss(why)
    }

    /** Let the program go on, and listen no more. */
    async close(): Promise<void> {
        await this.current?.leave()
        for (const socket of this.sockets) socket.destroySoon()
        await new Promise(resolve => this.server.close(resolve))
    }

    private connected(socket: Socket, served: Served): void {
        const { official, debuggee, program, image } = served
        const { jacdac, timers } = debuggee
        const bus = joinLine(official, jacdac, timers)
        const stand = new Stand(debuggee, line => {
            this.say(line)
            client.print(line)
        })
        const options: DebugSessionOptions = {
            bus: bus.bus,
            image,
            pathOf,
            admit: () => checkProgram(jacdac, timers, program),
            onStands: () => stand.begin(),
            onGoesOn: () => stand.end(),
        }
        if (this.current) {
            bus.close()
            return refuseClient(
                official,
                options,
                socket,
                `port ${this.port} has a client already: one program, one debugger; end that session first`
            )
        }
        const session = createDebugSession(official, options)
        const client = new Client(socket, session, bus)
        this.current = client
        this.say("a debugger has come")
        socket.on("close", () => {
            void client.leave().then(() => {
                if (this.current !== client) return
                this.current = undefined
                this.say("the debugger has left; the program goes on")
            })
        })
        session.setRunAsServer(true)
        session.start(socket, socket)
    }
}

interface Served {
    readonly official: OfficialDebugger
    readonly debuggee: Debuggee
    readonly program: Program
    /** bytecode-dbg.json. */
    readonly image: unknown
}

/** Who debugs. */
class Client {
    private left: Promise<void> | undefined

    constructor(
        private readonly socket: Socket,
        private readonly session: DapSession,
        private readonly bus: LineBus
    ) {}

    /** A line in its console. */
    print(line: string): void {
        this.event("output", { category: "console", output: `${line}\n` })
    }

    /** There is nothing any more that could be told to go on. */
    dismiss(why: string): void {
        this.print(why)
        this.event("terminated")
        this.end()
        this.left ??= Promise.resolve()
    }

    /** The program goes on as if there had been no debugger. */
    leave(): Promise<void> {
        return (this.left ??= this.finish())
    }

    private async finish(): Promise<void> {
        await this.session.finish()
        this.end()
    }

    private end(): void {
        this.session.dispose()
        this.bus.close()
        this.socket.destroySoon()
    }

    private event(event: string, body?: object): void {
        if (this.socket.writable)
            this.session.sendEvent({ type: "event", seq: 0, event, body })
    }
}

/** Of a source whose file has not been changed since. */
function pathOf({ path, text }: Source): string {
    const file = join(userProject, path)
    try {
        return readFileSync(file, "utf8") === text ? file : ""
    } catch {
        return ""
    }
}
