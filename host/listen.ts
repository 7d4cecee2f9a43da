// SPDX-License-Identifier: MIT
// Servers for programs of this computer: they listen on 127.0.0.1, and nowhere else.

import type { AddressInfo, Server } from "node:net"
import { UsageError } from "../protocol/errors.ts"

export const LOCAL_ADDRESS = "127.0.0.1"

/**
 * Listen.
 * @param port TCP, 0: any that is free
 * @param option that named the port
 * @param advice what to do when another program has it
 * @returns the port that it has now
 * @throws UsageError when it cannot be had
 */
export async function listenLocally(
    server: Server,
    port: number,
    option: string,
    advice: string
): Promise<number> {
    await new Promise<void>((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) =>
            reject(
                new UsageError(
                    error.code === "EADDRINUSE"
                        ? `${option} ${port}: another program listens on this port of ${LOCAL_ADDRESS}; ${advice}`
                        : `${option} ${port} cannot be had on ${LOCAL_ADDRESS}: ${error.message}; ${advice}`
                )
            )
        )
        server.listen(port, LOCAL_ADDRESS, resolve)
    })
    return (server.address() as AddressInfo).port
}
