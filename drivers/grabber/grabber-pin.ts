// SPDX-License-Identifier: MIT
// One pin by the frame grabber's page (docs/frame-grabber.md, "Pins of a program").

import * as ds from "@devicescript/core"
import type { I2cCall } from "../i2c-call"
import {
    GrabberBytes,
    GrabberPage,
    GrabberReg,
} from "../../protocol/grabber-page"
import type { Edges, PinMode } from "../../protocol/pins"
import { PinFlag, Pull } from "../../protocol/pins"
import { checkPinName, pinRefusal } from "./pin-refusal"

/** A pin. Levels are those of the wire. Its Buffers are made once: reads and writes take nothing of the heap. */
export class GrabberPin {
    readonly name: string
    /** 1 when the board file says that its part is active at a low level. */
    activeLow = 0
    /** Of the last read(). */
    level = 0
    /** Edges since setUp(), modulo 65536. */
    edges = 0
    /** Time of the last edge, µs since boot, wraps. */
    lastEdgeUs = 0

    /** The pull that the board's part relies on. */
    private partPull = Pull.NONE
    private code = -1
    private readonly request: Buffer
    private readonly state: Buffer

    /**
     * @param name of the board's ("LED", "D2") or of the chip's ("PA5")
     * @param reads it is read, not written
     */
    constructor(name: string, reads: boolean) {
        this.name = name
        this.request = Buffer.alloc(reads ? 2 : 7)
        this.state = Buffer.alloc(GrabberBytes.PIN_STATE)
    }

    /**
     * Make it an input or output.
     *
     * @param pull undefined: as the board's part needs it
     * @param active of an output, from its first moment
     * @throws PinError when there is no such pin, somebody else has it, or its edges cannot be counted
     */
    async setUp(
        mode: PinMode,
        pull: Pull | undefined,
        active: boolean,
        edges: Edges
    ): Promise<void> {
        if (this.code < 0) await this.find()
        const setup = Buffer.alloc(6)
        setup[0] = GrabberReg.PIN_MODE
        setup[1] = this.code
        setup[2] = mode
        setup[3] = pull === undefined ? this.partPull : pull
        setup[4] = this.levelOf(active)
        setup[5] = edges
        const status = await (ds as I2cCall)._i2cTransaction(
            GrabberPage.ADDRESS,
            setup
        )
        if (status !== 0) throw await pinRefusal(this.name, status)
    }

    /**
     * Drive an output.
     *
     * @param pulseUs 0..1000; not 0: back again after that time
     */
    async write(active: boolean, pulseUs: number): Promise<void> {
        const request = this.request
        request[0] = GrabberReg.PIN_WRITE
        request[1] = this.code
        request[2] = this.levelOf(active)
        request.setAt(3, "u32", pulseUs)
        const status = await (ds as I2cCall)._i2cTransaction(
            GrabberPage.ADDRESS,
            request
        )
        if (status !== 0) throw await pinRefusal(this.name, status)
    }

    /** Look at the wire: level, edges and lastEdgeUs. */
    async read(): Promise<void> {
        const { request, state } = this
        request[0] = GrabberReg.PIN_READ
        request[1] = this.code
        const status = await (ds as I2cCall)._i2cTransaction(
            GrabberPage.ADDRESS,
            request,
            state
        )
        if (status !== 0) throw await pinRefusal(this.name, status)
        this.level = state[0]
        this.edges = state.getAt(2, "u16")
        this.lastEdgeUs = state.getAt(4, "u32")
    }

    private levelOf(active: boolean): number {
        return (active ? 1 : 0) ^ this.activeLow
    }

    private async find(): Promise<void> {
        const { name } = this
        checkPinName(name)
        const request = Buffer.alloc(1 + name.length)
        request[0] = GrabberReg.PIN_FIND
        for (let i = 0; i < name.length; i++)
            request[1 + i] = name.charCodeAt(i)
        const found = Buffer.alloc(GrabberBytes.PIN_FOUND)
        const status = await (ds as I2cCall)._i2cTransaction(
            GrabberPage.ADDRESS,
            request,
            found
        )
        if (status !== 0) throw await pinRefusal(name, status)
        this.code = found[0]
        this.activeLow = found[1] & PinFlag.ACTIVE_LOW
        this.partPull = (found[1] >> PinFlag.PULL_SHIFT) & 3
    }
}
