// SPDX-License-Identifier: MIT
// The OV2640's two register banks behind one 8-bit address, with their access rules.

import type { Rules } from "../../rules.ts"
import type { RegisterLog } from "../../trace/register-log.ts"
import {
    undocumented,
    BANK_SELECT,
    BANK_SELECT_RESET,
    Dsp,
    DSP_REGISTERS,
    SENSOR_REGISTERS,
    Sensor,
    type RegisterInfo,
} from "./registers.ts"
import { modeOf } from "./sensor-mode.ts"

export const BLOCK = "OV2640"

export type Bank = "sensor" | "dsp"

const COM7_ZOOM = 1 << 2

/** Two banks of 256 bytes; what has no entry in the tables is stored, with a warning. */
export class RegisterFile {
    private readonly sensorBytes = new Uint8Array(256)
    private readonly dspBytes = new Uint8Array(256)
    /** Behind BPADDR and BPDATA: saturation, contrast, effects. Stored. */
    private readonly indirect = new Uint8Array(256)
    private bankSelect = BANK_SELECT_RESET
    /** What PID and VER read together; undefined: their own. */
    chipId: number | undefined

    constructor(
        private readonly rules: Rules,
        private readonly log: RegisterLog
    ) {
        this.reset()
    }

    /** All registers of both banks to their reset values (RESETB, or COM7[7]). */
    reset(): void {
        this.bankSelect = BANK_SELECT_RESET
        this.indirect.fill(0)
        for (const { address, reset } of SENSOR_REGISTERS.values())
            this.sensorBytes[address] = reset
        for (const { address, reset } of DSP_REGISTERS.values())
            this.dspBytes[address] = reset
    }

    get bank(): Bank {
        return (this.bankSelect & 1) === 1 ? "sensor" : "dsp"
    }

    sensor(address: Sensor): number {
        return this.sensorBytes[address]!
    }

    dsp(address: Dsp): number {
        return this.dspBytes[address]!
    }

    /** The byte at an address of the selected bank, without side effects. */
    peek(address: number): number {
        if (address === BANK_SELECT) return this.bankSelect
        return (this.bank === "sensor" ? this.sensorBytes : this.dspBytes)[
            address
        ]!
    }

    /** What the chip itself puts into a register: automatic exposure, mode resets. */
    setSensor(address: Sensor, value: number): void {
        this.sensorBytes[address] = value
    }

    /** A read over the bus. An address without a register reads what was written there, with a warning. */
    read(address: number): number {
        if (address === BANK_SELECT) {
            this.log.read(BLOCK, "BANK_SEL", this.bankSelect)
            return this.bankSelect
        }
        const info = this.find(address)
        const value = this.readKnown(address)
        this.log.read(BLOCK, info.name, value)
        return value
    }

    /**
     * A write over the bus, with the rules of the table.
     * @returns the register and its bank, undefined when the value was not taken or only the bank changed
     */
    write(
        address: number,
        value: number
    ): { bank: Bank; info: RegisterInfo } | undefined {
        if (address === BANK_SELECT) {
            this.bankSelect = value
            this.log.write(BLOCK, "BANK_SEL", value)
            return undefined
        }
        const info = this.find(address)
        this.log.write(BLOCK, info.name, value)
        if (info.readOnly) {
            this.rules.warned(
                BLOCK,
                "is read only: the write takes no effect",
                info.name,
                value
            )
            return undefined
        }
        this.checkRefused(info, value)
        this.store(address, value)
        return { bank: this.bank, info }
    }

    /** The window registers' reset values differ per sensor mode (DS register table). */
    applyModeResets(com7: number): void {
        for (const [address, value] of modeOf(com7)?.resets ?? [])
            this.sensorBytes[address] = value
    }

    private find(address: number): RegisterInfo {
        const table = this.bank === "sensor" ? SENSOR_REGISTERS : DSP_REGISTERS
        const info = table.get(address)
        if (info !== undefined) return info
        this.rules.warned(
            BLOCK,
            `the sheet and the known drivers have no register at 0x${address.toString(16).padStart(2, "0")} of the ${this.bank} bank: it is only stored`
        )
        return undocumented(address)
    }

    private readKnown(address: number): number {
        if (this.bank === "sensor") {
            if (this.chipId === undefined) return this.sensorBytes[address]!
            if (address === Sensor.PID) return this.chipId >> 8
            if (address === Sensor.VER) return this.chipId & 0xff
            return this.sensorBytes[address]!
        }
        if (address === Dsp.BPDATA)
            return this.indirect[this.dspBytes[Dsp.BPADDR]!]!
        return this.dspBytes[address]!
    }

    private store(address: number, value: number): void {
        if (this.bank === "sensor") {
            this.sensorBytes[address] = value
            return
        }
        this.dspBytes[address] = value
        if (address === Dsp.BPDATA) {
            const index = this.dspBytes[Dsp.BPADDR]!
            this.indirect[index] = value
            this.dspBytes[Dsp.BPADDR] = (index + 1) & 0xff // DS: auto-increment
        }
    }

    private checkRefused(info: RegisterInfo, value: number): void {
        if (
            this.bank === "sensor" &&
            info.address === Sensor.COM7 &&
            (value & COM7_ZOOM) !== 0
        )
            this.rules.warned(
                BLOCK,
                "zoom [2] is not modelled: the picture is that of the mode without it",
                info.name,
                value
            )
        const changed = (value ^ info.reset) & info.refusedMask
        if (changed === 0) return
        this.rules.violated(
            BLOCK,
            `bits 0x${changed.toString(16).padStart(2, "0")} select a function that is not modelled`,
            info.name,
            value
        )
    }
}
