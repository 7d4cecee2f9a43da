// SPDX-License-Identifier: MIT
// `view --watch`: save, and the page has the new program; what is wrong with it is in the terminal and in the page's console.

import { describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { main } from "../../../../host/main.ts"
import type { ServerMessage } from "../../../../host/view/messages/messages.ts"
import { watchedApp } from "../../../support/host/watched-app.ts"

const watched = watchedApp()

const poll = (what: () => unknown) => expect.poll(what, { timeout: 200_000 })

/** What a page's console shows. */
function openConsole(url: string): { text: string; socket: WebSocket } {
    const { host, origin } = new URL(url)
    const socket = new WebSocket(`ws://${host}/live`, { origin })
    const page = { text: "", socket }
    socket.on("message", (data, isBinary) => {
        if (isBinary) return
        const message = JSON.parse(String(data)) as ServerMessage
        if (message.type !== "console") return
        const lines = message.lines.map(
            ({ kind, text }) => `${kind}: ${text}\n`
        )
        page.text = (message.begin ? "" : page.text) + lines.join("")
    })
    return page
}

describe("view --watch", () => {
    it("waits for a program that compiles, follows each save, and shows mistakes in terminal and page", async () => {
        watched.save(`const rows: number = "none"\n`)
        const done = main(
            ...([
                [
                    ...["view", "--watch", "--no-open", "--port", "0"],
                    ...["--app", watched.path],
                ],
                watched.terminal,
            ] as const)
        )
        await poll(() => watched.terminal.stderr).toMatch(
            /app\.ts:1: Type 'string'/
        )
        expect(watched.terminal.stdout).toBe("")

        watched.save(`console.log("first")\n`)
        await poll(() => watched.terminal.stdout).toMatch(/http:/)
        const page = openConsole(/http:\S+/.exec(watched.terminal.stdout)![0])
        await poll(() => page.text).toMatch(
            /^error: .*does not compile:\nerror: .*Type 'string'[^]*program: first\n$/
        )

        watched.save(`throw new Error("broken")\n`)
        await poll(() => page.text).toMatch(/error: .*broken/)
        await poll(() => watched.terminal.stderr).toMatch(/camscript: .*broken/)

        watched.save(`console.log("mended")\n`)
        await poll(() => page.text).toMatch(/program: mended\n$/)

        page.socket.close()
        process.emit("SIGINT")
        expect(await done).toBe(0)
    })
})
