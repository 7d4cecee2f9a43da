// SPDX-License-Identifier: MIT
// Names of a board's pins: of its parts, and those printed beside its headers.

import { PinFlag, PinLimit, Pull } from "../protocol/pins.ts"
import { headerPosition, type BoardWiring } from "./board-wiring.ts"

/** A part of the board that a program may use by its name: `pins` of a board file. */
export interface NamedPin {
    readonly pin: string
    /** A low level lights the LED, or says that the button is pressed. */
    readonly activeLow?: boolean
    /** What the part relies on, where the board has no resistor of its own. */
    readonly pull?: "up" | "down"
    /** Pressed by somebody: the models keep it at rest until a test presses it. */
    readonly button?: boolean
}

/** A name of a pin, with its flags for PIN_FIND. */
export interface PinName {
    readonly name: string
    readonly pin: string
    readonly flags: number
}

/** Names that boards print beside their headers: "D2", "A0". */
const HEADER_NAME = /^[AD]\d+$/
/** What the names follow from. */
type Named = {
    readonly pins: Readonly<Record<string, NamedPin>>
    readonly wiring: BoardWiring
}

/** All names of a board: of its parts, then of its headers. */
export function pinNames(board: Named): readonly PinName[] {
    const parts = Object.entries(board.pins).map(([name, part]) => ({
        name,
        pin: part.pin,
        flags:
            (part.activeLow === true ? PinFlag.ACTIVE_LOW : 0) |
            (pullOf(part) << PinFlag.PULL_SHIFT),
    }))
    const headers = Object.entries(board.wiring.headers).flatMap(
        ([pin, places]) =>
            places
                .map(place => headerPosition(place)?.name)
                .filter(name => name !== undefined && HEADER_NAME.test(name))
                .map(name => ({ name: name!, pin, flags: 0 }))
    )
    return [...parts, ...headers]
}

function pullOf({ pull }: NamedPin): Pull {
    if (pull === undefined) return Pull.NONE
    return pull === "up" ? Pull.UP : Pull.DOWN
}

/** What is wrong with a board file's `pins`, in words; undefined when nothing is. */
export function pinsProblem(board: Named): string | undefined {
    const names = pinNames(board)
    if (names.length > PinLimit.NAMES)
        return `pins and headers have ${names.length} names: the native code has room for ${PinLimit.NAMES}`
    const seen = new Set<string>()
    for (const { name, pin } of names) {
        if (!/^[A-Z][A-Z0-9_]*$/.test(name) || /^P[A-I]\d+$/.test(name))
            return `pins.${name}: a name is capitals, digits and _, such as "LED_RED", and no pin's`
        if (name.length > PinLimit.NAME_CHARACTERS)
            return `pins.${name} has ${name.length} characters: a name has ${PinLimit.NAME_CHARACTERS} at most`
        if (seen.has(name)) return `two pins are called ${name}`
        seen.add(name)
        if (!/^P[A-I](\d|1[0-5])$/.test(pin))
            return `pins.${name}: "${pin}" is not a pin of an STM32F4, such as "PB10"`
    }
    for (const [name, { pull }] of Object.entries(board.pins))
        if (pull !== undefined && pull !== "up" && pull !== "down")
            return `pins.${name}.pull "${String(pull)}" is not "up" or "down"`
    return undefined
}
