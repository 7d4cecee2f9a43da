// SPDX-License-Identifier: MIT
// The live view's server: the page and what it downloads over HTTP, frames and figures over a websocket. 127.0.0.1 only.

import {
    createServer,
    type IncomingMessage,
    type Server,
    type ServerResponse,
} from "node:http"
import type { Duplex } from "node:stream"
import sharp from "sharp"
import { WebSocketServer, type WebSocket } from "ws"
import { readBoard } from "../../boards/board-file.ts"
import { sensorModule } from "../../boards/sensor-module.ts"
import { SENSORS } from "../../protocol/names.ts"
import { makeWiring } from "../wiring/wiring.ts"
import { wiringSvg } from "../wiring/wiring-svg.ts"
import { imageFile } from "../images/frame-image.ts"
import { surviveConnectionErrors } from "../connection-errors.ts"
import { listenLocally, LOCAL_ADDRESS } from "../listen.ts"
import {
    parsePageMessage,
    planOf,
    type LiveState,
    type ViewRequest,
} from "./messages/messages.ts"
import { PageConsole } from "./page-console.ts"
import { pageFiles } from "./page-bundle.ts"
import { PageSocket } from "./page-socket.ts"
import { Recording } from "./recording.ts"
import { refusal } from "./request-checks.ts"
import type { ScopeRange, TargetFrame, ViewTarget } from "../targets/target.ts"

/** Nothing else may listen to the page. */
const STATE_MS = 250
/** A page's message is short. */
const MESSAGE_BYTES_MAX = 4096

const SECURITY_HEADERS = {
    "Content-Security-Policy":
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
} as const

/** What a GET of a path gives; undefined: there is nothing now. */
interface Answer {
    readonly type: string
    readonly body: string | Uint8Array
    /** Saved under this name. */
    readonly fileName?: string
}

/** Serves one target to any number of pages. */
export class ViewServer {
    private readonly pages = new Set<PageSocket>()
    private readonly sockets: WebSocketServer
    private readonly server: Server
    /** What a page asked for last. */
    private wanted: ViewRequest
    /** Who asked for that, when it was not yet answered. */
    private asking: PageSocket | undefined
    private recording: Recording | undefined
    private stateTimer: NodeJS.Timeout | undefined
    private port = 0
    private running = false
    /** Lines of the console that the pages have. */
    private shown = 0

    /**
     * @param onEnd the target ended with an error; the page shows it too
     * @param console what pages show of program and tools
     */
    constructor(
        private readonly target: ViewTarget,
        private readonly onEnd: (error: unknown) => void = thrown,
        private readonly console = new PageConsole()
    ) {
        this.sockets = new WebSocketServer({
            noServer: true,
            maxPayload: MESSAGE_BYTES_MAX,
            perMessageDeflate: false,
        })
        this.server = createServer((request, response) => {
            void this.serve(request, response)
        })
        surviveConnectionErrors(this.server)
        this.server.on("upgrade", (request, socket, head) =>
            this.upgrade(request, socket, head)
        )
        this.wanted = target.request
        target.onFrame = frame => this.frameCame(frame)
        target.onChange = () => this.targetChanged()
    }

    /**
     * Listen, and let the target run.
     * @param port 0: any that is free
     * @returns where the page is
     * @throws UsageError when the port cannot be had
     */
    async open(port: number): Promise<string> {
        await pageFiles()
        this.port = await listenLocally(
            this.server,
            port,
            "--port",
            "--port 0 takes any that is free"
        )
        this.stateTimer = setInterval(() => this.sayState(), STATE_MS)
        this.letRun()
        return `http://${LOCAL_ADDRESS}:${this.port}/`
    }

    async close(): Promise<void> {
        clearInterval(this.stateTimer)
        await this.target.close()
        for (const socket of this.sockets.clients) socket.terminate()
        this.sockets.close()
        this.server.closeAllConnections()
        await new Promise(resolve => this.server.close(resolve))
    }

    private letRun(): void {
        this.running = true
        void this.target
            .run()
            .catch(error => this.targetEnded(error))
            .finally(() => (this.running = false))
    }

    private targetEnded(error: unknown): void {
        this.console.add("error", messageOf(error))
        this.onEnd(error)
    }

    private async serve(
        request: IncomingMessage,
        response: ServerResponse
    ): Promise<void> {
        const refused = refusal(request.headers, this.port)
        if (refused !== undefined) return answer(response, 403, refused)
        if (request.method !== "GET")
            return answer(response, 405, "only GET is served")
        try {
            const given = await this.find(request.url ?? "")
            if (given === undefined) return answer(response, 404, "not found")
            send(response, given)
        } catch (error) {
            answer(response, 500, String(error))
        }
    }

    /** A fixed table: no path of a request ever reaches the file system. */
    private async find(url: string): Promise<Answer | undefined> {
        const [path, query] = url.split("?", 2) as [string, string?]
        const file = (await pageFiles()).get(path)
        if (file) return file
        switch (path) {
            case "/field.png":
                return this.fieldImage()
            case "/scope.svg":
                return this.scope(query)
            case "/wiring.svg":
                return this.wiring(query)
            case "/snapshot":
                return this.snapshot()
            case "/recording":
                return this.recordingFile()
            case "/waveforms.vcd":
                return this.waveforms()
        }
        return undefined
    }

    private async fieldImage(): Promise<Answer | undefined> {
        const field = this.target.field()
        if (!field) return undefined
        const { width, height, luma } = field
        const body = await sharp(luma, { raw: { width, height, channels: 1 } })
            .toColourspace("b-w")
            .png({ compressionLevel: 3 })
            .toBuffer()
        return { type: "image/png", body }
    }

