// SPDX-License-Identifier: MIT
// One DAP client's session: the official one, with what it lacks.

import type { Socket } from "node:net"
import { CamscriptError } from "../../protocol/errors.ts"
import type {
    Bus,
    DapRequest,
    DapResponse,
    DapSession,
    DebugClient,
    OfficialDebugger,
    ScopesBody,
    SetBreakpointsArguments,
    SetBreakpointsBody,
    Source,
    Variable,
    VariablesBody,
} from "./official-debugger.ts"

/** Of the VM's debug service (devsdbg.md of DeviceScript's services). */
const DEBUG_SERVICE_CLASS = 0x155b5b40

/** A name, and names or numbers of fields: `frame.window.x`, `rows[3]`. */
const PATH = /^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*|\[\d+\])*$/

const NO_WRITES =
    "the VM's debug service has no command that changes a variable: change the program, and start it again"

export interface DebugSessionOptions {
    readonly bus: Bus
    /** bytecode-dbg.json. */
    readonly image: unknown
    /** Absolute path of a source; "": its file is another one by now, and the text comes from the image. */
    readonly pathOf: (source: Source) => string
    /** Asked before anything is asked of the VM. @throws CamscriptError when it is not to be debugged */
    readonly admit: () => Promise<void>
    /** The program stands; a step is a stand, too. */
    readonly onStands: () => void
    /** It goes on. */
    readonly onGoesOn: () => void
}

