// SPDX-License-Identifier: MIT
// A board that has answered: which one it is, what its program was asked for, and its frame grabber's registers then.

import { readBoard, type BoardFile } from "../../../boards/board-file.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { Welcome } from "../../../protocol/link/messages.ts"
import type { SensorName } from "../../../protocol/names.ts"
import type { GrabberBus } from "../../../sim/observe/grabber-reader.ts"
import type { HelloOptions, LinkClient } from "../../link/link-client.ts"
import { readBoardRequest } from "./board-request.ts"

export interface ConnectedBoard {
    readonly client: LinkClient
    readonly welcome: Welcome
    readonly board: BoardFile
    /** All registers, as they were when it answered. */
    readonly bus: GrabberBus
    /** Of the program's slot. */
    readonly request: CaptureRequest
}

/**
 * Say hello, and look.
 * @param plugged the sensor of the module, when the board does not say it
 * @throws CamscriptError when it does not answer, or has no board file
 */
export async function connectBoard(
    client: LinkClient,
    plugged: SensorName,
    hello: HelloOptions = {}
): Promise<ConnectedBoard> {
    const welcome = await client.hello(hello)
    const bus = await client.grabber()
    const { sensor = plugged, request } = readBoardRequest(bus)
    const board = readBoard(welcome.board, sensor)
    return { client, welcome, board, bus, request }
}
