// SPDX-License-Identifier: MIT
// Register access of the OV2640: two banks behind one address, selected only when the bank changes.

import type { I2CDriverOptions } from "@devicescript/drivers"
import { I2CDriver } from "@devicescript/drivers"
import type { I2CError } from "@devicescript/i2c"
import { answersAt, busFaultCause, isLastAttempt } from "../bus-fault"
import { hexNumber } from "../format"
import { SensorError } from "../sensor"
import {
    Bank,
    DspReg,
    dspRegisterName,
    SensorReg,
    sensorRegisterName,
} from "./registers"

/** Reads and writes of both banks. The bank is this object's knowledge: two sensors do not disturb each other. */
export abstract class BankedRegisters extends I2CDriver {
    /** The bus copies it before a transfer returns, so that all registers share it. */
    private readonly frame = Buffer.alloc(2)
    private readonly pointer = Buffer.alloc(1)
    private bank: number = Bank.UNKNOWN

    constructor(address: number, options?: I2CDriverOptions) {
        super(address, options)
    }

    /** Write one register of the DSP bank. */
    async writeDsp(reg: number, value: number): Promise<void> {
        await this.writeBanked(Bank.DSP, reg, value)
    }

    /** Write one register of the sensor bank. */
    async writeSensor(reg: number, value: number): Promise<void> {
        await this.writeBanked(Bank.SENSOR, reg, value)
    }

    /** Read one register of the DSP bank. */
    async readDsp(reg: number): Promise<number> {
        return await this.readBanked(Bank.DSP, reg)
    }

    /** Read one register of the sensor bank. */
    async readSensor(reg: number): Promise<number> {
        return await this.readBanked(Bank.SENSOR, reg)
    }

    /** In the sensor bank, clear the bits of `clear`, then set those of `set`. */
    async modifySensor(reg: number, clear: number, set: number): Promise<void> {
        const value = await this.readSensor(reg)
        await this.writeSensor(reg, (value & ~clear & 0xff) | set)
    }

    /**
     * Write registers of the DSP bank one after the other.
     *
     * @param table register, value, register, value ...
     */
    protected async writeDspTable(table: Buffer): Promise<void> {
        for (let i = 0; i < table.length; i += 2)
            await this.writeDsp(table[i], table[i + 1])
    }

    /** Write registers of the sensor bank one after the other. */
    protected async writeSensorTable(table: Buffer): Promise<void> {
        for (let i = 0; i < table.length; i += 2)
            await this.writeSensor(table[i], table[i + 1])
    }

    /** The chip was reset, or is not known: select the bank anew. */
    protected forgetBank(): void {
        this.bank = Bank.UNKNOWN
    }

    /** Whether any chip answers at the address. What bank it has selected is not known. */
    protected async answers(): Promise<boolean> {
        this.forgetBank()
        try {
            return await answersAt(this.client, this.devAddr)
        } catch (e) {
            const error = e as I2CError
            throw busFault("asking for", Bank.SENSOR, SensorReg.PID, error)
        }
    }

    private async selectBank(bank: number): Promise<void> {
        if (bank === this.bank) return
        await this.transferWrite(bank, DspReg.BANK_SEL, bank)
    }

    private async writeBanked(
        bank: number,
        reg: number,
        value: number
    ): Promise<void> {
        await this.selectBank(bank)
        await this.transferWrite(bank, reg, value)
    }

    private async readBanked(bank: number, reg: number): Promise<number> {
        await this.selectBank(bank)
        this.pointer[0] = reg
        // The data sheet separates the two parts by a STOP; a repeated start works in practice.
        // Unknown until the chip has acknowledged it.
        this.forgetBank()
        const data = await transfer(this, bank, this.pointer, 1)
        this.bank = bank
        return data[0]
    }

    private async transferWrite(
        bank: number,
        reg: number,
        value: number
    ): Promise<void> {
        this.frame[0] = reg
        this.frame[1] = value
        this.forgetBank()
        await transfer(this, bank, this.frame, 0)
        this.bank = bank
    }
}

/** A transfer that was not acknowledged is made again; the register that it writes may be written twice. */
async function transfer(
    chip: I2CDriver,
    bank: number,
    bytes: Buffer,
    readBytes: number
): Promise<Buffer> {
    for (let attempt = 1; true; attempt++)
        try {
            return await chip.client.xfer(chip.devAddr, bytes, readBytes)
        } catch (e) {
            const error = e as I2CError
            if (!isLastAttempt(attempt, error.status as number)) continue
            const doing = readBytes > 0 ? "reading" : "writing"
            throw busFault(doing, bank, bytes[0], error)
        }
}

function busFault(
    doing: string,
    bank: number,
    reg: number,
    error: I2CError
): SensorError {
    const register =
        bank === Bank.DSP ? dspRegisterName(reg) : sensorRegisterName(reg)
    const cause =
        error.status === undefined
            ? error.message
            : `I2C status ${error.status}`
    return new SensorError({
        part: "OV2640",
        register,
        problem: `${doing} ${register} (${hexNumber(reg, 2)}): ${cause}`,
        cause: busFaultCause(error.status as number),
    })
}
