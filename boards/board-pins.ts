// SPDX-License-Identifier: MIT
// What a program may do with the board's pins: their names, and who has them already.

import { PinLimit, PinUse } from "../protocol/pins.ts"
import { pinCode } from "./board-block.ts"
import { DCMI_SIGNALS, type BoardFile } from "./board-file.ts"
import { CHIP_PORTS } from "./pin-functions.ts"
import { pinNames, type PinName } from "./pin-names.ts"

const PORTS = 9
const PINS_PER_PORT = 16
const PIN_CODES = PORTS * PINS_PER_PORT
const DEBUGGER_PINS = ["PA13", "PA14"]
const HSE_PINS = ["PH0", "PH1"]

/** The pin of that name, or the chip's own ("PA5"); undefined when there is none. */
export function findPin(board: BoardFile, name: string): PinName | undefined {
    const named = pinNames(board).find(candidate => candidate.name === name)
    if (named !== undefined) return named
    return /^P[A-I](\d|1[0-5])$/.test(name)
        ? { name, pin: name, flags: 0 }
        : undefined
}

/** Who has each pin, by its code. What is nobody's is FREE. */
export function pinUsers(board: BoardFile): readonly PinUse[] {
    const { sensor, console: serial, wiring } = board
    const uses = Array<PinUse>(PIN_CODES).fill(PinUse.FREE)
    const give = (use: PinUse, ...pins: readonly (string | undefined)[]) => {
        for (const pin of pins) if (pin !== undefined) uses[pinCode(pin)] = use
    }
    for (let code = 0; code < PIN_CODES; code++)
        if (!reaches(board, code)) uses[code] = PinUse.ABSENT
    const parts = new Set(Object.values(board.pins).map(({ pin }) => pin))
    for (const [pin, { remedy }] of Object.entries(wiring.onBoard)) {
        // What can be taken off or does no harm leaves the pin to the program.
        if (remedy === undefined && !parts.has(pin)) give(PinUse.BOARD, pin)
    }
    give(PinUse.BOARD, ...Object.keys(board.hold))
    give(PinUse.OSCILLATOR, ...HSE_PINS)
    give(PinUse.DEBUGGER, ...DEBUGGER_PINS)
    give(PinUse.CONSOLE, serial.tx.pin, serial.rx.pin)
    if (sensor.xclk.source !== "module") give(PinUse.XCLK, sensor.xclk.pin)
    give(
        PinUse.SENSOR_CONTROL,
        sensor.resetPin,
        sensor.standbyPin,
        sensor.exposurePin
    )
    give(PinUse.SENSOR_I2C, sensor.i2c.scl.pin, sensor.i2c.sda.pin)
    give(PinUse.DCMI, ...DCMI_SIGNALS.map(signal => sensor.dcmi[signal].pin))
    return uses
}

/** A wire can reach it. A board file without headers leaves that open. */
function reaches({ chip, wiring, pins }: BoardFile, code: number): boolean {
    const port = String.fromCharCode(65 + Math.floor(code / PINS_PER_PORT))
    const pin = `P${port}${code % PINS_PER_PORT}`
    if (!CHIP_PORTS[chip].includes(port)) return false
    return (
        Object.keys(wiring.headers).length === 0 ||
        pin in wiring.headers ||
        Object.values(pins).some(part => part.pin === pin)
    )
}

/** cam_board_pins_t (native/pins/board_pins.h), byte for byte. */
export function boardPinsBytes(board: BoardFile): Uint8Array {
    const entryBytes = PinLimit.NAME_CHARACTERS + 2
    const bytes = new Uint8Array(PIN_CODES + PinLimit.NAMES * entryBytes)
    bytes.set(pinUsers(board))
    pinNames(board).forEach(({ name, pin, flags }, index) => {
        const at = PIN_CODES + index * entryBytes
        bytes.set(new TextEncoder().encode(name), at)
        bytes[at + PinLimit.NAME_CHARACTERS] = pinCode(pin)
        bytes[at + PinLimit.NAME_CHARACTERS + 1] = flags
    })
    return bytes
}
