// SPDX-License-Identifier: MIT
// The I2C section of what `camscript emulate` tells.

import {
    i2cBusName,
    i2cHints,
    i2cTraffic,
} from "../../../sim/foreign/i2c-traffic.ts"
import type { ForeignRun } from "../../../sim/foreign/foreign-run.ts"
import type { Colours } from "../../terminal.ts"
import type { EmulateOptions } from "./emulate-options.ts"

/** What was said to one address on one bus. */
export interface I2cReport {
    /** "I2C2", or the pins of SCL and SDA that software clocks: "PB8,PB9". */
    readonly bus: string
    /** 7 bits. */
    readonly address: number
    /** STARTs and repeated STARTs with it. */
    readonly starts: number
    /** Of those, acknowledged: 0 is an address at which nobody is. */
    readonly acknowledged: number
    /** Addresses and bytes that were not acknowledged. */
    readonly nacks: number
    /** Bytes after the address, the register's address among them. */
    readonly written: number
    readonly read: number
}

/** Its part of `camscript emulate --json`. */
export interface I2cSection {
    /** Where the sensor is, as given: "I2C2", "PB8,PB9". */
    readonly bus: string
    readonly i2c: readonly I2cReport[]
    /** Why the sensor was never acknowledged; empty when it was. */
    readonly i2cHints: readonly string[]
}

/** Lines shown of addresses. */
const SHOWN_MAX = 8

/** Collect it at the end of a run. */
export function i2cSection(
    {
        chip,
        sensorSilentBecause,
    }: Pick<ForeignRun, "chip" | "sensorSilentBecause">,
    { sensor }: Pick<EmulateOptions, "sensor">
): I2cSection {
    const traffic = i2cTraffic(chip)
    const place = {
        ...sensor,
        bus: sensor.i2c,
        silentBecause: sensorSilentBecause,
    }
    return {
        bus: i2cBusName(sensor.i2c),
        i2c: traffic,
        i2cHints: i2cHints(traffic, place),
    }
}

/** What a person reads. */
export function i2cLines(
    { i2c, i2cHints: hints }: I2cSection,
    colours: Colours
): string[] {
    const rest = i2c.length - SHOWN_MAX
    return [
        ...i2c
            .slice(0, SHOWN_MAX)
            .map(entry => `  I2C           ${trafficText(entry)}`),
        ...(rest > 0
            ? [`  I2C           and ${rest} more addresses (--json has all)`]
            : []),
        ...hints.map(hint => `  ${colours.yellow("I2C hint")}      ${hint}`),
    ]
}

function trafficText(entry: I2cReport): string {
    const { bus, address, starts, acknowledged, nacks, written, read } = entry
    const who = `${bus} 0x${address.toString(16).padStart(2, "0")}: ${starts} starts`
    if (acknowledged === 0) return `${who}, never acknowledged`
    const refused = nacks > 0 ? `, ${nacks} not acknowledged` : ""
    return `${who}, ${written} bytes written, ${read} read${refused}`
}
