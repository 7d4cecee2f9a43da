// SPDX-License-Identifier: MIT
// An STM32F4 that executes an ELF file: the emulated core on the chip's models, in one virtual time.

import type { BoardFile } from "../board-file.ts"
import { Clock } from "../clock.ts"
import { Rules } from "../rules.ts"
import { INTERRUPT_COUNT } from "../stm32/chip-kind.ts"
import { type ChipOptions, Stm32F4 } from "../stm32/chip.ts"
import { RegisterLog } from "../trace/register-log.ts"
import { FLASH_BASE } from "./cpu-memory.ts"
import { type ElfFile, type Place, readElf } from "./elf.ts"
import { Mcu } from "./mcu.ts"

/** 537 MB of address space, committed as touched: an MCU address is an index. */
const ADDRESS_SPACE_PAGES = 8200

/** RM0090 §38.6.1, RM0390 §33.6.1: device in bits 11:0, revision above (F407 rev Z, F429 rev 3, F446 rev A). */
const IDCODE: Readonly<Record<BoardFile["chip"], number>> = {
    stm32f407: 0x10010413,
    stm32f429: 0x20010419,
    stm32f446: 0x10000421,
}

/** System memory with unique ID and flash size (RM0090 §39.1, §39.2). */
const SYSTEM_PAGE = 0x1fff7800
const SYSTEM_PAGE_BYTES = 0x400
const UNIQUE_ID = 0x1fff7a10
const FLASH_SIZE_KB = 0x1fff7a22

export interface EmulatedChipOptions {
    readonly board: BoardFile
    /** Content and name of the ELF file. */
    readonly elf: Uint8Array
    readonly name: string
    readonly cpi?: number
    /** 12 bytes, as three words; default 1, 2, 3. */
    readonly uniqueId?: readonly [number, number, number]
    /** Note violations and go on, for firmware that is not ours. */
    readonly permissive?: boolean
    readonly logReads?: boolean
    /** More of the chip's options. */
    readonly chip?: Partial<ChipOptions>
    /** Frequency of the core, Hz; default: that of the board file. */
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

    /** @throws UsageError when the file is none for this chip; CamscriptError when libunicorn2 or cc is missing */
    constructor(options: EmulatedChipOptions) {
        const { board } = options
        const now = (): number => this.clock.nowNs
        this.elf = readElf(options.elf, options.name, chipPlaces(board))
        this.rules = new Rules(now, options.permissive)
        this.log = new RegisterLog(now, options.logReads)
        this.memory = new Uint8Array(
            new WebAssembly.Memory({
                initial: ADDRESS_SPACE_PAGES,
                maximum: ADDRESS_SPACE_PAGES,
            }).buffer
        )
        this.program(board)
        this.writeSystemPage(board, options.uniqueId ?? [1, 2, 3])
        const chip = new Stm32F4({
            ...options.chip,
            board,
            clock: this.clock,
            rules: this.rules,
            log: this.log,
            memory: this.memory,
        })
        this.chip = chip
        const hclkHz = options.hclkHz ?? ((): number => board.hclkHz)
        this.mcu = new Mcu({
            memory: this.memory,
            flashBytes: board.flashBytes,
            memories: board.memories,
            systemPage: { address: SYSTEM_PAGE, bytes: SYSTEM_PAGE_BYTES },
            bus: chip.bus,
            nvic: chip.nvic,
            clock: this.clock,
            rules: this.rules,
            interrupts: INTERRUPT_COUNT[board.chip],
            idcode: IDCODE[board.chip],
            hclkHz: () => hclkHz(chip),
            cpi: options.cpi,
            symbols: this.elf.symbols,
        })
        this.mcu.reset()
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

    /** Flash is erased but for the program; RAM is zero (on silicon it is not). */
    private program(board: BoardFile): void {
        this.memory.fill(0xff, FLASH_BASE, FLASH_BASE + board.flashBytes)
        for (const { address, bytes } of this.elf.segments)
            this.memory.set(bytes, address)
    }

    private writeSystemPage(
        board: BoardFile,
        uniqueId: readonly [number, number, number]
    ): void {
        const view = new DataView(this.memory.buffer)
        this.memory.fill(0xff, SYSTEM_PAGE, SYSTEM_PAGE + SYSTEM_PAGE_BYTES)
        uniqueId.forEach((word, index) =>
            view.setUint32(UNIQUE_ID + index * 4, word, true)
        )
        view.setUint16(FLASH_SIZE_KB, board.flashBytes / 1024, true)
    }
}

/** Flash and RAM of a board's chip. */
export function chipPlaces(board: BoardFile): Place[] {
    return [
        { name: "flash", address: FLASH_BASE, bytes: board.flashBytes },
        ...board.memories,
    ]
}
