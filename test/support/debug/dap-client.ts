// SPDX-License-Identifier: MIT
// A DAP client, VS Code's own for tests, that attaches and waits for stops. It has no time-outs: a test's own is enough.

import { DebugClient } from "@vscode/debugadapter-testsupport"

/** One of a stack. */
export interface StackFrame {
    readonly id: number
    readonly name: string
    readonly line: number
    readonly source?: { readonly path?: string }
}

/** Longer than any test. */
const FOR_EVER_MS = 3_600_000

export class DapClient {
    readonly outputs: string[] = []
    /** Each resolves one wait. */
    private readonly stops: { reason: string; threadId: number }[] = []
    private waiting: (() => void) | undefined
    private threadId = 0

    static async open(port: number): Promise<DapClient> {
        const client = new DapClient(new DebugClient("node", "", "camscript"))
        await client.protocol.start(port)
        return client
    }

    private constructor(readonly protocol: DebugClient) {
        protocol.on("output", (event: { body: { output: string } }) => {
            this.outputs.push(event.body.output)
        })
        protocol.on(
            "stopped",
            (event: { body: { reason: string; threadId: number } }) => {
                this.stops.push(event.body)
                this.waiting?.()
            }
        )
    }

    /** As VS Code does; the program goes on. @throws Error with the server's words */
    async attach(): Promise<void> {
        await this.protocol.initializeRequest()
        const initialized = this.protocol.waitForEvent(
            "initialized",
            FOR_EVER_MS
        )
        const attached = this.protocol.customRequest("attach", {
            stopOnEntry: false,
        })
        await Promise.race([initialized, attached])
        await this.protocol.setExceptionBreakpointsRequest({
            filters: ["unhandled"],
        })
        await this.protocol.configurationDoneRequest()
        await attached
    }

    /** Replace the breakpoints of a file. @returns whether each can be hit */
    async breakAt(path: string, ...lines: number[]): Promise<boolean[]> {
        const { body } = await this.protocol.setBreakpointsRequest({
            source: { path },
            breakpoints: lines.map(line => ({ line })),
        })
        return body.breakpoints.map(({ verified }) => verified)
    }

    /** Wait for the next stop. @returns why */
    async stopped(): Promise<string> {
        while (this.stops.length === 0)
            await new Promise<void>(resolve => (this.waiting = resolve))
        const { reason, threadId } = this.stops.shift()!
        this.threadId = threadId
        return reason
    }

    async stack(): Promise<readonly StackFrame[]> {
        const { threadId } = this
        const { body } = await this.protocol.stackTraceRequest({ threadId })
        return body.stackFrames
    }

    /** Names and values of a scope of the innermost function. */
    async variables(scope: string): Promise<ReadonlyMap<string, string>> {
        const [frame] = await this.stack()
        const { body } = await this.protocol.scopesRequest({
            frameId: frame!.id,
        })
        const found = body.scopes.find(({ name }) => name === scope)!
        const { variablesReference } = found
        const inside = await this.protocol.variablesRequest({
            variablesReference,
        })
        return new Map(
            inside.body.variables.map(({ name, value }) => [name, value])
        )
    }

    /** @throws Error with the server's words */
    async evaluate(expression: string): Promise<string> {
        const [frame] = await this.stack()
        const { body } = await this.protocol.evaluateRequest({
            expression,
            frameId: frame!.id,
        })
        return body.result
    }

    /** A step over; the place where it ends. */
    async next(): Promise<StackFrame> {
        await this.protocol.nextRequest({ threadId: this.threadId })
        await this.stopped()
        return (await this.stack())[0]!
    }

    async stepIn(): Promise<StackFrame> {
        await this.protocol.stepInRequest({ threadId: this.threadId })
        await this.stopped()
        return (await this.stack())[0]!
    }

    async continue(): Promise<void> {
        await this.protocol.continueRequest({ threadId: this.threadId })
    }

    async pause(): Promise<string> {
        await this.protocol.pauseRequest({ threadId: this.threadId })
        return this.stopped()
    }

    /** Go without a word. */
    drop(): void {
        this.protocol["stopAdapter"]()
    }

    /** Say good-bye. */
    close(): Promise<void> {
        return this.protocol.stop()
    }
}
