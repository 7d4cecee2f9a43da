// SPDX-License-Identifier: MIT
// jacdac-ts, as the official DeviceScript command brings it along: it is bundled there, and exported for nobody.

import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname } from "node:path"
import { WebSocket } from "ws"

const require = createRequire(import.meta.url)
const BUNDLE = require.resolve("@devicescript/cli/built/devicescript-cli.cjs")

/** A register of jacdac-ts. */
export interface JacdacRegister {
    readonly data: Uint8Array | undefined
    sendGetAsync(): Promise<void>
    sendSetAsync(data: Uint8Array): Promise<void>
}

interface JacdacService {
    register(code: number): JacdacRegister
}

interface JacdacDevice {
    readonly deviceId: string
    services(filter: { serviceClass: number }): JacdacService[]
}

/** A bus of jacdac-ts. */
export interface JacdacBus {
    devices(filter: { serviceClass: number }): JacdacDevice[]
    connect(): Promise<void>
    disconnect(): Promise<void>
    start(): void
    stop(): Promise<void>
}

interface JacdacTs {
    readonly JDBus: new (transports: unknown[], options: object) => JacdacBus
    readonly createWebSocketTransport: (
        url: string,
        options: { WebSocket: unknown }
    ) => unknown
}

/** A bus behind a websocket; connect it. */
export function jacdacBus(url: string): JacdacBus {
    const { JDBus, createWebSocketTransport } = jacdacTs()
    // Its check for browsers looks at the global, its transport takes this one.
    globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket
    const transport = createWebSocketTransport(url, { WebSocket })
    return new JDBus([transport], { client: false, disableRoleManager: true })
}

/** The bundle runs its command only as the main module. */
function jacdacTs(): JacdacTs {
    const text = readFileSync(BUNDLE, "utf8").replace(/^#!.*/, "")
    const module = { exports: {} as JacdacTs }
    const run = new Function(
        "exports",
        "require",
        "module",
        "__filename",
        "__dirname",
        `${text}\nmodule.exports = { JDBus, createWebSocketTransport }`
    )
    run(module.exports, createRequire(BUNDLE), module, BUNDLE, dirname(BUNDLE))
    return module.exports
}
