// SPDX-License-Identifier: MIT
// The chip's own flash model, with times, behind the same calls as the flash of paper.

import { readBoard } from "../../../../boards/board-file.ts"
import { Clock } from "../../../../sim/clock.ts"
import { Rules } from "../../../../sim/rules.ts"
import { Stm32F4 } from "../../../../sim/stm32/chip.ts"
import { RegisterLog } from "../../../../sim/trace/register-log.ts"
import { PowerCut, type SlotsFlash } from "./fake-flash.ts"

const FLASH = 0x08000000

export class ModelFlash implements SlotsFlash {
    readonly clock = new Clock()
    private readonly chip: Stm32F4
    private readonly flashBytes: number
    private cut = false
    private before = 0

    constructor(memory: Uint8Array) {
        const board = readBoard("nucleo-f446re")
        const now = (): number => this.clock.nowNs
        this.flashBytes = board.flashBytes
        this.chip = new Stm32F4({
            board,
            clock: this.clock,
            rules: new Rules(now),
            log: new RegisterLog(now),
            memory,
        })
        this.chip.flash.blank()
        this.chip.flash.onPowerCut = () => (this.cut = true)
    }

    get operationCount(): number {
        return this.chip.flash.operations - this.before
    }

    restart(): void {
        this.cut = false
        this.chip.flash.reset(true)
        this.before = this.chip.flash.operations
    }

    cutDuring(operation: number, seed: number): void {
        this.chip.flash.powerCut(operation, seed)
    }

    read32(address: number): number {
        this.settle()
        return this.chip.bus.read32(address)
    }

    write32(address: number, value: number): void {
        if (address >= FLASH && address < FLASH + this.flashBytes)
            this.chip.flash.program(address, 4, value)
        else this.chip.bus.write32(address, value)
        this.settle()
    }

    /** One bank: the CPU goes on when the operation has ended. */
    private settle(): void {
        while (this.clock.step(this.chip.flash.stallUntilNs));
        if (this.cut) throw new PowerCut()
    }
}
