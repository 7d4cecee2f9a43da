// SPDX-License-Identifier: MIT
// The request block of the frame grabber's page (docs/frame-grabber.md): a capture request in 36 bytes, little endian; 0
// leaves a choice to the program. One encoder, one decoder, for DeviceScript, Node and the browser.

import { Flip, type CaptureRequest } from "./capture"
import {
    GrabberPage,
    GrabberReg,
    RequestFlag,
    SensorCode,
} from "./grabber-page"

/** A Buffer or a Uint8Array. */
export interface ByteArray {
    [index: number]: number
}

/** The first register of the block. */
const FIRST = GrabberReg.REQ_SIZE_WIDTH

/**
 * Write a request as the block. What belongs to programs only (`fixedQuality`, `batchRows`, `display`) is not in it.
 *
 * @param sensor which one the request is for; ANY: the program finds out
 * @param block GrabberBytes.REQUEST bytes; all are written. Numbers that are too large stay too large for every sensor.
 */
export function encodeRequest(
    request: CaptureRequest,
    sensor: SensorCode,
    block: ByteArray
): void {
    const { size, window } = request
    const flip = request.flip ?? Flip.NONE
    let flags = request.strictSettling ? RequestFlag.STRICT_SETTLING : 0
    if (flip & Flip.HFLIP) flags |= RequestFlag.HFLIP
    if (flip & Flip.VFLIP) flags |= RequestFlag.VFLIP
    put16(block, GrabberReg.REQ_SIZE_WIDTH, size ? size.width : 0)
    put16(block, GrabberReg.REQ_SIZE_HEIGHT, size ? size.height : 0)
    put16(block, GrabberReg.REQ_X, corner(window ? window.x : undefined))
    put16(block, GrabberReg.REQ_Y, corner(window ? window.y : undefined))
    put16(block, GrabberReg.REQ_WIDTH, window ? window.width : 0)
    put16(block, GrabberReg.REQ_HEIGHT, window ? window.height : 0)
    put32(block, GrabberReg.REQ_FPS_MILLIHZ, (request.fps ?? 0) * 1000)
    put8(block, GrabberReg.REQ_STRATEGY, request.strategy ?? 0)
    put8(block, GrabberReg.REQ_FORMAT, request.format ?? 0)
    put8(block, GrabberReg.REQ_BUFFERS, request.buffers ?? 0)
    put8(block, GrabberReg.REQ_QUALITY, request.quality ?? 0)
    put32(block, GrabberReg.REQ_RAM_BYTES, request.ramBytes ?? 0)
    put8(block, GrabberReg.REQ_TIMING, request.timing ?? 0)
    put8(block, GrabberReg.REQ_SENSOR, sensor)
    put8(block, GrabberReg.REQ_TEST_PATTERN, request.testPattern ?? 0)
    put8(block, GrabberReg.REQ_FLAGS, flags)
    put32(block, GrabberReg.REQ_EXPOSURE_US, request.exposureUs ?? 0)
    put16(block, GrabberReg.REQ_GAIN_X16, (request.gain ?? 0) * 16)
    put8(block, GrabberReg.REQ_BINNING, request.binning ?? 0)
    put8(block, GrabberReg.REQ_BRIGHTNESS, request.brightness ?? 0)
}

/**
 * Read the block: what was not asked for is left out.
 *
 * @param block GrabberBytes.REQUEST bytes
 */
export function decodeRequest(block: ByteArray): CaptureRequest {
    const request: CaptureRequest = {}
    const sizeWidth = get16(block, GrabberReg.REQ_SIZE_WIDTH)
    const sizeHeight = get16(block, GrabberReg.REQ_SIZE_HEIGHT)
    if (sizeWidth !== 0 || sizeHeight !== 0)
        request.size = { width: sizeWidth, height: sizeHeight }
    const width = get16(block, GrabberReg.REQ_WIDTH)
    const height = get16(block, GrabberReg.REQ_HEIGHT)
    if (width !== 0 || height !== 0)
        request.window = {
            width,
            height,
            x: position(get16(block, GrabberReg.REQ_X)),
            y: position(get16(block, GrabberReg.REQ_Y)),
        }
    const fpsMillihz = get32(block, GrabberReg.REQ_FPS_MILLIHZ)
    if (fpsMillihz !== 0) request.fps = fpsMillihz / 1000
    // What was not asked for is no property either: on the device each takes heap.
    const strategy = get8(block, GrabberReg.REQ_STRATEGY)
    if (strategy !== 0) request.strategy = strategy
    const format = get8(block, GrabberReg.REQ_FORMAT)
    if (format !== 0) request.format = format
    const buffers = get8(block, GrabberReg.REQ_BUFFERS)
    if (buffers !== 0) request.buffers = buffers
    const quality = get8(block, GrabberReg.REQ_QUALITY)
    if (quality !== 0) request.quality = quality
    const ramBytes = get32(block, GrabberReg.REQ_RAM_BYTES)
    if (ramBytes !== 0) request.ramBytes = ramBytes
    const timing = get8(block, GrabberReg.REQ_TIMING)
    if (timing !== 0) request.timing = timing
    const testPattern = get8(block, GrabberReg.REQ_TEST_PATTERN)
    if (testPattern !== 0) request.testPattern = testPattern
    const exposureUs = get32(block, GrabberReg.REQ_EXPOSURE_US)
    if (exposureUs !== 0) request.exposureUs = exposureUs
    const gainX16 = get16(block, GrabberReg.REQ_GAIN_X16)
    if (gainX16 !== 0) request.gain = gainX16 / 16
    const binning = get8(block, GrabberReg.REQ_BINNING)
    if (binning !== 0) request.binning = binning
    const brightness = get8(block, GrabberReg.REQ_BRIGHTNESS)
    if (brightness !== 0) request.brightness = brightness
    const flags = get8(block, GrabberReg.REQ_FLAGS)
    if (flags & RequestFlag.STRICT_SETTLING) request.strictSettling = true
    let flip = Flip.NONE
    if (flags & RequestFlag.HFLIP) flip |= Flip.HFLIP
    if (flags & RequestFlag.VFLIP) flip |= Flip.VFLIP
    if (flip !== Flip.NONE) request.flip = flip
    return request
}

/** Which sensor a block is for. */
export function requestedSensor(block: ByteArray): SensorCode {
    return get8(block, GrabberReg.REQ_SENSOR)
}

function position(value: number): number | undefined {
    return value === GrabberPage.CENTRED ? undefined : value
}

function corner(value: number | undefined): number {
    if (value === undefined) return GrabberPage.CENTRED
    return Math.min(value, GrabberPage.CENTRED - 1)
}

function put8(block: ByteArray, register: GrabberReg, value: number): void {
    block[register - FIRST] = Math.min(value, 0xff)
}

function put16(block: ByteArray, register: GrabberReg, value: number): void {
    const whole = Math.min(Math.round(value), 0xffff)
    block[register - FIRST] = whole & 0xff
    block[register - FIRST + 1] = whole >> 8
}

function put32(block: ByteArray, register: GrabberReg, value: number): void {
    const whole = Math.min(Math.round(value), 0xffffffff)
    const high = Math.floor(whole / 0x10000)
    put16(block, register, whole - high * 0x10000)
    put16(block, register + 2, high)
}

function get8(block: ByteArray, register: GrabberReg): number {
    return block[register - FIRST]
}

function get16(block: ByteArray, register: GrabberReg): number {
    return get8(block, register) + get8(block, register + 1) * 0x100
}

function get32(block: ByteArray, register: GrabberReg): number {
    return get16(block, register) + get16(block, register + 2) * 0x10000
}