/** Make one; nothing is sent before it is started. */
export function createDebugSession(
    { DsDapSession, DevsDbgClient }: OfficialDebugger,
    options: DebugSessionOptions
): DapSession {
    const { bus, image, pathOf, admit, onStands, onGoesOn } = options
    return new (class extends DsDapSession {
        /** Answers that the session itself waits for. */
        private readonly own = new Map<DapResponse, () => void>()

        /** Would send each message of client and session as an output of the program. */
        override sendLog(): void {}

        override async createClient(): Promise<DebugClient> {
            await admit()
            const service = bus
                .services({ serviceClass: DEBUG_SERVICE_CLASS })
                .find(({ disposed }) => !disposed)
            if (!service)
                throw new CamscriptError(
                    "the board's VM announces no debug service (0x155b5b40): it is not the one of DeviceScript 2.16.4"
                )
            // A board's meter drops what is too much at once: a lost "resume" would leave the program standing for ever.
            const send = service.sendPacketAsync.bind(service)
            service.sendPacketAsync = packet => send(packet, true)
            return new DevsDbgClient(service, this.img)
        }

        override async startClient(config: unknown): Promise<void> {
            await super.startClient(config)
            const client = this.client!
            // The official client insists on a program that stands; the VM does not.
            client.runSuspCmd = (command, args) =>
                client.runExclusive(() =>
                    client.service.sendCmdAsync(command, args)
                )
            // Its own waits for nothing: what fails there would end the process.
            client.setBoolReg = (register, value) =>
                client.runExclusive(() =>
                    client.service
                        .register(register)
                        .sendSetAsync(Uint8Array.of(value ? 1 : 0))
                )
            const resume = client.resume.bind(client)
            client.resume = async () => {
                await resume()
                onGoesOn()
            }
        }

        override handleSuspendedEvent(): void {
            super.handleSuspendedEvent()
            // An attach stops the program, too, for a moment that no client is told of.
            if (!this.resumeOnSuspend) onStands()
        }

        override initializeRequest(response: DapResponse, args: unknown): void {
            response.body = {
                ...(response.body as object),
                supportsEvaluateForHovers: true,
            }
            super.initializeRequest(response, args)
        }

        /** Clients send the breakpoints of all files that they have, each with an answer in its place. */
        override setBreakPointsRequest(
            response: DapResponse,
            args: SetBreakpointsArguments
        ): void {
            void this.asyncReq(response, async () => {
                const { source, breakpoints: wanted = [] } = args
                const known = source.path && this.findSource(source) >= 0
                const { breakpoints } = known
                    ? await this.ask<SetBreakpointsBody>(own =>
                          super.setBreakPointsRequest(own, args)
                      )
                    : { breakpoints: [] }
                const message = known
                    ? "no code of the program comes from this file"
                    : "this file is not part of the program that is debugged"
                const none = ({ line }: { line: number }) => ({
                    ...{ verified: false, line, message },
                })
                response.body = {
                    breakpoints: breakpoints.length
                        ? breakpoints
                        : wanted.map(none),
                }
            })
        }

        /** Reads what a name and fields lead to; the VM's service runs no code. */
        override evaluateRequest(
            response: DapResponse,
            {
                expression,
                frameId,
            }: { readonly expression: string; readonly frameId?: number }
        ): void {
            void this.asyncReq(response, async () => {
                const { value, variablesReference } = await this.look(
                    expression.trim(),
                    frameId
                )
                response.body = { result: value, variablesReference }
            })
        }

        override setVariableRequest(response: DapResponse): void {
            void this.asyncReq(response, () =>
                Promise.reject(new CamscriptError(NO_WRITES))
            )
        }

        override async asyncReq(
            response: DapResponse,
            action: () => Promise<void>
        ): Promise<void> {
            try {
                await action()
            } catch (error) {
                response.success = false
                response.message = messageOf(error)
            }
            this.sendResponse(response)
        }

        override sendResponse(response: DapResponse): void {
            const answered = this.own.get(response)
            if (!answered) return super.sendResponse(response)
            this.own.delete(response)
            answered()
        }

        /** Make a request of a client's. */
        private ask<Body>(
            make: (response: DapResponse) => void
        ): Promise<Body> {
            const response: DapResponse = { success: true }
            return new Promise((resolve, reject) => {
                this.own.set(response, () => {
                    if (response.success) resolve(response.body as Body)
                    else reject(new CamscriptError(response.message ?? ""))
                })
                make(response)
            })
        }

        private async look(
            expression: string,
            frameId: number | undefined
        ): Promise<Variable> {
            if (!PATH.test(expression))
                throw new CamscriptError(
                    `${expression}: the VM's debug service computes nothing; a name and fields can be read, as frame.window.x or rows[3]`
                )
            if (frameId === undefined || !this.client?.suspended)
                throw new CamscriptError(
                    `${expression}: the program runs; its variables can be read while it stands`
                )
            const [name, ...fields] = expression.match(/[\w$]+|\[\d+\]/g)!
            let found = await this.named(name!, frameId)
            for (const field of fields) {
                const inside = await this.inside(found.variablesReference)
                const next = inside.find(one => one.name === field)
                if (!next)
                    throw new CamscriptError(
                        `${expression}: ${found.name} has no field ${field} of its own; what a class defines by get is computed, and cannot be read`
                    )
                found = next
            }
            return found
        }

        private async named(name: string, frameId: number): Promise<Variable> {
            const { scopes } = await this.ask<ScopesBody>(own =>
                super.scopesRequest(own, { frameId })
            )
            for (const { variablesReference } of scopes) {
                const inside = await this.inside(variablesReference)
                const found = inside.find(one => one.name === name)
                if (found) return found
            }
            throw new CamscriptError(
                `${name}: no argument, local or global variable of this function has that name`
            )
        }

        private async inside(reference: number): Promise<readonly Variable[]> {
            if (reference === 0) return []
            const { variables } = await this.ask<VariablesBody>(own =>
                super.variablesRequest(own, { variablesReference: reference })
            )
            return variables
        }
    })(bus, image, pathOf)
}

/** Answer the first request of a client that is one too many. */
export function refuseClient(
    { DsDapSession }: OfficialDebugger,
    { bus, image, pathOf }: DebugSessionOptions,
    socket: Socket,
    message: string
): void {
    const session = new (class extends DsDapSession {
        override sendLog(): void {}

        override dispatchRequest({ seq, command }: DapRequest): void {
            this.sendResponse({
                ...{ type: "response", seq: 0, request_seq: seq, command },
                ...{ success: false, message },
                body: { error: { id: 1, format: message, showUser: true } },
            })
            socket.destroySoon()
        }
    })(bus, image, pathOf)
    session.setRunAsServer(true)
    session.start(socket, socket)
}

/** Others than ours show their stack to the client. */
function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error)
}