    private scope(query = ""): Answer | undefined {
        const range = scopeRange(new URLSearchParams(query))
        const svg = range && this.target.scope(range)
        return svg === undefined
            ? undefined
            : { type: "image/svg+xml", body: svg }
    }

    private wiring(query = ""): Answer | undefined {
        const { board, sensor, modules } = this.target.description
        const name = new URLSearchParams(query).get("module")
        const sensorName = SENSORS.find(known => known === sensor)
        if (sensorName === undefined || !modules.some(m => m.name === name))
            return undefined
        const body = wiringSvg(
            makeWiring(
                readBoard(board, sensorName),
                sensorModule(sensorName, name!)
            )
        )
        return { type: "image/svg+xml", body }
    }

    private async snapshot(): Promise<Answer | undefined> {
        const { latest } = this.target
        if (!latest) return undefined
        const { extension, bytes } = await imageFile(latest.source)
        return {
            type: extension === "jpg" ? "image/jpeg" : "image/png",
            body: bytes,
            fileName: `frame-${String(latest.sequence).padStart(6, "0")}.${extension}`,
        }
    }

    private recordingFile(): Answer | undefined {
        const file = this.recording?.file()
        return (
            file && {
                type: "application/octet-stream",
                body: file.bytes,
                fileName: file.name,
            }
        )
    }

    private waveforms(): Answer | undefined {
        const body = this.target.waveforms()
        if (!body) return undefined
        return { type: "text/plain", body, fileName: "camscript.vcd" }
    }

    private upgrade(
        request: IncomingMessage,
        socket: Duplex,
        head: Buffer
    ): void {
        const refused =
            request.url === "/live"
                ? refusal(request.headers, this.port, true)
                : "there is no websocket at this path"
        if (refused !== undefined) {
            const body = `${refused}\n`
            socket.end(
                `HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
            )
            return
        }
        this.sockets.handleUpgrade(request, socket, head, client =>
            this.connected(client)
        )
    }

    private connected(client: WebSocket): void {
        const page = new PageSocket(client)
        this.pages.add(page)
        client.on("close", () => this.pages.delete(page))
        // A page that speaks nonsense, or too much, is cut off by the library; that ends no capture.
        client.on("error", () => client.terminate())
        client.on("message", data => this.heard(page, String(data)))
        this.introduce(page)
    }

    private introduce(page: PageSocket): void {
        const { description } = this.target
        const request = this.wanted
        page.say({ type: "hello", target: description, request })
        page.say({ type: "plan", plan: this.target.plan(planOf(request)) })
        page.say({ type: "state", state: this.state() })
        this.sayConsole()
        const { lines } = this.console.since(0)
        page.say({ type: "console", lines, begin: true })
    }

    private targetChanged(): void {
        this.wanted = this.target.request
        for (const page of this.pages) this.introduce(page)
        // What ended is another one now.
        if (!this.running) this.letRun()
    }

    private heard(page: PageSocket, text: string): void {
        const message = parsePageMessage(text)
        if (!message) return
        const { target } = this
        switch (message.type) {
            case "drawn":
                return page.drawn()
            case "want":
                return this.want(page, message.request)
            case "streaming":
                return target.control.setStreaming(message.on)
            case "update":
                return target.updateProgram?.()
            case "inject":
                return target.injectFault?.(message.fault)
            case "reduce":
                return target.setReduction?.(message.reduction)
            case "record":
                if (message.on) this.recording = new Recording()
                else this.recording?.stop()
                return this.sayState()
        }
    }

    /** A drag asks faster than plans are made: what comes within one turn of the event loop has one answer. */
    private want(page: PageSocket, request: ViewRequest): void {
        this.wanted = request
        if (this.asking === undefined) setImmediate(() => this.answerWant())
        this.asking = page
    }

    private answerWant(): void {
        const { wanted: request, asking } = this
        this.asking = undefined
        const plan = this.target.plan(planOf(request))
        for (const page of this.pages) {
            if (page !== asking) page.say({ type: "request", request })
            page.say({ type: "plan", plan })
        }
        this.target.control.want(request)
    }

    private frameCame(frame: TargetFrame): void {
        if (this.recording?.state.running) this.recording.take(frame.image())
        for (const page of this.pages) page.offer(frame)
    }

    private sayState(): void {
        const state = this.state()
        for (const page of this.pages) page.say({ type: "state", state })
        this.sayConsole()
    }

    private sayConsole(): void {
        const { lines, count } = this.console.since(this.shown)
        this.shown = count
        if (lines.length === 0) return
        for (const page of this.pages)
            page.say({ type: "console", lines, begin: false })
    }

    private state(): LiveState {
        return { ...this.target.live(), recording: this.recording?.state }
    }
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error)
}

function thrown(error: unknown): never {
    throw error
}

/** @returns undefined when it is none */
function scopeRange(query: URLSearchParams): ScopeRange | undefined {
    const from = Number(query.get("from") ?? -0.05)
    const to = Number(query.get("to") ?? 1.1)
    const valid = from >= -0.5 && to <= 1.5 && to - from >= 1e-4
    return valid ? { from, to } : undefined
}

function answer(response: ServerResponse, status: number, text: string): void {
    response
        .writeHead(status, {
            ...SECURITY_HEADERS,
            "Content-Type": "text/plain; charset=utf-8",
        })
        .end(`${text}\n`)
}

function send(response: ServerResponse, given: Answer): void {
    const { type, body, fileName } = given
    const disposition =
        fileName === undefined
            ? {}
            : { "Content-Disposition": `attachment; filename="${fileName}"` }
    response
        .writeHead(200, {
            ...SECURITY_HEADERS,
            ...disposition,
            "Content-Type": type,
        })
        .end(body)
}
