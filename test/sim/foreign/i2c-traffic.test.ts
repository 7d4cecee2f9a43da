// SPDX-License-Identifier: MIT
// The hints of the I2C statistics: why a sensor was never acknowledged.

import { describe, expect, it } from "vitest"
import {
    i2cBusName,
    i2cHints,
    i2cTraffic,
    type I2cTraffic,
    type SensorOnBus,
} from "../../../sim/foreign/i2c-traffic.ts"
import { I2cBus } from "../../../sim/wires/i2c-bus.ts"
import { FakeTarget, makeChip } from "../../support/stm32/chip.ts"

const SENSOR: SensorOnBus = { name: "mt9v034", address: 0x5c, bus: "I2C2" }

function said(address: number, acknowledged = 0, bus = "I2C2"): I2cTraffic {
    return {
        ...{ bus, address, starts: 3, acknowledged },
        ...{ nacks: 3 - acknowledged, written: 0, read: 0 },
    }
}

describe("I2C hints", () => {
    it("are none when the sensor was acknowledged, whoever else was looked for", () => {
        expect(i2cHints([said(0x48), said(0x5c, 1)], SENSOR)).toEqual([])
    })

    it("say that the sensor listens elsewhere", () => {
        expect(i2cHints([said(0x48)], SENSOR)).toEqual([
            "you address 0x48 on I2C2, the mt9v034 listens at 0x5c on I2C2",
        ])
    })

    it("know an address that was shifted twice, and one that was not shifted", () => {
        // 0xb8 in a field of 7 bits goes out as 0x70: 0x38. 0x5c in one of 8 bits goes out as it is: 0x2e.
        expect(i2cHints([said(0x38)], SENSOR)).toEqual([
            "you address 0x38 on I2C2, the mt9v034 listens at 0x5c: 0xb8 is its address with the bit for reading and writing, and was shifted once more; give it as 0x5c",
        ])
        expect(i2cHints([said(0x2e)], SENSOR)).toEqual([
            "you address 0x2e on I2C2, the mt9v034 listens at 0x5c: the address was given in 7 bits where 8 are wanted; give it as 0xb8",
        ])
    })

    it("know the wrong bus, and a sensor that sleeps", () => {
        expect(i2cHints([said(0x5c, 0, "I2C1")], SENSOR)).toEqual([
            "you address 0x5c on I2C1, and the mt9v034 is on I2C2: --sensor mt9v034@I2C1:0x5c wires it to I2C1",
        ])
        const asleep =
            "where the mt9v034 is, and it never answers: it is held in reset or in standby, or has no clock"
        expect(i2cHints([said(0x5c)], SENSOR)).toEqual([
            `you address 0x5c on I2C2, ${asleep}`,
        ])
        expect(i2cHints([said(0x5c, 0, "PD6,PD7")], SENSOR)).toEqual([
            `you address 0x5c on PD6,PD7, ${asleep}`,
        ])
        const silentBecause = "its power-down at PG9 is high"
        expect(i2cHints([said(0x5c)], { ...SENSOR, silentBecause })).toEqual([
            "you address 0x5c on I2C2, where the mt9v034 is, and it never answers: its power-down at PG9 is high",
        ])
        const bus = { scl: "PB8", sda: "PB9" }
        expect(
            i2cHints([said(0x5c, 0, "PD6,PD7")], { ...SENSOR, bus })
        ).toEqual([
            "you address 0x5c on PD6,PD7, and the mt9v034 is on PB8,PB9: --sensor mt9v034@PD6,PD7:0x5c wires it to PD6,PD7",
        ])
    })

    it("name four addresses of a scan", () => {
        const scan = Array.from({ length: 20 }, (_, i) => said(0x10 + i))
        const hints = i2cHints(scan, SENSOR)

        expect(hints).toHaveLength(5)
        expect(hints[4]).toBe("16 more addresses have no answer either")
    })

    it("say that nobody spoke", () => {
        expect(i2cHints([], SENSOR)[0]).toContain("there was no START")
    })
})

describe("I2C traffic", () => {
    it("has the blocks and then the pins, each address once", () => {
        const { chip } = makeChip(
            "nucleo-f446re",
            false,
            "board",
            {},
            {
                freePins: true,
                i2cPins: {
                    scl: "PD6",
                    sda: "PD7",
                },
            }
        )
        const bus = new I2cBus()
        bus.attach(new FakeTarget(0x48))
        const { port } = chip.i2c.I2C3
        port.bus = bus
        port.start(0x48, false)
        port.write(7)
        port.start(0x48, true)
        port.read()
        port.start(0x50, true)
        port.stop()

        expect(i2cTraffic(chip)).toEqual([
            {
                ...{ bus: "I2C3", address: 0x48, starts: 2, acknowledged: 2 },
                ...{ nacks: 0, written: 1, read: 1 },
            },
            {
                ...{ bus: "I2C3", address: 0x50, starts: 1, acknowledged: 0 },
                ...{ nacks: 1, written: 0, read: 0 },
            },
        ])
    })

    it("names a bus by its block or its pins", () => {
        expect(i2cBusName("I2C1")).toBe("I2C1")
        expect(i2cBusName({ scl: "PB8", sda: "PB9" })).toBe("PB8,PB9")
    })
})
