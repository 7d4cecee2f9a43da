// SPDX-License-Identifier: MIT
// The debugger of DeviceScript's own tools: its DAP session and the Jacdac bus that this speaks on. Both are inside the bundle
// of npm @devicescript/cli and exported by no package; they are asked for at the end of the bundle's text, as the compiler is
// (toolchain/devicescript/compiler-process.cjs).

import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname } from "node:path"
import type { Duplex } from "node:stream"
import { compileFunction } from "node:vm"
import { CamscriptError } from "../../protocol/errors.ts"
import {
    CLI_VERSION,
    findCli,
} from "../../toolchain/devicescript/devicescript-cli.ts"

/** sha256 of built/devicescript-cli.cjs of 2.16.4. What is overridden in debug-session.ts holds for it only. */
const BUNDLE_SHA256 =
    "879e17c062096a25c9117ae448e15e2efbf2cf9d3c09f4b5955f17e66dabed91"

/** Time as the bus sees it, ms. */
export interface Scheduler {
    readonly timestamp: number
    resetTime(delta?: number): void
    setTimeout(handler: () => void, delayMs: number): unknown
    clearTimeout(handle: unknown): void
    setInterval(handler: () => void, delayMs: number): unknown
    clearInterval(handle: unknown): void
}

/** A connection of the bus to somewhere. */
export interface Transport {
    connect(): Promise<void>
    disconnect(): Promise<void>
    handleFrame(frame: Uint8Array): void
}

export interface Service {
    readonly disposed: boolean
    /** @param ack it is sent again until it has arrived, five times at most */
    sendPacketAsync(packet: unknown, ack?: boolean): Promise<void>
    register(code: number): { sendSetAsync(data: Uint8Array): Promise<void> }
    sendCmdAsync(command: number, data?: Uint8Array): Promise<void>
}

export interface Bus {
    readonly timestamp: number
    /** It asks each device for its name and the like, again and again. */
    backgroundRefreshRegisters: boolean
    services(filter: { serviceClass: number }): Service[]
    withTimeout<T>(
        timeoutMs: number,
        promise: Promise<T>
    ): Promise<T | undefined>
    stop(): Promise<void>
}

/** A client of the VM's debug service. */
export interface DebugClient {
    readonly service: Service
    readonly suspended: boolean
    runExclusive<T>(action: () => Promise<T>): Promise<T>
    runSuspCmd(command: number, args?: Uint8Array): Promise<void>
    setBoolReg(register: number, value: boolean): Promise<void>
    resume(): Promise<void>
}

// Messages of the Debug Adapter Protocol 1.68, as far as they are looked into here.

export interface DapRequest {
    readonly seq: number
    readonly command: string
}

export interface DapResponse {
    success: boolean
    message?: string
    body?: unknown
}

export interface DapEvent {
    readonly type: "event"
    /** 0: the session numbers them. */
    readonly seq: number
    readonly event: string
    readonly body?: unknown
}

/** A source of the program, as the compiler read it. */
export interface Source {
    /** From the project's folder. */
    readonly path: string
    readonly text: string
}

export interface SetBreakpointsArguments {
    readonly source: { readonly path?: string }
    readonly breakpoints?: readonly { readonly line: number }[]
}

export interface SetBreakpointsBody {
    readonly breakpoints: readonly object[]
}

export interface Variable {
    readonly name: string
    readonly value: string
    /** 0: it has no fields. */
    readonly variablesReference: number
}

export interface VariablesBody {
    readonly variables: readonly Variable[]
}

export interface ScopesBody {
    readonly scopes: readonly { readonly variablesReference: number }[]
}

/** One client's session. The class in the bundle has no types; what of it is used or overridden is this. */
export interface DapSession {
    readonly img: unknown
    /** It attaches: the client did not ask for the stop. */
    readonly resumeOnSuspend: boolean
    client: DebugClient | null
    start(input: Duplex, output: Duplex): void
    setRunAsServer(on: boolean): void
    dispatchRequest(request: DapRequest): void
    sendEvent(event: DapEvent): void
    sendResponse(response: DapResponse & Partial<DapRequest>): void
    sendLog(): void
    /** Let the program run as if there had been no debugger. */
    finish(): Promise<void>
    dispose(): void
    createClient(): Promise<DebugClient>
    startClient(config: unknown): Promise<void>
    asyncReq(response: DapResponse, action: () => Promise<void>): Promise<void>
    /** @returns -1: it is none of the program's */
    findSource(source: { readonly path?: string }): number
    handleSuspendedEvent(): void
    initializeRequest(response: DapResponse, args: unknown): void
    setBreakPointsRequest(
        response: DapResponse,
        args: SetBreakpointsArguments
    ): void
    scopesRequest(
        response: DapResponse,
        args: { readonly frameId: number }
    ): void
    variablesRequest(
        response: DapResponse,
        args: { readonly variablesReference: number }
    ): void
    evaluateRequest(
        response: DapResponse,
        args: { readonly expression: string; readonly frameId?: number }
    ): void
    setVariableRequest(response: DapResponse): void
}

export interface OfficialDebugger {
    readonly DsDapSession: new (
        bus: Bus,
        debugImage: unknown,
        resolvePath: (source: Source) => string
    ) => DapSession
    readonly DevsDbgClient: new (
        service: Service,
        image: unknown
    ) => DebugClient
    readonly JDBus: new (
        transports: Transport[],
        options: {
            scheduler: Scheduler
            deviceId: string
            disableRoleManager: boolean
        }
    ) => Bus
    readonly Transport: new (type: string, options: object) => Transport
}

let loaded: OfficialDebugger | undefined

/**
 * Load it: 2 s, once in a process.
 * @throws CamscriptError when the package is not installed, or another one than was tried
 */
export function officialDebugger(): OfficialDebugger {
    return (loaded ??= load(findCli().bundle))
}

/** @param bundle path of the bundle */
export function load(bundle: string): OfficialDebugger {
    const text = readFileSync(bundle, "utf8")
    const found = createHash("sha256").update(text).digest("hex")
    if (found !== BUNDLE_SHA256)
        throw new CamscriptError(
            `the debugger in ${bundle} is not the one that camscript knows: the file has sha256 ${found}, ` +
                `that of @devicescript/cli ${CLI_VERSION} has ${BUNDLE_SHA256}. Run "npm ci", which installs what package-lock.json says.`
        )
    const module = { exports: {} }
    const offered =
        "\nmodule.exports = { DsDapSession: import_dap.DsDapSession, DevsDbgClient: import_dap.DevsDbgClient, JDBus, Transport }"
    const evaluate = compileFunction(
        text + offered,
        ["exports", "require", "module", "__filename", "__dirname", "console"],
        { filename: bundle }
    ) as (...given: unknown[]) => void
    evaluate(
        module.exports,
        createRequire(bundle),
        module,
        bundle,
        dirname(bundle),
        QUIET
    )
    return module.exports as OfficialDebugger
}

/** It logs each packet and value on the console, which is the command's. */
const QUIET = Object.fromEntries(
    Object.keys(console).map(name => [name, () => {}])
)
