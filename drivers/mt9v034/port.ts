// SPDX-License-Identifier: MIT
// The MT9V034's control port: finds the chip among its four addresses, reads and writes its registers.

import { I2CDriver, I2CDriverOptions } from "@devicescript/drivers"
import { I2CError } from "@devicescript/i2c"
import { hexNumber } from "../format"
import { answersAt, busFaultCause, isLastAttempt } from "../bus-fault"
import { SensorError, SensorFault } from "../sensor"
import { FaultCause } from "../../protocol/faults"
import { ChipVersion, Reg, registerName } from "./registers"

/** The four addresses that the pins S_CTRL_ADR1 and S_CTRL_ADR0 choose from (data sheet, "Slave Address"). */
const ADDRESSES = hex`48 4c 58 5c`

export interface MT9V034Options extends I2CDriverOptions {
    /** 7-bit I2C address; left out: init() looks at all four. */
    address?: number
}

/** Register access; each failure names the register and the bus's answer. */
export abstract class Mt9v034Port extends I2CDriver {
    private readonly fixedAddress: number | undefined
    /** The bus copies it before a transfer returns, so that all registers share it. */
    private readonly frame = Buffer.alloc(3)
    private readonly longFrame = Buffer.alloc(5)
    private readonly pointer = Buffer.alloc(1)

    constructor(options?: MT9V034Options) {
        super(options?.address ?? ADDRESSES[0], options)
        this.fixedAddress = options?.address
    }

    /** Read one register. */
    async readReg16(reg: number): Promise<number> {
        this.pointer[0] = reg
        const data = await transfer(this, "reading", this.pointer, 2)
        return (data[0] << 8) | data[1]
    }

    /** Write one register. */
    async writeReg16(reg: number, value: number): Promise<void> {
        this.frame[0] = reg
        this.frame[1] = value >> 8
        this.frame[2] = value & 0xff
        await this.send(this.frame)
    }

    /** Write two registers that follow each other, in one transfer: the chip counts the address up after each. */
    async writeTwoRegs16(
        reg: number,
        first: number,
        second: number
    ): Promise<void> {
        this.longFrame[0] = reg
        this.longFrame[1] = first >> 8
        this.longFrame[2] = first & 0xff
        this.longFrame[3] = second >> 8
        this.longFrame[4] = second & 0xff
        await this.send(this.longFrame)
    }

    /** @param bytes register, then values, high bytes first */
    protected async send(bytes: Buffer): Promise<void> {
        await transfer(this, "writing", bytes, 0)
    }

    /** Clear the bits of `clear`, then set those of `set`. */
    async modifyReg(reg: number, clear: number, set: number): Promise<void> {
        const value = await this.readReg16(reg)
        await this.writeReg16(reg, (value & ~clear & 0xffff) | set)
    }

    /** @returns the address at which anybody answers: of the sensor, or one that it can have; 0: nobody does */
    protected async findAddress(): Promise<number> {
        if (await answers(this, this.devAddr)) return this.devAddr
        if (this.fixedAddress !== undefined) return 0
        for (let i = 0; i < ADDRESSES.length; i++)
            if (await answers(this, ADDRESSES[i])) return ADDRESSES[i]
        return 0
    }

    /** Find the chip: at the address given, or at one of the four it can have. */
    protected async probe(): Promise<void> {
        if (this.fixedAddress !== undefined) {
            const version = await this.readReg16(Reg.CHIP_VERSION)
            if (version !== ChipVersion.MT9V034)
                throw new SensorError(wrongChip(version))
            return
        }
        let others = ""
        let first = -1
        for (let i = 0; i < ADDRESSES.length; i++) {
            this.useAddress(ADDRESSES[i])
            const version = await this.chipVersion()
            if (version === ChipVersion.MT9V034) return
            if (version < 0) continue
            if (first < 0) first = version
            if (others) others += ", "
            others += `${hexNumber(ADDRESSES[i], 2)} answers with CHIP_VERSION ${hexNumber(version, 4)}`
        }
        const problem = `no sensor at 0x48, 0x4c, 0x58, 0x5c (${others || "nothing answers"})`
        const fault = wrongChip(first)
        fault.problem = problem
        throw new SensorError(fault)
    }

    /** Read the chip's version at the present address; -1 when nobody answers there. */
    private async chipVersion(): Promise<number> {
        if (!(await answers(this, this.devAddr))) return -1
        return await this.readReg16(Reg.CHIP_VERSION)
    }

    protected useAddress(address: number): void {
        // Read only for users of the driver; the probe decides it.
        const self = this as { devAddr: number }
        self.devAddr = address
    }
}

/** A transfer that was not acknowledged is made again; the registers that it writes may be written twice. */
async function transfer(
    port: Mt9v034Port,
    doing: string,
    bytes: Buffer,
    readBytes: number
): Promise<Buffer> {
    for (let attempt = 1; true; attempt++)
        try {
            return await port.client.xfer(port.devAddr, bytes, readBytes)
        } catch (e) {
            const error = e as I2CError
            if (isLastAttempt(attempt, error.status as number))
                throw new SensorError(busFault(doing, bytes[0], error))
        }
}

async function answers(port: Mt9v034Port, address: number): Promise<boolean> {
    try {
        return await answersAt(port.client, address)
    } catch (e) {
        const error = e as I2CError
        throw new SensorError(busFault("asking for", Reg.CHIP_VERSION, error))
    }
}

function wrongChip(version: number): SensorFault {
    return {
        part: "MT9V034",
        register: "CHIP_VERSION",
        got: version < 0 ? undefined : version,
        wanted: ChipVersion.MT9V034,
        cause: version < 0 ? FaultCause.SENSOR_ABSENT : FaultCause.SENSOR_OTHER,
    }
}

function busFault(doing: string, reg: number, error: I2CError): SensorFault {
    const register = registerName(reg)
    const cause =
        error.status === undefined
            ? error.message
            : `I2C status ${error.status}`
    return {
        part: "MT9V034",
        register,
        problem: `${doing} ${register} (${hexNumber(reg, 2)}): ${cause}`,
        cause: busFaultCause(error.status as number),
    }
}
