// SPDX-License-Identifier: MIT
// Stands in for @devicescript/drivers in vitest: the base class of I2C drivers (see core.ts).

import type { I2C } from "./i2c.ts"
import { i2c } from "./i2c.ts"

/** What a driver throws. */
export class DriverError extends Error {
    constructor(message?: string) {
        super(message)
        this.name = "DriverError"
    }
}

export interface I2CDriverOptions {
    /** Default: the connected world. */
    client?: I2C
}

/** A reading of a service. */
export interface Reading {
    readonly reading: { read(): Promise<number> }
}

/** An official driver, for the types: its programs run in the VM only. */
export declare function startSHTC3(): Promise<{
    readonly temperature: Reading
    readonly humidity: Reading
}>

/** Base of I2C drivers. */
export abstract class I2CDriver {
    /** 7 bits. */
    readonly devAddr: number
    readonly client: I2C

    constructor(deviceAddress: number, options?: I2CDriverOptions) {
        this.devAddr = deviceAddress
        this.client = options?.client ?? i2c
    }

    /**
     * Set the device up.
     * @throws DriverError; other exceptions are wrapped into one
     */
    async init(): Promise<void> {
        try {
            await this.initDriver()
        } catch (error) {
            if (error instanceof DriverError) throw error
            throw new DriverError(
                "I2C device not found or malfunctioning: " +
                    (error as Error).message
            )
        }
    }

    protected abstract initDriver(): Promise<void>

    /** Write bytes, then read some, in one transfer. */
    async xfer(write: Buffer, readBytes: number): Promise<Buffer> {
        return await this.client.xfer(this.devAddr, write, readBytes)
    }

    /** Write a register of 8 bits. */
    async writeReg(register: number, byte: number): Promise<void> {
        await this.client.writeReg(this.devAddr, register, byte)
    }

    /** Read a register of 8 bits. */
    async readReg(register: number): Promise<number> {
        return await this.client.readReg(this.devAddr, register)
    }

    /** Write bytes to a register and those after it. */
    async writeRegBuf(register: number, data: Buffer): Promise<void> {
        await this.client.writeRegBuf(this.devAddr, register, data)
    }

    /** Read bytes from a register and those after it. */
    async readRegBuf(register: number, sizeBytes: number): Promise<Buffer> {
        return await this.client.readRegBuf(this.devAddr, register, sizeBytes)
    }

    /** Read bytes, without a register's address before them. */
    async readBuf(sizeBytes: number): Promise<Buffer> {
        return await this.client.readBuf(this.devAddr, sizeBytes)
    }

    /** Write bytes as they are. */
    async writeBuf(data: Buffer): Promise<void> {
        await this.client.writeBuf(this.devAddr, data)
    }
}
