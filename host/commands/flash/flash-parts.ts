// SPDX-License-Identifier: MIT
// What `camscript flash` needs of the firmware's build and of the link.

import { readFileSync, statSync } from "node:fs"
import { CamscriptError } from "../../../protocol/errors.ts"
import { buildFirmware } from "../../../toolchain/firmware/build-firmware.ts"
import type { FlashParts } from "./flash.ts"
import { LinkClient } from "../../link/link-client.ts"
import { openSerialPort } from "../../link/serial-port.ts"

/** The real ones. */
export const FLASH_PARTS: FlashParts = {
    buildFirmware: async (board, app) => {
        const { bin } = await buildFirmware({
            board: board.name,
            sensor: board.sensor.name,
            app,
        })
        return { bin, binBytes: statSync(bin).size }
    },
    updateProgram: async ({ board, app, port, progress }) => {
        // Before the build, which takes half a minute.
        await withBoard(board.name, port, () => Promise.resolve())
        const { slot } = await buildFirmware({
            board: board.name,
            sensor: board.sensor.name,
            app,
        })
        const content = readFileSync(slot)
        await withBoard(board.name, port, async client => {
            await client.updateProgram(
                content,
                ({ phase, writtenBytes, totalBytes }) =>
                    progress(phase === "done" ? 1 : writtenBytes / totalBytes)
            )
            await client.reset()
        })
        return content.length
    },
}

/** Speak to the board at a port, if it is the right one. */
async function withBoard(
    name: string,
    port: string,
    speak: (client: LinkClient) => Promise<void>
): Promise<void> {
    const stream = await openSerialPort(port)
    const client = new LinkClient({ stream })
    try {
        const { board } = await client.hello()
        if (board !== name)
            throw new CamscriptError(
                `the board at ${port} is a ${board}, not a ${name}: its program was left as it is; --board ${board} is the right one`
            )
        await speak(client)
    } finally {
        client.close()
        await stream.close()
    }
}
