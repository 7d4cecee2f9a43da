// SPDX-License-Identifier: MIT
// The SHTC3's model, by the bytes of its data sheet.

import { beforeEach, describe, expect, it } from "vitest"
import { Clock } from "../../../sim/clock.ts"
import { shtc3 } from "../../../sim/parts/shtc3.ts"
import type { I2cTarget } from "../../../sim/wires/i2c-bus.ts"

let clock: Clock
let part: I2cTarget

/** @returns whether each byte was acknowledged, the address first */
function send(...bytes: number[]): boolean[] {
    const answers = part.start(false)
    const acknowledged = [
        answers,
        ...(answers ? bytes.map(byte => part.write(byte)) : []),
    ]
    part.stop()
    return acknowledged
}

/** @returns undefined when the address was not acknowledged */
function receive(count: number): number[] | undefined {
    if (!part.start(true)) return undefined
    const bytes = Array.from({ length: count }, () => part.read())
    part.stop()
    return bytes
}

function wait(us: number): void {
    const endNs = clock.nowNs + us * 1000
    clock.at(endNs, () => {})
    while (clock.step(endNs)) continue
}

beforeEach(() => {
    clock = new Clock()
    part = shtc3({ temperatureC: 25, humidityPercent: 50 })(clock)
})

describe("SHTC3", () => {
    it("has its number", () => {
        expect(send(0xef, 0xc8)).toEqual([true, true, true])
        expect(receive(3)!.slice(0, 2)).toEqual([0x08, 0x07])
    })

    it("measures in 12.1 ms, and does not answer before", () => {
        send(0x78, 0x66)
        expect(receive(6)).toBeUndefined()
        wait(12_000)
        expect(receive(6)).toBeUndefined()
        wait(101)
        // 25 C are 70/175 of 2^16, 50 % half of it.
        const bytes = receive(6)!
        expect([...bytes.slice(0, 2), ...bytes.slice(3, 5)]).toEqual([
            0x66, 0x66, 0x80, 0x00,
        ])
        expect([bytes[2], bytes[5]]).toEqual([0x93, 0xa2])
    })

    it("has the data sheet's checksum: 0x92 of 0xBEEF", () => {
        part = shtc3({
            temperatureC: 25,
            humidityPercent: (0xbeef * 100) / 0x10000,
        })(clock)
        send(0x58, 0xe0)
        wait(12_101)
        expect(receive(3)).toEqual([0xbe, 0xef, 0x92])
    })

    it("asleep hears the wake-up command only", () => {
        expect(send(0xb0, 0x98)).toEqual([true, true, true])
        expect(send(0x78, 0x66)).toEqual([true, true, false])
        expect(receive(3)).toBeUndefined()
        expect(send(0x35, 0x17)).toEqual([true, true, true])
        expect(send(0x78, 0x66)[0]).toBe(false)
        wait(241)
        expect(send(0x78, 0x66)).toEqual([true, true, true])
    })

    it("refuses a command that it does not have", () => {
        expect(send(0x12, 0x34)).toEqual([true, true, false])
    })
})
