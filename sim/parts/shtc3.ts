// SPDX-License-Identifier: MIT
// Sensirion SHTC3, temperature and humidity, at address 0x70: commands, times and checksums of its data sheet, as the official
// driver uses them (no copy of the sheet was at hand). Not modelled: noise, the general call's reset, the supply.

import type { Clock } from "../clock.ts"
import type { I2cTarget } from "../wires/i2c-bus.ts"
import type { Part } from "./part.ts"

/** Commands of two bytes. */
const WAKE_UP = 0x3517
const SLEEP = 0xb098
const SOFT_RESET = 0x805d
const READ_ID = 0xefc8
/** With clock stretching disabled: what comes first, and the longest time that it takes, µs. */
const MEASUREMENTS: Readonly<
    Record<number, { temperatureFirst: boolean; us: number }>
> = {
    0x7866: { temperatureFirst: true, us: 12_100 },
    0x58e0: { temperatureFirst: false, us: 12_100 },
    0x609c: { temperatureFirst: true, us: 800 },
    0x401a: { temperatureFirst: false, us: 800 },
}
const WAKE_UP_US = 240
/** The bits that tell an SHTC3: xxxx 1xxx xx00 0111. */
const ID = 0x0807

export interface Shtc3Options {
    /** -45..130. */
    readonly temperatureC: number
    /** 0..100. */
    readonly humidityPercent: number
}

/** An SHTC3 in air of this temperature and humidity. */
export function shtc3(options: Shtc3Options): Part {
    return clock => new Shtc3(clock, options)
}

class Shtc3 implements I2cTarget {
    readonly name = "SHTC3"
    readonly address = 0x70
    private asleep = false
    private readyNs = 0
    private command = 0
    private received = 0
    private answer: number[] = []

    constructor(
        private readonly clock: Clock,
        private readonly options: Shtc3Options
    ) {}

    /** Asleep it hears the wake-up command only; while it measures it acknowledges no read. */
    start(read: boolean): boolean {
        this.received = 0
        if (!read) return this.asleep || this.isReady()
        return !this.asleep && this.isReady() && this.answer.length > 0
    }

    write(byte: number): boolean {
        this.command = ((this.command << 8) | byte) & 0xffff
        this.received++
        if (this.received < 2) return true
        return this.received === 2 && this.run(this.command)
    }

    read(): number {
        return this.answer.shift() ?? 0xff
    }

    stop(): void {
        this.received = 0
    }

    private isReady(): boolean {
        return this.clock.nowNs >= this.readyNs
    }

    private run(command: number): boolean {
        this.answer = []
        if (command === WAKE_UP) {
            this.asleep = false
            return this.busyFor(WAKE_UP_US)
        }
        if (this.asleep) return false
        if (command === SLEEP) this.asleep = true
        if (command === SLEEP) return true
        if (command === SOFT_RESET) return this.busyFor(WAKE_UP_US)
        if (command === READ_ID) this.answer = withChecksum(ID)
        if (command === READ_ID) return true
        const measurement = MEASUREMENTS[command]
        if (measurement === undefined) return false
        const { temperatureC, humidityPercent } = this.options
        const temperature = withChecksum(ticks((temperatureC + 45) / 175))
        const humidity = withChecksum(ticks(humidityPercent / 100))
        this.answer = measurement.temperatureFirst
            ? [...temperature, ...humidity]
            : [...humidity, ...temperature]
        return this.busyFor(measurement.us)
    }

    private busyFor(us: number): boolean {
        this.readyNs = this.clock.nowNs + us * 1000
        return true
    }
}

function ticks(share: number): number {
    return Math.min(0xffff, Math.max(0, Math.round(share * 0x10000)))
}

/** CRC-8 of polynomial 0x31, initial value 0xff. */
function withChecksum(word: number): number[] {
    const bytes = [word >> 8, word & 0xff]
    let crc = 0xff
    for (const byte of bytes) {
        crc ^= byte
        for (let bit = 0; bit < 8; bit++)
            crc = ((crc << 1) ^ (crc & 0x80 ? 0x31 : 0)) & 0xff
    }
    return [...bytes, crc]
}
