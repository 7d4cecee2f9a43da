// SPDX-License-Identifier: MIT
// A Jacdac device with one service, typed from the protocol's description (jacdac-docs, "Protocol"; jacdac-c, jd_protocol.h).

const ANNOUNCE_PERIOD_US = 500_000
const EVENT = 0x8000

/** CRC-16/CCITT-FALSE. */
export function crc16(bytes: Uint8Array): number {
    let crc = 0xffff
    for (const byte of bytes) {
        crc ^= byte << 8
        for (let bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
    }
    return crc
}

export class FakeDevice {
    private eventCounter = 0
    private restartCounter = 0
    private announcedUs = -ANNOUNCE_PERIOD_US

    constructor(private readonly serviceClass: number) {}

    /** An announcement when one is due (every 500 ms). */
    announcement(nowUs: number): Uint8Array | undefined {
        if (nowUs - this.announcedUs < ANNOUNCE_PERIOD_US) return undefined
        this.announcedUs = nowUs
        if (this.restartCounter < 15) this.restartCounter++
        const payload = new DataView(new ArrayBuffer(8))
        payload.setUint16(0, 0x0100 | this.restartCounter, true)
        payload.setUint32(4, this.serviceClass, true)
        return this.report(0, 0, new Uint8Array(payload.buffer))
    }

    /** The next event of the service, without data. */
    event(code: number): Uint8Array {
        this.eventCounter = (this.eventCounter + 1) & 0x7f
        return this.report(
            1,
            EVENT | (this.eventCounter << 8) | code,
            new Uint8Array(0)
        )
    }

    private report(
        service: number,
        command: number,
        payload: Uint8Array
    ): Uint8Array {
        const packet = (4 + payload.length + 3) & ~3
        const frame = new Uint8Array(12 + packet)
        frame[2] = packet
        frame.set([0xca, 0xfe, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05], 4)
        frame.set([payload.length, service, command & 0xff, command >> 8], 12)
        frame.set(payload, 16)
        const crc = crc16(frame.subarray(2))
        frame[0] = crc & 0xff
        frame[1] = crc >> 8
        return frame
    }
}
