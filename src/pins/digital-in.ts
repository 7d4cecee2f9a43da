// SPDX-License-Identifier: MIT
// A pin that a program looks at.

import type * as ds from "@devicescript/core"
import { GrabberPin } from "../../drivers/grabber/grabber-pin"
import type { Pull } from "../../protocol/pins"
import { Edges, PinMode } from "../../protocol/pins"
import { watchPin } from "./pin-watch"

/**
 * What is done when an input changes.
 *
 * @param active what it is now
 * @param timeUs when it last changed, µs since boot as in a frame's startUs; wraps
 * @param changes since the handler was last called: a contact bounces
 */
export type PinHandler = (
    active: boolean,
    timeUs: number,
    changes: number
) => ds.AsyncVoid

/**
 * An input: a button, a light barrier.
 *
 * @example
 * const button = new DigitalIn("BUTTON")
 * await button.onChange(async pressed => {
 *     if (pressed) await camera.trigger()
 * })
 */
export class DigitalIn {
    private readonly pin: GrabberPin
    private readonly pull: Pull | undefined
    private handler: PinHandler | undefined = undefined
    private ready = false
    /** Edges that the handler has been told of. */
    private toldEdges = 0

    /**
     * @param name of a part ("BUTTON") or header ("D2") of the board, or of the chip's pin ("PA5")
     * @param pull default: what the board's part needs, for other pins none
     */
    constructor(name: string, pull?: Pull) {
        this.pin = new GrabberPin(name, true)
        this.pull = pull
    }

    /**
     * Look at it.
     *
     * @returns true: a high level, or a low one where the board file says that the part is active low
     * @throws PinError when there is no such pin, or somebody else has it
     */
    async read(): Promise<boolean> {
        if (!this.ready) await this.setUp(Edges.NONE)
        await this.pin.read()
        return (this.pin.level ^ this.pin.activeLow) === 1
    }

    /**
     * Call a handler at each change from now on. An interrupt counts changes and notes their time, whatever the program does.
     *
     * @throws PinError as read(), and when another pin of the same number is watched already, or eight are
     */
    async onChange(handler: PinHandler): Promise<void> {
        const first = this.handler === undefined
        this.handler = handler
        if (!first) return
        await this.setUp(Edges.BOTH)
        this.toldEdges = 0
        await watchPin(this)
    }

    /** Call the handler when there was a change. */
    async look(): Promise<void> {
        const { pin, handler } = this
        await pin.read()
        const changes = (pin.edges - this.toldEdges) & 0xffff
        if (changes === 0 || handler === undefined) return
        this.toldEdges = pin.edges
        await handler(
            (pin.level ^ pin.activeLow) === 1,
            pin.lastEdgeUs,
            changes
        )
    }

    private async setUp(edges: Edges): Promise<void> {
        await this.pin.setUp(PinMode.INPUT, this.pull, false, edges)
        this.ready = true
    }
}
