// SPDX-License-Identifier: MIT
// A recording I2C target with the OV2640's two banks of 8-bit registers: enough to see what its driver writes.

export type FakeBank = "dsp" | "sensor"

/** One write of a register, the bank's selection not counted. */
export interface BankedWrite {
    readonly bank: FakeBank
    readonly register: number
    readonly value: number
    /** Virtual time, ms. */
    readonly atMs: number
}

export class FakeOv2640 {
    readonly dsp = new Uint8Array(256)
    readonly sensor = new Uint8Array(256)
    readonly writes: BankedWrite[] = []
    /** Transfers that wrote 0xFF. */
    bankSwitches = 0
    /** Refuse a write of this register (data NACK). */
    nack: { bank: FakeBank; register: number } | undefined
    nowMs: () => number = () => 0

    private bank: FakeBank = "sensor"

    constructor(
        private readonly pid: number,
        private readonly ver: number
    ) {
        this.reset()
    }

    /** Writes of one register, in order. */
    written(bank: FakeBank, register: number): number[] {
        return this.writes
            .filter(write => write.bank === bank && write.register === register)
            .map(write => write.value)
    }

    transfer(address: number, write: Uint8Array, read: Uint8Array): number {
        if (address !== 0x30) return -1
        const register = write[0]!
        if (write.length === 2) {
            const status = this.write(register, write[1]!)
            if (status !== 0) return status
        }
        if (read.length === 1) read[0] = this[this.bank][register]!
        return 0
    }

    private write(register: number, value: number): number {
        if (register === 0xff) {
            this.bankSwitches++
            this.bank = value & 1 ? "sensor" : "dsp"
            return 0
        }
        const { bank } = this
        if (this.nack?.bank === bank && this.nack.register === register)
            return -2
        this.writes.push({ bank, register, value, atMs: this.nowMs() })
        this[bank][register] = value
        if (bank === "sensor" && register === 0x12 && value & 0x80) this.reset()
        return 0
    }

    /** What of the data sheet's reset values the driver could meet; a software reset also selects the sensor bank. */
    private reset(): void {
        this.dsp.fill(0)
        this.sensor.fill(0)
        this.dsp[0x05] = 0x01
        this.dsp[0xd3] = 0x82
        this.dsp[0xe0] = 0x04
        this.sensor[0x04] = 0x20
        this.sensor[0x0a] = this.pid
        this.sensor[0x0b] = this.ver
        this.sensor[0x10] = 0x33
        this.sensor[0x13] = 0xc7
        // AGC[9:8], so that a driver that clears its neighbours is seen.
        this.sensor[0x45] = 0x40
        this.bank = "sensor"
    }
}
