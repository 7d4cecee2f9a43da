// SPDX-License-Identifier: MIT
// A serial port as the link's stream of bytes (npm serialport).

import { readdirSync } from "node:fs"
import { SerialPort } from "serialport"
import { UsageError } from "../../protocol/errors.ts"
import type { ByteStream } from "./link-client.ts"

/** The link's rate; the ST-Link's bridge and a board's divider meet within 1 %. */
export const LINK_BAUD = 921_600

/** A port that is there. */
export interface PortEntry {
    readonly path: string
    /** Maker and serial number, as far as they are known. */
    readonly about: string
}

/** An open port; close it, or the process does not end. */
export interface OpenPort extends ByteStream {
    /** The port is gone: unplugged, or an error of the system. */
    onLost: ((reason: string) => void) | undefined
    close(): Promise<void>
}

/** Ports of this machine that a USB device is behind, or all when there is none. */
export async function listSerialPorts(): Promise<PortEntry[]> {
    let ports
    try {
        ports = await SerialPort.list()
    } catch {
        // On Linux the package asks udevadm, which small systems lack.
        return portsInDev()
    }
    const usb = ports.filter(({ vendorId }) => vendorId !== undefined)
    return (usb.length > 0 ? usb : ports).map(
        ({ path, manufacturer, serialNumber }) => ({
            path,
            about: [manufacturer, serialNumber].filter(Boolean).join(" "),
        })
    )
}

/**
 * Open a port, 8N1.
 * @throws UsageError that lists the ports there are
 */
export async function openSerialPort(
    path: string,
    baudRate = LINK_BAUD
): Promise<OpenPort> {
    const port = new SerialPort({ path, baudRate, autoOpen: false })
    await new Promise<void>((resolve, reject) =>
        port.open(error => (error ? reject(error) : resolve()))
    ).catch(async (error: Error) => {
        throw new UsageError(
            `port ${path} does not open at ${baudRate} baud: ${error.message}. ${describe(await listSerialPorts())}`
        )
    })
    return wrap(port)
}

function wrap(port: SerialPort): OpenPort {
    const open: OpenPort = {
        onBytes: undefined,
        onLost: undefined,
        send: bytes => void port.write(bytes),
        close: () =>
            new Promise((resolve, reject) => {
                port.removeAllListeners("close")
                if (!port.isOpen) return resolve()
                port.close(error => (error ? reject(error) : resolve()))
            }),
    }
    port.on("data", (bytes: Buffer) => open.onBytes?.(bytes))
    port.on("error", (error: Error) => open.onLost?.(error.message))
    port.on("close", () => open.onLost?.("it was unplugged"))
    return open
}

/** USB serial ports by their names alone. */
function portsInDev(): PortEntry[] {
    return readdirSync("/dev")
        .filter(name => /^tty(ACM|USB)\d+$/.test(name))
        .sort()
        .map(name => ({ path: `/dev/${name}`, about: "" }))
}

/** The ports there are, as a sentence. */
export function describe(ports: readonly PortEntry[]): string {
    if (ports.length === 0)
        return "This machine has no serial port: plug the board's ST-Link in"
    const list = ports.map(({ path, about }) =>
        about === "" ? path : `${path} (${about})`
    )
    return `Ports: ${list.join(", ")}`
}
