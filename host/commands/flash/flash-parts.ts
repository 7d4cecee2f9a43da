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
        const { slot } = await buildFirmware({
            board: board.name,
            sensor: board.sensor.name,
            app,
        })
        const content = readFileSync(slot)
        const stream = await openSerialPort(port)
        const client = new LinkClient({ stream })
        try {
            const welcome = await client.hello()
            if (welcome.board !== board.name)
                throw new CamscriptError(
                    `the board at ${port} is a ${welcome.board}, not a ${board.name}: its program was left as it is`
                )
            await client.updateProgram(
                content,
                ({ phase, writtenBytes, totalBytes }) =>
                    progress(phase === "done" ? 1 : writtenBytes / totalBytes)
            )
            await client.reset()
            return content.length
        } finally {
            client.close()
            await stream.close()
        }
    },
}
