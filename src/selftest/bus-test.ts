// SPDX-License-Identifier: MIT
// The sensor's I2C bus, its identification, and what its pins RESET and STANDBY do.

import { sleep } from "@devicescript/core"
import { BoardFlag, Control, SensorCode } from "../../protocol/grabber-page"
import {
    SELFTEST_ID_READS,
    SelftestPin,
    SelftestWord,
} from "../../protocol/selftest"
import { readSignals, control, transfer } from "./raw-bus"
import { say } from "./say"

/** Registers that the bus test uses; the drivers' enums have no bank in them. */
enum Chip {
    MT9V034_VERSION = 0x00,
    MT9V034_ID = 0x1324,
    /** TEST_PATTERN: without its enable bit it does nothing. */
    MT9V034_SCRATCH = 0x7f,
    OV2640_ADDRESS = 0x30,
    OV2640_BANK_SEL = 0xff,
    OV2640_PID = 0x0a,
    OV2640_VER = 0x0b,
    OV2640_ID = 0x26,
    /** QS, of the DSP bank. */
    OV2640_SCRATCH = 0x44,
    /** Addresses that are not reserved. */
    ADDRESS_MIN = 0x08,
    ADDRESS_MAX = 0x77,
    /** The OV2640 answers 1 ms after a reset. */
    AFTER_RESET_MS = 5,
}

/** Where an MT9V034 can be. */
const MT9V034_ADDRESSES = hex`48 4c 58 5c`

/** Neither is what the register has after a reset. */
const SCRATCHES = hex`15 2a`

/** Finds the sensor and tries its control port. */
export class BusTest {
    /** Where the sensor answers; 0: it does not. */
    address = 0
    /** Where anybody does, whoever he is. */
    private answering = 0

    private readonly sensor: SensorCode
    private readonly flags: number
    private readonly one = Buffer.alloc(1)
    private readonly two = Buffer.alloc(2)
    private readonly three = Buffer.alloc(3)

    constructor(sensor: SensorCode, flags: number) {
        this.sensor = sensor
        this.flags = flags
    }

    async run(): Promise<void> {
        // Whatever a test before this one left.
        await this.switchOn()
        const levels = await readSignals()
        say(SelftestWord.LEVELS, `${levels[1]}`)
        await this.find()
        if (this.address === 0) {
            if (this.answering === 0) await this.findElsewhere()
            else await this.tryScratch(this.answering)
            return
        }
        await this.tryScratch(this.address)
        await this.tryReset()
        await this.tryStandby()
    }

    /** A pulse on RESET, STANDBY low; where they are wired. */
    private async switchOn(): Promise<void> {
        // The VM's clock stands still while a fiber runs: the wait would begin where the last one ended.
        await sleep(1)
        await control(Control.SENSOR_ON)
        await sleep(Chip.AFTER_RESET_MS)
    }

    private isOv2640(): boolean {
        return this.sensor === SensorCode.OV2640
    }

    /** Ask where the sensor can be. */
    private async find(): Promise<void> {
        if (this.isOv2640()) {
            await this.identify(Chip.OV2640_ADDRESS)
            return
        }
        for (let i = 0; i < MT9V034_ADDRESSES.length; i++) {
            await this.identify(MT9V034_ADDRESSES[i])
            if (this.address !== 0) return
        }
    }

    /** Read who is at an address, several times. */
    private async identify(address: number): Promise<void> {
        let first = 0
        let same = 0
        let worst = 0
        let answered = false
        let right = false
        for (let i = 0; i < SELFTEST_ID_READS; i++) {
            const id = await this.readId(address)
            if (id < 0) {
                worst = id
                // Each failure of a held line takes long.
                if (id < -2) break
                continue
            }
            if (!answered) first = id
            answered = true
            if (this.isId(id)) right = true
            if (id === first) same++
        }
        say(SelftestWord.I2C, `${address} ${worst} ${first} ${same}`)
        if (answered) this.answering = address
        if (right) this.address = address
    }

    private isId(id: number): boolean {
        return this.isOv2640()
            ? id >> 8 === Chip.OV2640_ID
            : id === Chip.MT9V034_ID
    }

