// SPDX-License-Identifier: MIT

import { hex, type Cause } from "./cause.ts"

export const i2cAddress: Cause = {
    name: "i2c-address",
    what: "the sensor is addressed by a wrong I2C address",
    evidence:
        "addresses that nobody acknowledged, and none that the sensor did",
    find({ addresses, sensor }) {
        const { name, address, i2c } = sensor
        if (addresses.some(({ known }) => known)) return undefined
        const refused = addresses.filter(({ known }) => !known)
        if (refused.length === 0) return undefined
        const list = refused.map(entry => hex(entry.address, 2)).join(", ")
        const shifted = refused.some(
            entry => entry.address === ((address << 1) & 0x7f)
        )
        return `The firmware addresses ${list} on ${i2c} (7 bits), and nobody acknowledges: the ${name} listens at ${hex(address, 2)}.${shifted ? " The address seems to be shifted twice: the manual's 8-bit form was shifted again." : ""} Change the address in the firmware, or the module's address pins (--sensor ${name}@${i2c}:ADDRESS).`
    },
}
