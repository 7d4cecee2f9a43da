// SPDX-License-Identifier: MIT
// Fills cam_board_t and cam_request_t (native/board.h) from the board file and the command line.

import {
    DCMI_SIGNALS,
    SENSORS,
    type BoardFile,
    type SensorName,
} from "./board-file.ts"
import { CamscriptError } from "../protocol/errors.ts"
import { FORMATS, type CaptureRequest } from "../sim/capture.ts"
import { STRATEGY_CODES } from "../sim/native/grabber-map.ts"

/** A field of the structure, in its order; an array has as many values. */
export type BlockField = readonly [
    name: string,
    value: number | readonly number[],
]

const PIN_NONE = 0xffffffff
const CENTRE = 0xffff
const U16_MAX = 0xffff
const I2C_BASES = {
    I2C1: 0x40005400,
    I2C2: 0x40005800,
    I2C3: 0x40005c00,
} as const
const TIMINGS = { fastest: 1, default: 2 } as const
const TEST_PATTERNS = { vertical: 1, horizontal: 2, diagonal: 3 } as const

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

/** The fields of cam_request_t: what is left out is 0, a position left out is centred. */
export function requestFields(
    request: CaptureRequest,
    sensor: SensorName
): readonly BlockField[] {
    const { window, timing, testPattern, format } = request
    return [
        ["size_width", u16(request.size?.width)],
        ["size_height", u16(request.size?.height)],
        ["x", position(window?.x)],
        ["y", position(window?.y)],
        ["width", u16(window?.width)],
        ["height", u16(window?.height)],
        ["fps_millihz", Math.round((request.fps ?? 0) * 1000)],
        ["strategy", STRATEGY_CODES[request.strategy ?? "auto"]],
        ["format", format === undefined ? 0 : FORMATS.indexOf(format) + 1],
        ["buffers", Math.min(request.buffers ?? 0, 0xff)],
        ["quality", request.quality ?? 0],
        ["ram_bytes", request.ramBytes ?? 0],
        ["timing", timing === undefined ? 0 : TIMINGS[timing]],
        ["sensor", SENSORS.indexOf(sensor) + 1],
        [
            "test_pattern",
            testPattern === undefined ? 0 : TEST_PATTERNS[testPattern],
        ],
        ["flags", 0],
        ["exposure_us", Math.round(request.exposureUs ?? 0)],
        ["gain_x16", u16(Math.round((request.gain ?? 0) * 16))],
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

/** Too large for the register stays too large for every sensor. */
function u16(value = 0): number {
    return Math.min(value, U16_MAX)
}

function position(value: number | undefined): number {
    return value === undefined ? CENTRE : Math.min(value, CENTRE - 1)
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
