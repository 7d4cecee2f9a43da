// SPDX-License-Identifier: MIT
// What a firmware said on its I2C buses, by address, and why a sensor that it looks for does not answer.

import type { Stm32F4 } from "../stm32/chip.ts"
import type { I2cPins } from "../stm32/gpio/bit-banged-i2c.ts"
import type { I2cInstance } from "../stm32/gpio/free-pins.ts"
import type { I2cCounts } from "../wires/i2c-port.ts"

/** A block, or two pins that software clocks. */
export type I2cBusPlace = I2cInstance | I2cPins

/** What went to and from one address on one bus. */
export interface I2cTraffic extends I2cCounts {
    /** "I2C2", or the pins of SCL and SDA that software clocks: "PB8,PB9". */
    readonly bus: string
}

/** Where the sensor is. */
export interface SensorOnBus {
    readonly name: string
    /** 7 bits. */
    readonly address: number
    readonly bus: I2cBusPlace
    /** What keeps it from answering; left out: nobody knows. */
    readonly silentBecause?: string | undefined
}

/** Addresses named at most: a program may look at all of them. */
const NAMED_MAX = 4

/** "I2C2" or "PB8,PB9". */
export function i2cBusName(bus: I2cBusPlace): string {
    return typeof bus === "string" ? bus : `${bus.scl},${bus.sda}`
}

/** All buses of a chip, each address once, in the order of the buses and then of the first START. */
export function i2cTraffic({
    i2c,
    bitBangedI2c,
}: Pick<Stm32F4, "i2c" | "bitBangedI2c">): readonly I2cTraffic[] {
    const blocks = Object.values(i2c).flatMap(({ name, port }) =>
        onBus(name, port.counts)
    )
    const pins = bitBangedI2c?.pins
    if (pins === undefined) return blocks
    return [...blocks, ...onBus(i2cBusName(pins), bitBangedI2c!.counts)]
}

/** What is probably wrong when the sensor was never acknowledged, one sentence each; nothing when it was. */
export function i2cHints(
    traffic: readonly I2cTraffic[],
    sensor: SensorOnBus
): readonly string[] {
    if (traffic.length === 0)
        return [
            `the firmware never speaks to the sensor: there was no START on I2C1, I2C2, I2C3, nor on two pins that software clocks`,
        ]
    const answered = traffic.some(
        ({ address, acknowledged }) =>
            address === sensor.address && acknowledged > 0
    )
    if (answered) return []
    const silent = traffic.filter(({ acknowledged }) => acknowledged === 0)
    const named = silent
        .slice(0, NAMED_MAX)
        .map(entry => hintFor(entry, sensor))
    const more = silent.length - NAMED_MAX
    if (more > 0) named.push(`${more} more addresses have no answer either`)
    return named
}

function hintFor({ address, bus }: I2cTraffic, sensor: SensorOnBus): string {
    const {
        name,
        address: its,
        silentBecause = "it is held in reset or in standby, or has no clock",
    } = sensor
    const place = i2cBusName(sensor.bus)
    const you = `you address ${hex(address)} on ${bus}`
    if (address === its)
        return reaches(bus, sensor)
            ? `${you}, where the ${name} is, and it never answers: ${silentBecause}`
            : `${you}, and the ${name} is on ${place}: --sensor ${name}@${bus}:${hex(its)} wires it to ${bus}`
    if (address === ((its << 1) & 0x7f))
        return `${you}, the ${name} listens at ${hex(its)}: ${hex((its << 1) & 0xff)} is its address with the bit for reading and writing, and was shifted once more; give it as ${hex(its)}`
    if (address === its >>> 1)
        return `${you}, the ${name} listens at ${hex(its)}: the address was given in 7 bits where 8 are wanted; give it as ${hex(its << 1)}`
    return `${you}, the ${name} listens at ${hex(its)} on ${place}`
}

/** Software that clocks any pins reaches the sensor, unless it was wired to others. */
function reaches(bus: string, sensor: SensorOnBus): boolean {
    const isBlock = bus.startsWith("I2C")
    return (
        bus === i2cBusName(sensor.bus) ||
        (!isBlock && typeof sensor.bus === "string")
    )
}

function onBus(bus: string, counts: readonly I2cCounts[]): I2cTraffic[] {
    return counts.map(entry => ({ bus, ...entry }))
}

function hex(address: number): string {
    return `0x${address.toString(16).padStart(2, "0")}`
}
