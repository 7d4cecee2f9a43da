// SPDX-License-Identifier: MIT
// The MT9V034's two register contexts, set up alike: a move of the window goes into the one that rests, and the switch
// to it acts between two frames.

import { WindowMove } from "../sensor"
import { SensorTiming } from "../sensor-limits"
import { Mt9v034Port } from "./port"
import { ChipControl, Reg } from "./registers"
import { windowRegisters } from "./timing"
import { Rectangle } from "../../protocol/capture"

/** Writes what each context has a register for. */
export abstract class Mt9v034Contexts extends Mt9v034Port {
    /** The content of CHIP_CONTROL. */
    protected chipControl = 0

    protected readonly move: WindowMove = {
        address: 0,
        bytes: Buffer.alloc(3),
        register: "CHIP_CONTROL",
    }

    protected async control(value: number): Promise<void> {
        await this.writeReg16(Reg.CHIP_CONTROL, value)
        this.chipControl = value
    }

    /** Window and blanking. */
    protected async writeContexts(
        window: Rectangle,
        timing: SensorTiming
    ): Promise<void> {
        await this.writeContext(Reg.COLUMN_START, window, timing)
        await this.writeContext(Reg.COLUMN_START_B, window, timing)
    }

    protected async writeReadMode(mode: number): Promise<void> {
        await this.writeReg16(Reg.READ_MODE_A, mode)
        await this.writeReg16(Reg.READ_MODE_B, mode)
    }

    protected async writeShutter(rows: number): Promise<void> {
        await this.writeReg16(Reg.TOTAL_SHUTTER_WIDTH, rows)
        await this.writeReg16(Reg.TOTAL_SHUTTER_WIDTH_B, rows)
    }

    protected async writeGain(code: number): Promise<void> {
        await this.writeReg16(Reg.ANALOG_GAIN, code)
        await this.writeReg16(Reg.ANALOG_GAIN_B, code)
    }

    /**
     * Put a window of the present size into the context that rests.
     *
     * @returns the write that makes this context the active one: it is taken to have been made
     */
    protected async prepareMove(window: Rectangle): Promise<WindowMove> {
        const registers = windowRegisters(window)
        const control = this.chipControl ^ ChipControl.CONTEXT_B
        await this.writeTwoRegs16(
            control & ChipControl.CONTEXT_B
                ? Reg.COLUMN_START_B
                : Reg.COLUMN_START,
            registers.columnStart,
            registers.rowStart
        )
        this.chipControl = control
        const move = this.move
        move.address = this.devAddr
        move.bytes[0] = Reg.CHIP_CONTROL
        move.bytes[1] = control >> 8
        move.bytes[2] = control & 0xff
        return move
    }

    /** Both contexts have these registers in the same order. */
    private async writeContext(
        first: number,
        window: Rectangle,
        timing: SensorTiming
    ): Promise<void> {
        const registers = windowRegisters(window)
        const from = first - Reg.COLUMN_START
        await this.writeReg16(first, registers.columnStart)
        await this.writeReg16(from + Reg.ROW_START, registers.rowStart)
        await this.writeReg16(from + Reg.WINDOW_HEIGHT, registers.windowHeight)
        await this.writeReg16(from + Reg.WINDOW_WIDTH, registers.windowWidth)
        await this.writeReg16(from + Reg.HORIZONTAL_BLANKING, timing.hblankPclk)
        await this.writeReg16(from + Reg.VERTICAL_BLANKING, timing.vblankRows)
    }
}
