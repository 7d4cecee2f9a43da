// SPDX-License-Identifier: MIT
// What a client does to its connection is no business of the others.

import type { Server } from "node:http"

/**
 * Let errors of a server's connections end those alone. Node's HTTP server stops listening to a socket's errors when an
 * upgrade hands it over, and an error that nobody listens to ends the process.
 */
export function surviveConnectionErrors(server: Server): void {
    server.on("connection", socket => {
        socket.on("error", () => socket.destroy())
    })
}
