// SPDX-License-Identifier: MIT
// What a person with wires in hand has to know of a board: where its pins are, what else hangs on them.

/** A place on a header, such as "CN10-35", with the name beside it, such as "D1". */
export interface HeaderPosition {
    readonly connector: string
    readonly number: number
    readonly name?: string
    /** One source only says so, or somebody's memory: look at the board before you rely on it. */
    readonly uncertain: boolean
}

/** Something on the board that shares a pin. */
export interface OnBoardPart {
    /** "the audio codec's SCL" */
    readonly part: string
    /** What follows when the camera has the pin, and what helps. */
    readonly remedy?: string
}

/** The part `wiring` of a board file. All of it may be left out: the table then has no positions. */
export interface BoardWiring {
    /** Of each pin, its places on headers as "CN10-35" or "D1 CN9-2"; a "?" behind marks one that is uncertain. */
    readonly headers: Readonly<Record<string, readonly string[]>>
    /** Places of 3.3 V and of ground. */
    readonly supplies: Readonly<Record<"3V3" | "GND", readonly string[]>>
    /** By pin: what else the board has on it. */
    readonly onBoard: Readonly<Record<string, OnBoardPart>>
    /** What else to know, a sentence each. */
    readonly notes: readonly string[]
}

export const NO_WIRING: BoardWiring = {
    headers: {},
    supplies: { "3V3": [], GND: [] },
    onBoard: {},
    notes: [],
}

const POSITION = /^(?:(\S+) )?([A-Z]+\d+)-(\d+)(\?)?$/

/**
 * Read "D1 CN9-2?".
 * @returns undefined when it is not a place on a header
 */
export function headerPosition(text: string): HeaderPosition | undefined {
    const match = POSITION.exec(text)
    if (!match) return undefined
    const [, name, connector, number, doubt] = match
    return {
        connector: connector!,
        number: Number(number),
        ...(name === undefined ? {} : { name }),
        uncertain: doubt !== undefined,
    }
}

/** What is wrong in it, in words; undefined when nothing is. */
export function wiringProblem(wiring: BoardWiring): string | undefined {
    const taken = new Map<string, string>()
    const places = [
        ...Object.entries(wiring.headers),
        ...Object.entries(wiring.supplies),
    ]
    for (const [pin, texts] of places)
        for (const text of texts) {
            const position = headerPosition(text)
            if (position === undefined)
                return `wiring: "${text}" of ${pin} is not a place on a header, such as "CN10-35" or "D1 CN9-2"`
            const place = `${position.connector}-${position.number}`
            const other = taken.get(place)
            if (other !== undefined)
                return `wiring: ${place} is given to both ${other} and ${pin}`
            taken.set(place, pin)
        }
    return undefined
}
