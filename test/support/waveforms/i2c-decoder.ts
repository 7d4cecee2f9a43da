// SPDX-License-Identifier: MIT
// Reads I2C off the edges of SDA and SCL, as a logic analyser does (I2C-bus specification, section 3.1).

import type { Edge, Waveforms } from "./parsed-vcd.ts"

/** What goes over the wires from a START to the STOP or the next START. */
export interface Transfer {
    readonly startNs: number
    readonly address: number
    readonly read: boolean
    /** Without the address. */
    readonly bytes: number[]
    /** Of the address and of each byte: the ninth bit was 0. */
    readonly acknowledged: boolean[]
    stopped: boolean
}

interface Sample {
    readonly timeNs: number
    readonly wire: "scl" | "sda"
    readonly level: number | undefined
}

/** @throws Error when SDA changes while SCL is high in mid-byte, or SCL and SDA change at once */
export function decodeI2c(waveforms: Waveforms): Transfer[] {
    const samples = inOrder(
        waveforms.edges("wires.scl"),
        waveforms.edges("wires.sda")
    )
    const transfers: Transfer[] = []
    const level = { scl: 1 as number | undefined, sda: 1 as number | undefined }
    let current: Transfer | undefined
    let bits: number[] = []
    for (const { timeNs, wire, level: now } of samples) {
        const was = level[wire]
        level[wire] = now
        if (wire === "scl" && was === 0 && now === 1) {
            bits.push(level.sda!)
            if (bits.length < 9 || !current) continue
            take(current, bits, timeNs)
            bits = []
        }
        if (wire !== "sda" || level.scl !== 1 || was === undefined) continue
        // The clock of the condition itself has been taken for a bit.
        if (bits.length > 1)
            throw new Error(`SDA changes in mid-byte at ${timeNs} ns`)
        bits = []
        if (now === 1 && current) current.stopped = true
        current = undefined
        if (now !== 0) continue
        current = {
            startNs: timeNs,
            address: -1,
            read: false,
            bytes: [],
            acknowledged: [],
            stopped: false,
        }
        transfers.push(current)
    }
    return transfers
}

function take(transfer: Transfer, bits: number[], timeNs: number): void {
    const byte = bits.slice(0, 8).reduce((all, bit) => (all << 1) | bit, 0)
    if (Number.isNaN(byte)) throw new Error(`no level at ${timeNs} ns`)
    if (transfer.acknowledged.length === 0)
        Object.assign(transfer, { address: byte >> 1, read: (byte & 1) === 1 })
    else transfer.bytes.push(byte)
    transfer.acknowledged.push(bits[8] === 0)
}

function inOrder(scl: readonly Edge[], sda: readonly Edge[]): Sample[] {
    const samples: Sample[] = [
        ...scl.slice(1).map(sample("scl")),
        ...sda.slice(1).map(sample("sda")),
    ].sort((a, b) => a.timeNs - b.timeNs)
    samples.forEach(({ timeNs }, index) => {
        if (timeNs === samples[index + 1]?.timeNs)
            throw new Error(`SCL and SDA change at once at ${timeNs} ns`)
    })
    return samples
}

function sample(wire: Sample["wire"]): (edge: Edge) => Sample {
    return ([timeNs, level]) => ({ timeNs, wire, level })
}
