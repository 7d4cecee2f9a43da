// SPDX-License-Identifier: MIT
// A pin that a program drives.

import { GrabberPin } from "../../drivers/grabber/grabber-pin"
import { sleepAtLeast } from "../../drivers/sleep-at-least"
import { Edges, PinLimit, PinMode, Pull } from "../../protocol/pins"

/**
 * An output: an LED, a relay, a flash. It is set up when it is first written; until then, and after the program, the pin is an
 * input.
 *
 * @example
 * const led = new DigitalOut("LED")
 * await led.write(true)
 */
export class DigitalOut {
    /** Whether it is active, as it was last written. */
    active = false
    private readonly pin: GrabberPin
    private readonly mode: PinMode
    private ready = false

    /**
     * @param name of a part ("LED") or header ("D2") of the board, or of the chip's pin ("PA5")
     * @param mode default: push-pull; PinMode.OPEN_DRAIN lets the wire go where push-pull drives it high
     */
    constructor(name: string, mode?: PinMode) {
        this.pin = new GrabberPin(name, false)
        this.mode = mode ?? PinMode.OUTPUT
    }

    /**
     * Switch it.
     *
     * @param active true: a high level, or a low one where the board file says that the part is active low
     * @throws PinError when there is no such pin, or somebody else has it
     */
    async write(active: boolean): Promise<void> {
        if (this.ready) await this.pin.write(active, 0)
        else {
            await this.pin.setUp(this.mode, Pull.NONE, active, Edges.NONE)
            this.ready = true
        }
        this.active = active
    }

    /** Switch it to what it is not. */
    async toggle(): Promise<void> {
        await this.write(!this.active)
    }

    /**
     * Make it active for a time, and then not.
     *
     * @param us 1 or more. Up to 1000 it is that long, or longer by interrupts that come in between; a longer one is timed by
     *     the VM, to a millisecond, and lets other fibers run
     * @throws PinError as write()
     */
    async pulse(us: number): Promise<void> {
        if (!this.ready) await this.write(false)
        if (us <= PinLimit.PULSE_US) {
            await this.pin.write(true, Math.max(1, Math.round(us)))
            this.active = false
            return
        }
        await this.write(true)
        await sleepAtLeast(Math.ceil(us / 1000))
        await this.write(false)
    }
}
