// SPDX-License-Identifier: MIT
// A chip with a core and nothing around it: executes small programs of these tests.

import type { BoardFile } from "../../../boards/board-file.ts"
import { Clock } from "../../../sim/clock.ts"
import { chipMcu, chipPlaces } from "../../../sim/cortex-m/chip-mcu.ts"
import { type ElfFile, readElf } from "../../../sim/cortex-m/elf.ts"
import type { Mcu } from "../../../sim/cortex-m/mcu.ts"
import { Rules } from "../../../sim/rules.ts"
import { type ChipOptions, Stm32F4 } from "../../../sim/stm32/chip.ts"
import { RegisterLog } from "../../../sim/trace/register-log.ts"

const ADDRESS_SPACE_PAGES = 8200

export interface EmulatedChipOptions {
    readonly board: BoardFile
    /** Content and name of the ELF file. */
    readonly elf: Uint8Array
    readonly name: string
    readonly cpi?: number
    /** 12 bytes, as three words; default 1, 2, 3. */
    readonly uniqueId?: readonly [number, number, number]
    readonly permissive?: boolean
    readonly logReads?: boolean
    /** More of the chip's options. */
    readonly chip?: Partial<ChipOptions>
    /** Frequency of the core, Hz; default: what RCC makes of its registers. */
    readonly hclkHz?: (chip: Stm32F4) => number
}

/** Memory, models and core of one chip, programmed and at its reset vector. */
export class EmulatedChip {
    readonly clock = new Clock()
    readonly rules: Rules
    readonly log: RegisterLog
    /** All memories, indexed by MCU addresses. */
    readonly memory: Uint8Array
    readonly chip: Stm32F4
    readonly mcu: Mcu
    readonly elf: ElfFile

    constructor(options: EmulatedChipOptions) {
        const { board, hclkHz } = options
        const { clock } = this
        const now = (): number => clock.nowNs
        this.elf = readElf(options.elf, options.name, chipPlaces(board))
        this.rules = new Rules(now, options.permissive)
        this.log = new RegisterLog(now, options.logReads)
        this.memory = new Uint8Array(
            new WebAssembly.Memory({
                initial: ADDRESS_SPACE_PAGES,
                maximum: ADDRESS_SPACE_PAGES,
            }).buffer
        )
        const { rules, log, memory, elf } = this
        const chip = new Stm32F4({
            clocks: "rcc",
            ...options.chip,
            board,
            clock,
            rules,
            log,
            memory,
        })
        this.chip = chip
        this.mcu = chipMcu({
            board,
            chip,
            clock,
            rules,
            memory,
            elf,
            cpi: options.cpi,
            uniqueId: options.uniqueId,
            hclkHz: hclkHz && (() => hclkHz(chip)),
        })
    }

    /** A word of memory at an address or a symbol of the ELF file. */
    word(at: number | string): number {
        const address =
            typeof at === "number" ? at : this.elf.symbols.address(at)
        return new DataView(this.memory.buffer).getUint32(address, true)
    }

    /** Free the emulator's memory. */
    close(): void {
        this.mcu.close()
    }
}
