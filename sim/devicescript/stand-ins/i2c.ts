// SPDX-License-Identifier: MIT
// Stands in for @devicescript/i2c in vitest: the I2C client on top of the connected world (see core.ts).

import { _i2cTransaction } from "./core.ts"

/** A transfer that failed. */
export class I2CError extends Error {
    /** As the native code returned it: -1 nobody has the address, -2 a byte was refused, ... */
    readonly status: number

    constructor(message: string, status: number) {
        super(message)
        this.name = "I2CError"
        this.status = status
    }
}

/** An I2C bus. */
export class I2C {
    /**
     * Write, then read.
     * @param deviceAddress 7 bits
     * @throws I2CError
     */
    async xfer(
        deviceAddress: number,
        write: Buffer,
        readBytes?: number
    ): Promise<Buffer> {
        const read = Buffer.alloc(readBytes ?? 0)
        const status = await _i2cTransaction(deviceAddress, write, read)
        if (status !== 0)
            throw new I2CError(
                `I2C error ${status} dev=${deviceAddress}: write ${write.toString("hex")}, read ${readBytes ?? 0} B`,
                status
            )
        return read
    }

    async writeReg(
        deviceAddress: number,
        register: number,
        byte: number
    ): Promise<void> {
        await this.xfer(deviceAddress, Buffer.from([register, byte]))
    }

    async readReg(deviceAddress: number, register: number): Promise<number> {
        return (await this.xfer(deviceAddress, Buffer.from([register]), 1))[0]!
    }

    async writeRegBuf(
        deviceAddress: number,
        register: number,
        data: Buffer
    ): Promise<void> {
        await this.xfer(deviceAddress, Buffer.from([register, ...data]))
    }

    async readRegBuf(
        deviceAddress: number,
        register: number,
        sizeBytes: number
    ): Promise<Buffer> {
        return await this.xfer(
            deviceAddress,
            Buffer.from([register]),
            sizeBytes
        )
    }

    async readBuf(deviceAddress: number, sizeBytes: number): Promise<Buffer> {
        return await this.xfer(deviceAddress, Buffer.alloc(0), sizeBytes)
    }

    async writeBuf(deviceAddress: number, data: Buffer): Promise<void> {
        await this.xfer(deviceAddress, data)
    }
}

/** The default bus. */
export const i2c = new I2C()
