// SPDX-License-Identifier: MIT
// Why a pin was refused, in words.

import { DriverError } from "@devicescript/drivers"
import { GrabberFault } from "../../protocol/grabber-page"
import { pinUseText } from "../../protocol/pin-use-text"
import { PinLimit, PinUse } from "../../protocol/pins"
import { readRefusal } from "./read-refusal"

/** A pin cannot be what a program wants of it. */
export class PinError extends DriverError {
    /** LAST_ERROR; 0: not known. */
    readonly fault: number
    /** Who has it, of a pin that is taken; else FREE. */
    readonly use: PinUse

    constructor(message: string, fault: number, use: PinUse) {
        super(message)
        this.name = "PinError"
        this.fault = fault
        this.use = use
    }
}

/** The chip's name of a pin, such as "PA5". */
export function chipPinName(code: number): string {
    return `P${"ABCDEFGHI"[code >> 4]}${code & 15}`
}

/** As the program has it, and the chip's name where that is another. */
function pinName(name: string, code: number): string {
    const chipName = chipPinName(code)
    return name === chipName ? `pin ${name}` : `pin "${name}" (${chipName})`
}

function faultText(
    name: string,
    fault: number,
    value: number,
    limit: number
): string {
    switch (fault) {
        case GrabberFault.NO_PIN:
            return (
                `there is no pin "${name}": a board has names for its parts ("LED", "BUTTON") and ` +
                `headers ("D2", "A0"), and the chip's work everywhere ("PA5")`
            )
        case GrabberFault.PIN_TAKEN:
            return (
                `${pinName(name, value)} ${pinUseText(limit)}: take another one, ` +
                `"camscript wiring --board NAME" shows where which pin is`
            )
        case GrabberFault.EDGES_TAKEN:
            return (
                `pin "${name}": edges of ${chipPinName(value)} and ${chipPinName(limit)} cannot be told apart, the chip has ` +
                `one line for all pins of a number (EXTI${value & 15}); take a pin of another number`
            )
        case GrabberFault.TOO_MANY_PINS:
            return `pin "${name}": changes of ${limit} pins are told already, and there is no room for more; read() it instead`
        case GrabberFault.BAD_PULSE:
            return `pin "${name}": a pulse of ${value} us, ${limit} are possible`
        default:
            return `pin "${name}": no such mode (LAST_ERROR ${fault}, value ${value}, limit ${limit})`
    }
}

/**
 * Ask the grabber why it refused.
 *
 * @param name of the pin, as the program has it
 * @param status of the transfer that failed
 */
export async function pinRefusal(
    name: string,
    status: number
): Promise<PinError> {
    const refusal = await readRefusal()
    if (!refusal)
        return new PinError(
            `pin "${name}": I2C status ${status}`,
            0,
            PinUse.FREE
        )
    const { fault, value, limit } = refusal
    return new PinError(
        faultText(name, fault, value, limit),
        fault,
        fault === GrabberFault.PIN_TAKEN ? limit : PinUse.FREE
    )
}

/** @throws PinError for a name that is too long or empty */
export function checkPinName(name: string): void {
    if (name.length === 0 || name.length > PinLimit.NAME_CHARACTERS)
        throw new PinError(
            faultText(name, GrabberFault.NO_PIN, name.length, 0),
            GrabberFault.NO_PIN,
            PinUse.FREE
        )
}
