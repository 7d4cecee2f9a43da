// SPDX-License-Identifier: MIT
// An LCD controller at a chip select, and the address line that is its data/command input (D/CX, RS): low is a command.

import type { SelectedDevice, StrobeNs } from "../wires/select-bus.ts"
import type { LcdController } from "./lcd-controller.ts"

/**
 * The line is given, or found: the first access is a command; the line is the highest one that is low in that access and
 * high in the first that differs. A program whose command address is above its data address has the lines the other way
 * round; then what came before was no command.
 */
export class LcdModule implements SelectedDevice {
    readonly name: string
    /** Data/command is on this address line, 0 to 25; undefined: nobody knows yet. */
    dataLine: number | undefined
    private firstLines: number | undefined

    /** @param dataLine undefined: found from what the program does */
    constructor(
        readonly controller: LcdController,
        dataLine?: number
    ) {
        this.name = controller.name
        this.dataLine = dataLine
    }

    get addressLines(): number {
        return this.dataLine === undefined ? 0 : 1 << this.dataLine
    }

    get strobeMinNs(): StrobeNs {
        return this.controller.strobeMinNs
    }

    write(lines: number, value: number, width: number): void {
        if (this.isData(lines)) this.controller.writeData(value, width)
        else this.controller.writeCommand(value, width)
    }

    read(lines: number, width: number): number {
        return this.isData(lines)
            ? this.controller.readData(width)
            : this.controller.readCommand(width)
    }

    private isData(lines: number): boolean {
        if (this.dataLine === undefined) this.find(lines)
        return this.dataLine !== undefined && (lines & this.addressLines) !== 0
    }

    private find(lines: number): void {
        this.firstLines ??= lines
        const { firstLines } = this
        if (lines === firstLines) return
        const rising = lines & ~firstLines
        if (rising === 0) this.controller.reset()
        const candidates = rising === 0 ? firstLines & ~lines : rising
        this.dataLine = 31 - Math.clz32(candidates)
    }
}
