// SPDX-License-Identifier: MIT
// I2C transfers from START to STOP, as the block's wires tell of them.

import type { I2cWireEvents, SclTiming } from "../trace/i2c-wires.ts"
import type { TraceFile } from "./trace-file.ts"

const READ_BIT = 1

/** A transfer under way: a write, a read, or a write and a read after a repeated START. */
interface Transfer {
    readonly startNs: number
    address: number | undefined
    reads: boolean
    /** The next byte is an address. */
    addressed: boolean
    readonly written: number[]
    readonly read: number[]
    acknowledged: boolean
}

/** Bytes that an event shows. */
const BYTES_SHOWN = 16

/** One block's transfers on a track. */
export class I2cSpans implements I2cWireEvents {
    private transfer: Transfer | undefined

    constructor(
        private readonly file: TraceFile,
        private readonly track: number
    ) {}

    /** @returns who tells both this and another one */
    beside(other: I2cWireEvents): I2cWireEvents {
        return {
            start: (...told) => (other.start(...told), this.start(told[0])),
            byteBegins: (...told) => other.byteBegins(...told),
            byteEnds: (...told) => (
                other.byteEnds(...told),
                this.byteEnds(...told)
            ),
            stop: (...told) => (other.stop(...told), this.stop(...told)),
            lost: (...told) => (other.lost(...told), this.lost(...told)),
            released: (...told) => (
                other.released(...told),
                this.released(...told)
            ),
        }
    }

    start(timeNs: number): void {
        if (this.transfer) {
            this.transfer.addressed = false
            return
        }
        this.transfer = {
            ...{ startNs: timeNs, address: undefined, reads: false },
            ...{ addressed: false, written: [], read: [], acknowledged: true },
        }
    }

    byteBegins(): void {
        // It counts when it has ended.
    }

    byteEnds(byte: number, acknowledged: boolean): void {
        const { transfer } = this
        if (!transfer) return
        if (!transfer.addressed) {
            transfer.addressed = true
            transfer.address = byte >>> 1
            transfer.reads = (byte & READ_BIT) !== 0
            transfer.acknowledged &&= acknowledged
        } else if (transfer.reads) transfer.read.push(byte)
        else {
            transfer.written.push(byte)
            transfer.acknowledged &&= acknowledged
        }
    }

    stop(timeNs: number, { periodNs }: SclTiming): void {
        this.ends(timeNs + periodNs, "STOP")
    }

    lost(timeNs: number): void {
        this.ends(timeNs, "arbitration lost")
    }

    released(timeNs: number): void {
        this.ends(timeNs, "released without STOP")
    }

    private ends(endNs: number, ended: string): void {
        const { transfer } = this
        this.transfer = undefined
        if (!transfer) return
        const { address, written, read, startNs, acknowledged } = transfer
        const target =
            address === undefined ? "no address" : `0x${address.toString(16)}`
        const parts = [
            written.length > 0 || read.length === 0
                ? `write ${written.length}`
                : undefined,
            read.length > 0 ? `read ${read.length}` : undefined,
        ].filter(part => part !== undefined)
        this.file.span(
            this.track,
            `${target} ${parts.join(", ")}`,
            { startNs, endNs },
            {
                ...{ acknowledged, ended },
                ...(written.length > 0 && { written: shown(written) }),
                ...(read.length > 0 && { read: shown(read) }),
            }
        )
    }
}

function shown(bytes: readonly number[]): string {
    const text = Buffer.from(bytes.slice(0, BYTES_SHOWN)).toString("hex")
    return bytes.length > BYTES_SHOWN ? `${text}...` : text
}
