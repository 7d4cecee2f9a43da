// SPDX-License-Identifier: MIT
// Who may ask the live view's server for something: pages of its own, on this machine.

import type { IncomingHttpHeaders } from "node:http"

/**
 * Look at a request's headers. Another Host is a name that was turned to this machine (DNS rebinding), another Origin a
 * page of somebody else in the same browser.
 * @param port the server listens on
 * @param upgrade a websocket: browsers always say its Origin, what is not a browser need not come in
 * @returns why it is refused; undefined: it is not
 */
export function refusal(
    headers: IncomingHttpHeaders,
    port: number,
    upgrade = false
): string | undefined {
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
    const { host, origin } = headers
    if (host === undefined || !hosts.includes(host.toLowerCase()))
        return `Host ${host ?? "(none)"} is not this server (${hosts[0]})`
    if (origin === undefined)
        return upgrade ? "a websocket needs an Origin" : crossSite(headers)
    return origin === `http://${host.toLowerCase()}`
        ? undefined
        : `Origin ${origin} is not this server's page`
}

/** Images and links of other pages come without Origin, but current browsers say where they are from. */
function crossSite(headers: IncomingHttpHeaders): string | undefined {
    const site = headers["sec-fetch-site"]
    const navigation =
        headers["sec-fetch-mode"] === "navigate" &&
        headers["sec-fetch-dest"] === "document"
    if (site === undefined || site === "same-origin" || site === "none")
        return undefined
    return navigation
        ? undefined
        : `the request is from another site (${String(site)})`
}
