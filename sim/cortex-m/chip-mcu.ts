// SPDX-License-Identifier: MIT
// The core of a chip: an Mcu on the chip's models and memories, programmed with an ELF file and at its reset vector.

import type { BoardFile } from "../../boards/board-file.ts"
import type { MemoryRegion } from "../../boards/ram-layout.ts"
import type { Clock } from "../clock.ts"
import type { Rules } from "../rules.ts"
import { INTERRUPT_COUNT } from "../stm32/chip-kind.ts"
import type { Stm32F4 } from "../stm32/chip.ts"
import { FLASH_BASE } from "./cpu-memory.ts"
import type { ElfFile, Place } from "./elf.ts"
import { Mcu } from "./mcu.ts"

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

export interface ChipMcuOptions {
    readonly board: BoardFile
    readonly chip: Stm32F4
    readonly clock: Clock
    readonly rules: Rules
    /** All memories, indexed by MCU addresses. */
    readonly memory: Uint8Array
    readonly elf: ElfFile
    /** Cycles per instruction; left out: by the cycle model. */
    readonly cpi?: number | undefined
    /** Where the core starts; see McuOptions. */
    readonly vectorTable?: number | undefined
    /** Frequency of the core, Hz; default: what RCC makes of its registers. */
    readonly hclkHz?: () => number
    /** 12 bytes, as three words; default 1, 2, 3. */
    readonly uniqueId?: readonly [number, number, number]
    /** Memory that the chip does not have, for the arguments of debugger-style calls. */
    readonly debuggerMemory?: Omit<MemoryRegion, "name" | "dma">
}

/**
 * Program the flash and put a core on the chip.
 * @throws CamscriptError when libunicorn2 or a compiler for the hook library is missing
 */
export function chipMcu(options: ChipMcuOptions): Mcu {
    const { board, chip, clock, rules, memory, elf, cpi } = options
    programFlash(options)
    writeSystemPage(options)
    const { debuggerMemory } = options
    const extra = debuggerMemory
        ? [{ name: "debugger", dma: false, ...debuggerMemory }]
        : []
    const mcu = new Mcu({
        memory,
        flashBytes: board.flashBytes,
        memories: [...board.memories, ...extra],
        systemPage: { address: SYSTEM_PAGE, bytes: SYSTEM_PAGE_BYTES },
        bus: chip.bus,
        nvic: chip.nvic,
        clock,
        rules,
        interrupts: INTERRUPT_COUNT[board.chip],
        idcode: IDCODE[board.chip],
        hclkHz: options.hclkHz ?? (() => chip.hclkHz()),
        pclk1Hz: options.hclkHz ?? (() => chip.pclk1Hz()),
        pclk2Hz: options.hclkHz ?? (() => chip.pclk2Hz()),
        flashAcr: () => chip.flash.accessControl,
        cpi,
        symbols: elf.symbols,
        vectorTable: options.vectorTable,
    })
    // The instruction has the first cycle.
    mcu.time.buses.externalCycles = (address, bytes, writes) =>
        Math.max(
            0,
            chip.fsmc.accessCycles(address, bytes, writes ? "write" : "read") -
                1
        )
    wireFlash(mcu, chip, board.flashBytes)
    wireResets(mcu, chip)
    mcu.reset()
    return mcu
}

/** Stores go to the model, its operations stall the core; what it erases may have been code. */
function wireFlash(mcu: Mcu, { flash }: Stm32F4, flashBytes: number): void {
    let known = flash.operations
    mcu.onFlashWrite = (address, bytes, value) => {
        flash.program(address, bytes as 1 | 2 | 4, value)
        known = flash.operations
    }
    mcu.stallUntilNs = () => {
        if (flash.operations !== known) {
            known = flash.operations
            mcu.codeChanged(FLASH_BASE, flashBytes)
        }
        return flash.stallUntilNs
    }
}

/** The core resets the chip; a watchdog has reset the chip already, and resets the core. */
function wireResets(mcu: Mcu, chip: Stm32F4): void {
    mcu.onReset = cause => {
        if (cause === "SYSRESETREQ") chip.reset("software")
        if (cause === "NRST") chip.reset("pin")
    }
    chip.onReset = cause => mcu.requestReset(cause === "wwdg" ? "WWDG" : "IWDG")
}

/** Flash and RAM of a board's chip. */
export function chipPlaces(board: BoardFile): Place[] {
    return [
        { name: "flash", address: FLASH_BASE, bytes: board.flashBytes },
        ...board.memories,
    ]
}

/** Flash is erased but for the program; RAM is zero (on silicon it is not). */
function programFlash({ board, memory, elf }: ChipMcuOptions): void {
    memory.fill(0xff, FLASH_BASE, FLASH_BASE + board.flashBytes)
    for (const { address, bytes } of elf.segments) memory.set(bytes, address)
}

function writeSystemPage({
    board,
    memory,
    uniqueId = [1, 2, 3],
}: ChipMcuOptions): void {
    const view = new DataView(memory.buffer)
    memory.fill(0xff, SYSTEM_PAGE, SYSTEM_PAGE + SYSTEM_PAGE_BYTES)
    uniqueId.forEach((word, index) =>
        view.setUint32(UNIQUE_ID + index * 4, word, true)
    )
    view.setUint16(FLASH_SIZE_KB, board.flashBytes / 1024, true)
}
