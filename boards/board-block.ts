// SPDX-License-Identifier: MIT
// Fills cam_board_t (native/board.h) from the board file.

import { DCMI_SIGNALS, type BoardFile } from "./board-file.ts"
import { CamscriptError } from "../protocol/errors.ts"

/** A field of the structure, in its order; an array has as many values. */
export type BlockField = readonly [
    name: string,
    value: number | readonly number[],
]

const PIN_NONE = 0xffffffff
const I2C_BASES = {
    I2C1: 0x40005400,
    I2C2: 0x40005800,
    I2C3: 0x40005c00,
} as const

/** CAM_PIN(port, number) of a pin named "PB10"; CAM_PIN_NONE of none. */
export function pinCode(pin: string | undefined): number {
    if (pin === undefined) return PIN_NONE
    const match = /^P([A-I])(\d|1[0-5])$/.exec(pin)
    if (!match)
        throw new CamscriptError(
            `board file: "${pin}" is not a pin of an STM32F4, such as "PB10"`
        )
    return ((match[1]!.charCodeAt(0) - 65) << 4) | Number(match[2])
}

/** The fields of cam_board_t. */
export function boardFields(board: BoardFile): readonly BlockField[] {
    const { i2c, dcmi, xclkHz, resetPin, standbyPin, exposurePin } =
        board.sensor
    return [
        ["hclk_hz", board.hclkHz],
        ["pclk1_hz", board.pclk1Hz],
        ["xclk_hz", xclkHz],
        [
            "ram_bytes",
            board.memories.reduce((sum, { bytes }) => sum + bytes, 0),
        ],
        ["gc_heap_bytes", board.gcHeapBytes],
        ["frame_memory", board.frameMemory.address],
        ["frame_memory_bytes", board.frameMemory.bytes],
        ["i2c_base", I2C_BASES[i2c.instance]],
        ["i2c_hz", i2c.hz],
        ["i2c_scl", pinCode(i2c.scl.pin)],
        ["i2c_scl_af", i2c.scl.af],
        ["i2c_sda", pinCode(i2c.sda.pin)],
        ["i2c_sda_af", i2c.sda.af],
        ["dcmi_pins", DCMI_SIGNALS.map(signal => pinCode(dcmi[signal].pin))],
        ["dcmi_af", dcmiFunction(board)],
        ["sensor_reset", pinCode(resetPin)],
        ["sensor_standby", pinCode(standbyPin)],
        ["sensor_exposure", pinCode(exposurePin)],
    ]
}

/** Write fields as 32-bit words, one after the other. */
export function writeFields(
    memory: DataView,
    address: number,
    fields: readonly BlockField[]
): void {
    const words = fields.flatMap(([, value]) => value)
    words.forEach((word, index) =>
        memory.setUint32(address + 4 * index, word, true)
    )
}

function dcmiFunction(board: BoardFile): number {
    const functions = new Set(
        DCMI_SIGNALS.map(signal => board.sensor.dcmi[signal].af)
    )
    if (functions.size !== 1)
        throw new CamscriptError(
            `board ${board.name}: the DCMI's pins have alternate functions ${[...functions].join(", ")}; ` +
                `all of them need the same one (13)`
        )
    return [...functions][0]!
}