    /** @returns the identification, or the transfer's status */
    private async readId(address: number): Promise<number> {
        if (!this.isOv2640()) {
            this.one[0] = Chip.MT9V034_VERSION
            const status = await transfer(address, this.one, this.two)
            return status < 0 ? status : (this.two[0] << 8) | this.two[1]
        }
        this.two[0] = Chip.OV2640_BANK_SEL
        this.two[1] = 1
        const banked = await transfer(address, this.two)
        if (banked < 0) return banked
        const pid = await this.readByte(address, Chip.OV2640_PID)
        if (pid < 0) return pid
        const ver = await this.readByte(address, Chip.OV2640_VER)
        return ver < 0 ? ver : (pid << 8) | ver
    }

    /** @returns the byte, or the transfer's status */
    private async readByte(address: number, reg: number): Promise<number> {
        const value = Buffer.alloc(1)
        this.one[0] = reg
        const status = await transfer(address, this.one, value)
        return status < 0 ? status : value[0]
    }

    /** Who else is on the bus? */
    private async findElsewhere(): Promise<void> {
        const value = Buffer.alloc(1)
        this.one[0] = 0
        for (
            let address: number = Chip.ADDRESS_MIN;
            address <= Chip.ADDRESS_MAX;
            address++
        ) {
            const status = await transfer(address, this.one, value)
            if (status === 0) say(SelftestWord.I2C, `${address} 0 0 0`)
            // A line is held: nobody will answer.
            if (status < -2) return
        }
    }

    private async writeScratch(
        address: number,
        value: number
    ): Promise<number> {
        if (this.isOv2640()) {
            await this.selectDsp(address)
            this.two[0] = Chip.OV2640_SCRATCH
            this.two[1] = value
            return await transfer(address, this.two)
        }
        this.three[0] = Chip.MT9V034_SCRATCH
        this.three[1] = 0
        this.three[2] = value
        return await transfer(address, this.three)
    }

    private async selectDsp(address: number): Promise<void> {
        this.two[0] = Chip.OV2640_BANK_SEL
        this.two[1] = 0
        await transfer(address, this.two)
    }

    /** @returns the value, or the transfer's status */
    private async readScratch(address: number): Promise<number> {
        if (this.isOv2640()) {
            await this.selectDsp(address)
            return await this.readByte(address, Chip.OV2640_SCRATCH)
        }
        this.one[0] = Chip.MT9V034_SCRATCH
        const status = await transfer(address, this.one, this.two)
        return status < 0 ? status : (this.two[0] << 8) | this.two[1]
    }

    /** Write and read each bit as 0 and as 1, but for the upper ones. */
    private async tryScratch(address: number): Promise<void> {
        for (let i = 0; i < SCRATCHES.length; i++) {
            const value = SCRATCHES[i]
            const status = await this.writeScratch(address, value)
            const read = await this.readScratch(address)
            say(SelftestWord.SCRATCH, `${value} ${read} ${status}`)
        }
    }

    /** A pulse on RESET makes the sensor forget what tryScratch() wrote. */
    private async tryReset(): Promise<void> {
        let pin: number = SelftestPin.NOT_ON_BOARD
        if (this.flags & BoardFlag.RESET) {
            await this.switchOn()
            const kept = (await this.readScratch(this.address)) === SCRATCHES[1]
            pin = kept ? SelftestPin.NO_EFFECT : SelftestPin.WORKS
        }
        say(SelftestWord.RESET, `${pin}`)
    }

    /** In standby the sensor does not answer. */
    private async tryStandby(): Promise<void> {
        let pin: number = SelftestPin.NOT_ON_BOARD
        if (this.flags & BoardFlag.STANDBY) {
            await control(Control.SENSOR_STANDBY)
            const answers = (await this.readId(this.address)) >= 0
            await this.switchOn()
            pin = answers ? SelftestPin.NO_EFFECT : SelftestPin.WORKS
        }
        say(SelftestWord.STANDBY, `${pin}`)
    }
}
