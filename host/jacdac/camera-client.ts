// SPDX-License-Identifier: MIT
// The camera service from a host's side: registers by name, events by name. Runs over any Jacdac line, in browsers too.

import {
    CAMERA_CLASS,
    CAMERA_EVENT_FIELDS,
    CAMERA_EVENTS,
    CAMERA_REGISTERS,
    CAMERA_TEXTS,
    decodeFields,
    encodeFields,
} from "../../protocol/camera-fields.ts"
import type {
    CameraControlName,
    CameraEventFields,
    CameraEventName,
    CameraFields,
    CameraRegisterName,
    CameraTextName,
} from "../../protocol/camera-fields.ts"
import type { JacdacHost, ServiceAddress } from "./jacdac-host.ts"

/** An event of the camera; `window` with window_changed only, `fault` with fault only. */
export interface CameraEvent {
    readonly name: CameraEventName
    readonly window?: CameraFields<"window">
    readonly fault?: CameraEventFields<"fault">
}

/** New contents of registers; left out: stays. */
export type CameraChanges = {
    readonly [Name in CameraControlName]?: CameraFields<Name>
}

const EVENT_NAMES = new Map(
    Object.entries(CAMERA_EVENTS).map(([name, code]) => [
        code as number,
        name as CameraEventName,
    ])
)

/** One camera on a line. */
export class CameraClient {
    constructor(
        private readonly host: JacdacHost,
        private readonly service: ServiceAddress
    ) {}

    /** Wait until a camera is announced. */
    static async find(host: JacdacHost): Promise<CameraClient> {
        return new CameraClient(host, await host.find(CAMERA_CLASS))
    }

    /**
     * Read what a register holds.
     * @throws JacdacError when nobody answers
     */
    async read<Name extends CameraRegisterName>(
        name: Name
    ): Promise<CameraFields<Name>> {
        const { code, fields } = CAMERA_REGISTERS[name]
        const bytes = await this.host.read(this.service, code)
        return decodeFields(fields, bytes) as CameraFields<Name>
    }

    /**
     * Read a text.
     * @throws JacdacError when nobody answers
     */
    async readText(name: CameraTextName): Promise<string> {
        const bytes = await this.host.read(this.service, CAMERA_TEXTS[name])
        return new TextDecoder().decode(bytes)
    }

    /**
     * Ask for changes; those that depend on each other, a window and a frame's size, in one call. Read the registers, or
     * wait for an event, to see what came of it.
     */
    write(changes: CameraChanges): void {
        const writes = Object.entries(changes).map(([name, values]) => {
            const { code, fields } = CAMERA_REGISTERS[name as CameraControlName]
            return { register: code, payload: encodeFields(fields, values) }
        })
        if (writes.length > 0) this.host.write(this.service, writes)
    }

    /**
     * Hear the camera's events, each once.
     * @returns a function that ends it
     */
    onEvent(listener: (event: CameraEvent) => void): () => void {
        return this.host.onEvent(this.service, ({ code, payload }) => {
            const name = EVENT_NAMES.get(code)
            if (name === undefined) return
            if (name === "window_changed")
                listener({ name, window: eventFields(name, payload) })
            else if (name === "fault")
                listener({ name, fault: eventFields(name, payload) })
            else listener({ name })
        })
    }
}

function eventFields<Name extends keyof typeof CAMERA_EVENT_FIELDS>(
    name: Name,
    payload: Uint8Array
): CameraEventFields<Name> {
    const fields = decodeFields(CAMERA_EVENT_FIELDS[name], payload)
    return fields as CameraEventFields<Name>
}
