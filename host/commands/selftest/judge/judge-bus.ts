// SPDX-License-Identifier: MIT
// The sensor's I2C bus: lines that are held, who answers, and what comes back. Pure.

import { I2cLevel } from "../../../../protocol/grabber-page.ts"
import type { SensorName } from "../../../../protocol/names.ts"
import { SELFTEST_ID_READS } from "../../../../protocol/selftest.ts"
import type { Finding, Wiring } from "./findings.ts"
import type { BusAnswer, Measurements } from "./measurements.ts"

/** CHIP_VERSION of the MT9V034; PID of the OV2640, whose VER follows. */
const IDS: Readonly<Record<SensorName, (id: number) => boolean>> = {
    mt9v034: id => id === 0x1324,
    ov2640: id => id >> 8 === 0x26,
}

/** 7-bit addresses that a sensor can have. */
const ADDRESSES: Readonly<Record<SensorName, readonly number[]>> = {
    mt9v034: [0x48, 0x4c, 0x58, 0x5c],
    ov2640: [0x30],
}

/** Identifications of chips that are on modules that look the same. */
const OTHER_CHIPS: Readonly<Record<number, string>> = {
    0x1311: "MT9V022",
    0x1313: "MT9V022 or MT9V032",
    0x7721: "OV7725",
    0x7673: "OV7670",
}

/** The sensor, where it answers. */
export function sensorAnswer({
    sensor,
    answers,
}: Measurements): BusAnswer | undefined {
    const isSensor = IDS[sensor]
    return answers.find(({ id }) => isSensor(id))
}

export function judgeBus(seen: Measurements, wiring: Wiring): Finding[] {
    const held = heldLines(seen, wiring)
    if (held.length > 0) return held
    const answer = sensorAnswer(seen)
    return answer
        ? unreliable(seen, answer, wiring)
        : [whoIsThere(seen, wiring)]
}

function heldLines({ levels }: Measurements, wiring: Wiring): Finding[] {
    const findings: Finding[] = []
    const check = `check the wire, the module's pull-up to 3.3 V (2.2 to 10 kOhm; about 40 kOhm in the chip alone is too weak), and whether the module has power`
    if ((levels & I2cLevel.SDA) === 0)
        findings.push({
            name: "i2c-sda-low",
            part: "SDA",
            detail: `SDA is low while nothing is transferred: ${check}: ${wiring.wire("SDA")}`,
        })
    if ((levels & I2cLevel.SCL) === 0)
        findings.push({
            name: "i2c-stretch",
            part: "SCL",
            detail: `SCL is low while nothing is transferred: ${check}: ${wiring.wire("SCL")}`,
        })
    return findings
}

function whoIsThere(seen: Measurements, wiring: Wiring): Finding {
    const { sensor, answers } = seen
    const name = wiring.sensor
    const wanted = ADDRESSES[sensor].map(hex).join(", ")
    const there = answers.filter(({ id, same }) => id !== 0 && same > 0)
    const [chip] = there
    if (chip) {
        const known = OTHER_CHIPS[chip.id]
        const altered = alteredBits(seen, chip.id)
        if (altered !== undefined)
            return wrongValue(
                `bits ${hex(altered)} of every byte that is read are turned over`,
                wiring
            )
        if (chip.same < SELFTEST_ID_READS && chip.status === 0)
            return wrongValue(
                `the identification at ${hex(chip.address)} reads now ${hex(chip.id, 4)}, now otherwise`,
                wiring
            )
        return {
            name: "sensor-wrong-chip",
            part: name,
            detail: `at ${hex(chip.address)} answers a chip with identification ${hex(chip.id, 4)}${known ? `, an ${known}` : ""}, no ${name}: check which module is plugged in, and --sensor`,
        }
    }
    const sometimes = answers.find(
        ({ address, status }) =>
            status === 0 && ADDRESSES[sensor].includes(address)
    )
    if (sometimes) return refuses(sometimes.address, 1, wiring)
    const others = answers.filter(({ id, status }) => id === 0 && status === 0)
    if (others.length > 0) {
        const at = others.map(({ address }) => hex(address)).join(", ")
        return {
            name: "sensor-address",
            part: name,
            detail: `nothing answers at ${wanted}, where an ${name} can be, but something does at ${at}: check which module is plugged in, --sensor, and the pins that choose its address`,
        }
    }
    return {
        name: "sensor-absent",
        part: name,
        detail: `nothing answers on the I2C bus: check the module's power, its clock at ${wiring.sensorPin("XCLK")} (without one it does not answer), SCL and SDA (exchanged?), and RESET and STANDBY: low at ${wiring.sensorPin("RESET")} or high at ${wiring.sensorPin("STANDBY")} keeps it silent. ${wiring.wire("SCL")}, ${wiring.wire("SDA")}, ${wiring.wire("RESET")}, ${wiring.wire("STANDBY")}`,
    }
}

function unreliable(
    seen: Measurements,
    answer: BusAnswer,
    wiring: Wiring
): Finding[] {
    const findings: Finding[] = []
    const wrong = seen.scratch.find(
        ({ written, read }) => read >= 0 && read !== written
    )
    const misread = seen.answers.find(
        ({ address, id, same }) =>
            address === answer.address && id !== 0 && same < SELFTEST_ID_READS
    )
    if (wrong)
        findings.push(
            wrongValue(
                `a register that was written with ${hex(wrong.written)} reads ${hex(wrong.read)}`,
                wiring
            )
        )
    else if (misread && misread.status === 0)
        findings.push(
            wrongValue(
                `of ${SELFTEST_ID_READS} reads of its identification ${SELFTEST_ID_READS - misread.same} differ`,
                wiring
            )
        )
    const refused = seen.scratch.filter(({ read }) => read < 0).length
    const failed = seen.failedTransfers + refused + (answer.status < 0 ? 1 : 0)
    if (failed > 0) findings.push(refuses(answer.address, failed, wiring))
    return findings
}

function refuses(address: number, failed: number, wiring: Wiring): Finding {
    return {
        name: "i2c-nack",
        part: "SCL, SDA",
        detail: `the ${wiring.sensor} answers at ${hex(address)}, but ${failed} ${failed === 1 ? "transfer" : "transfers"} or more failed: check the contacts, the pull-ups and the length of the wires: ${wiring.wire("SCL")}, ${wiring.wire("SDA")}`,
    }
}

/** Bits in which the low bytes of the identification and of a register that was just written are wrong alike. */
function alteredBits(
    { sensor, scratch }: Measurements,
    id: number
): number | undefined {
    // The OV2640's VER has two values; its PID is the high byte.
    const bits =
        sensor === "mt9v034" ? (id ^ 0x1324) & 0xff : ((id >> 8) ^ 0x26) & 0xff
    const alike = scratch.some(
        ({ written, read }) => read >= 0 && ((written ^ read) & 0xff) === bits
    )
    return alike && bits !== 0 ? bits : undefined
}

function wrongValue(what: string, wiring: Wiring): Finding {
    return {
        name: "i2c-wrong-value",
        part: "SDA",
        detail: `${what}: check the contacts, the pull-ups and the length of the wires: ${wiring.wire("SDA")}, ${wiring.wire("SCL")}`,
    }
}

/** A number in hexadecimal with its prefix. */
export function hex(value: number, digits = 2): string {
    return `0x${value.toString(16).padStart(digits, "0")}`
}
