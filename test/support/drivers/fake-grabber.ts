// SPDX-License-Identifier: MIT
// The frame grabber's register page as a recording I2C target: lends frames that a test puts in, moves no pixel itself.

import { GrabberReg } from "../../../protocol/grabber-page.ts"

const LINE_BYTES = 0x60
const LINES = 0x62

export interface FakeFrame {
    readonly sequence: number
    readonly droppedBefore?: number
}

export class FakeGrabber {
    /** The register page; numbers are little endian. */
    readonly page = new DataView(new ArrayBuffer(256))
    /** First byte is the register. */
    readonly writes: number[][] = []
    readonly queue: FakeFrame[] = []
    readonly lent = new Set<number>()
    released = 0
    skipped = 0
    /** Refuse a write of this register. */
    refuseRegister = -1
    private nextIndex = 0
    /** The descriptor that was read last. */
    private described = new Uint8Array(48)

    constructor() {
        this.page.setUint32(0x00, 0x31475343, true)
        this.page.setUint32(0x04, 180_000_000, true)
        this.page.setUint32(0x08, 26_660_000, true)
        this.page.setUint32(0x0c, 79_616, true)
        this.page.setUint32(0x10, 24_576, true)
        this.page.setUint32(0x14, 131_072, true)
        this.page.setUint32(0x18, 400_000, true)
        this.page.setUint16(0x30, 0xffff, true)
        this.page.setUint16(0x32, 0xffff, true)
    }

    /** Writes of one register, without its address. */
    written(register: number): number[][] {
        return this.writes
            .filter(write => write[0] === register)
            .map(write => write.slice(1))
    }

    refuse(fault: number, value: number, limit: number): number {
        this.page.setUint8(0x82, fault)
        this.page.setUint32(0x84, value, true)
        this.page.setUint32(0x88, limit, true)
        return -2
    }

    transfer(address: number, write: Uint8Array, read: Uint8Array): number {
        if (address !== 0x7e) return -1
        const register = write[0]!
        if (register === 0xc0) return this.next(read)
        if (register === 0xc4) return this.pixels(write, read)
        if (register === 0xc5) return this.stats(read)
        if (register === 0xc1) {
            const status = this.write(register, write)
            if (status === 0 && read.length > 0) read[0] = this.queue.length
            return status
        }
        if (write.length > 1) return this.write(register, write)
        for (let i = 0; i < read.length; i++)
            read[i] = this.page.getUint8(register + i)
        return 0
    }

    private write(register: number, write: Uint8Array): number {
        if (register === this.refuseRegister)
            return this.refuse(4, 193_600, 79_616)
        this.writes.push(...registerWrites([...write]))
        if (register === 0xc1) {
            if (!this.lent.delete(write[1]!))
                return this.refuse(7, write[1]!, 0)
            this.released++
        } else if (register === 0xc3)
            this.skipped += this.queue.splice(0, write[1]).length
        else
            for (let i = 1; i < write.length; i++)
                this.page.setUint8(register + i - 1, write[i]!)
        return 0
    }

    private next(read: Uint8Array): number {
        const frame = this.queue.shift()
        read.fill(0)
        if (frame === undefined) {
            read[0] = 0xff
            return 0
        }
        const view = new DataView(read.buffer, read.byteOffset, read.length)
        const index = this.nextIndex++ % 4
        this.lent.add(index)
        view.setUint8(0, index)
        view.setUint32(4, frame.sequence, true)
        view.setUint32(8, 1_000 + frame.sequence, true)
        view.setUint32(12, 7_000 + frame.sequence, true)
        view.setUint32(16, this.page.getUint32(0x78, true), true)
        view.setUint16(20, this.page.getUint16(0x7c, true), true)
        view.setUint16(22, frame.droppedBefore ?? 0, true)
        for (let i = 0; i < 8; i++)
            view.setUint8(24 + i, this.page.getUint8(0x54 + i))
        view.setUint32(32, this.sizeBytes(), true)
        view.setUint16(36, this.page.getUint16(LINE_BYTES, true), true)
        view.setUint16(38, this.page.getUint16(LINES, true), true)
        const changed = read
            .subarray(16)
            .some((byte, i) => i !== 6 && byte !== this.described[16 + i])
        view.setUint8(3, this.described[3]! + (changed ? 1 : 0))
        this.described = Uint8Array.from(read)
        return 0
    }

    /** Each byte is the low byte of its offset. */
    private pixels(write: Uint8Array, read: Uint8Array): number {
        const offset = new DataView(
            write.buffer,
            write.byteOffset,
            write.length
        ).getUint32(2, true)
        if (!this.lent.has(write[1]!)) return this.refuse(7, write[1]!, 0)
        const end = offset + read.length
        if (end > this.sizeBytes()) return this.refuse(8, end, this.sizeBytes())
        for (let i = 0; i < read.length; i++) read[i] = (offset + i) & 0xff
        return 0
    }

    private stats(read: Uint8Array): number {
        const view = new DataView(read.buffer, read.byteOffset, read.length)
        view.setUint16(0, 100.5 * 256, true)
        view.setUint8(2, 3)
        view.setUint8(3, 250)
        view.setUint32(4, 77, true)
        view.setUint32(8, 12.25 * 256, true)
        view.setUint32(12, 200 * 256, true)
        view.setUint32(16, 4_000_000_000, true)
        return 0
    }

    private sizeBytes(): number {
        return (
            this.page.getUint16(LINE_BYTES, true) *
            this.page.getUint16(LINES, true)
        )
    }
}

/** A run of the mode block's registers as a write of each; the first byte is the register. */
function registerWrites(write: number[]): number[][] {
    const [first = 0, ...bytes] = write
    if (first !== GrabberReg.MODE_STRATEGY) return [write]
    const end = first + bytes.length
    const starts = Object.values(GrabberReg).filter(
        (at): at is GrabberReg =>
            typeof at === "number" && at >= first && at < end
    )
    return starts.map((at, i) => [
        at,
        ...bytes.slice(at - first, (starts[i + 1] ?? end) - first),
    ])
}
