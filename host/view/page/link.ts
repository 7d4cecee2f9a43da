// SPDX-License-Identifier: MIT
// The page's end of the websocket: draws frames as they come, keeps what the server said last, asks for changes.

import { decodeFrame, type ViewFrame } from "../messages/frame-message.ts"
import type {
    ConsoleLine,
    LiveState,
    PageMessage,
    ServerMessage,
    TargetDescription,
    ViewRequest,
} from "../messages/messages.ts"
import { paint } from "./paint.ts"
import type { ImageStats } from "./image-stats.ts"
import type { PlanReport } from "../../../protocol/plan-report.ts"

/** A drag asks at most that often, ms; the camera coalesces on its own. */
const WANT_MS = 40
/** Between two attempts to get a lost connection back. */
const RECONNECT_MS = 1000
/** Lines of the console that a page keeps. */
const CONSOLE_LINES = 300

/** Frames of the last second. */
export interface FrameRates {
    /** Drawn onto the canvas. */
    readonly drawn: number
    /** Of the browser's own frames, those that showed a new one. */
    readonly shown: number
    /** Frames that were not sent because this page was busy, since it connected. */
    readonly skipped: number
}

export interface LinkState {
    readonly connected: boolean
    readonly target: TargetDescription | undefined
    readonly request: ViewRequest | undefined
    readonly plan: PlanReport | undefined
    readonly live: LiveState | undefined
    readonly rates: FrameRates
    readonly console: readonly ConsoleLine[]
}

/** One page has one. */
export class Link {
    state: LinkState = {
        connected: false,
        target: undefined,
        request: undefined,
        plan: undefined,
        live: undefined,
        rates: { drawn: 0, shown: 0, skipped: 0 },
        console: [],
    }
    /** Every frame is drawn here first. */
    readonly canvas = document.createElement("canvas")
    /** Of the frame on the canvas. */
    frame: ViewFrame | undefined
    /** Of a frame a moment ago. */
    stats: ImageStats | undefined
    onChange: (() => void) | undefined
    /** Called before the browser paints, when the canvas has a new frame. */
    readonly painters = new Set<() => void>()

    private socket: WebSocket | undefined
    private drawn = 0
    private shown = 0
    private skipped = 0
    private fresh = false
    private wantTimer: number | undefined
    private wantAgain = false

    open(): void {
        this.connect()
        setInterval(() => this.measure(), 1000)
        const everyFrame = () => {
            if (this.fresh) {
                this.fresh = false
                this.shown++
                for (const painter of this.painters) painter()
            }
            requestAnimationFrame(everyFrame)
        }
        requestAnimationFrame(everyFrame)
    }

    /** Change the request, at once on the page and soon on the camera. */
    want(change: Partial<ViewRequest>): void {
        const { request } = this.state
        if (!request) return
        this.update({ request: { ...request, ...change } })
        if (this.wantTimer !== undefined) {
            this.wantAgain = true
            return
        }
        this.sendRequest()
    }

    say(message: PageMessage): void {
        if (this.socket?.readyState === WebSocket.OPEN)
            this.socket.send(JSON.stringify(message))
    }

    private sendRequest(): void {
        this.wantAgain = false
        this.say({ type: "want", request: this.state.request! })
        this.wantTimer = setTimeout(() => {
            this.wantTimer = undefined
            if (this.wantAgain) this.sendRequest()
        }, WANT_MS) as unknown as number
    }

    private connect(): void {
        const socket = new WebSocket(`ws://${location.host}/live`)
        socket.binaryType = "arraybuffer"
        this.socket = socket
        socket.onopen = () => this.update({ connected: true })
        socket.onclose = () => {
            this.update({ connected: false })
            setTimeout(() => this.connect(), RECONNECT_MS)
        }
        socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
            if (typeof data === "string")
                this.heard(JSON.parse(data) as ServerMessage)
            else void this.draw(data)
        }
    }

    private heard(message: ServerMessage): void {
        switch (message.type) {
            case "hello":
                return this.update({
                    target: message.target,
                    request: message.request,
                })
            case "request":
                return this.update({ request: message.request })
            case "plan":
                return this.update({ plan: message.plan })
            case "state":
                return this.update({ live: message.state })
            case "console": {
                const before = message.begin ? [] : this.state.console
                const console = [...before, ...message.lines]
                return this.update({ console: console.slice(-CONSOLE_LINES) })
            }
        }
    }

    private async draw(message: ArrayBuffer): Promise<void> {
        const { frame, skipped } = decodeFrame(message)
        try {
            await paint(frame, this.canvas)
            this.frame = frame
            this.skipped = skipped
            this.drawn++
            this.fresh = true
        } finally {
            this.say({ type: "drawn", sequence: frame.sequence })
        }
    }

    private measure(): void {
        const { drawn, shown, skipped } = this
        this.drawn = this.shown = 0
        this.update({ rates: { drawn, shown, skipped } })
    }

    private update(change: Partial<LinkState>): void {
        this.state = { ...this.state, ...change }
        this.onChange?.()
    }
}
