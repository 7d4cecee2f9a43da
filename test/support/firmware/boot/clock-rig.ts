// SPDX-License-Identifier: MIT
// The firmware's clock and XCLK code as wasm, on registers of paper: each test says which oscillators live.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { boardConstants } from "../../../../toolchain/firmware/board-constants.ts"
import { readBoard } from "../../../../boards/board-file.ts"
import {
    compileSources,
    nativeSources,
} from "../../../../toolchain/wasm/compile-native.ts"
import { projectRoot } from "../../../../toolchain/paths.ts"

/** Addresses typed again from RM0090. */
export const RCC_CR = 0x40023800
export const RCC_PLLCFGR = 0x40023804
export const RCC_CFGR = 0x40023808
export const PWR_CR = 0x40007000
export const PWR_CSR = 0x40007004
export const FLASH_ACR = 0x40023c00

const SOURCES = [
    "boot/clock.c",
    "boot/clock.h",
    "boot/held_pins.c",
    "boot/held_pins.h",
    "boot/xclk.c",
    "boot/xclk.h",
    "firmware_board.h",
    "slots/slots.h",
    "slots/slots_status.h",
]

/** What works on this chip. */
export interface Silicon {
    readonly hse: boolean
    readonly pll: boolean
    readonly overDrive: boolean
    /** FLASH_ACR takes what is written. */
    readonly latency: boolean
}

export const HEALTHY: Silicon = {
    hse: true,
    pll: true,
    overDrive: true,
    latency: true,
}

/** cam_clock_t */
export interface Clocks {
    readonly source: "PLL from HSE" | "PLL from HSI" | "HSI"
    readonly hseStarted: boolean
    readonly hclkHz: number
    readonly pclk1Hz: number
    readonly pclk2Hz: number
    readonly timer1Hz: number
    readonly timer2Hz: number
}

export interface ClockRun {
    readonly clocks: Clocks
    /** What cam_xclk_start said. */
    readonly xclkHz: number
    readonly writes: readonly (readonly [address: number, value: number])[]
    /** Registers at the end. */
    readonly registers: ReadonlyMap<number, number>
    /** Longest time-out of all waits, us. */
    readonly longestWaitUs: number
}

const SOURCE_NAMES = ["PLL from HSE", "PLL from HSI", "HSI"] as const

/** Where the results go: above the C code's data. */
const CLOCKS = 0x20010000

/** Run cam_clock_start, cam_held_pins_start and cam_xclk_start. */
export async function startClocks(
    boardName: string,
    silicon: Silicon
): Promise<ClockRun> {
    const board = readBoard(boardName)
    const firmware = Object.fromEntries(
        SOURCES.map(name => [
            name.slice(name.lastIndexOf("/") + 1),
            readFileSync(join(projectRoot, "firmware", name), "utf8"),
        ])
    )
    const constants = boardConstants(board, { version: "0", vmId: 0 })
    const wasm = await compileSources(
        { ...nativeSources(), ...firmware, "board_constants.c": constants },
        ["cam_clock_start", "cam_xclk_start", "cam_held_pins_start"]
    )
    const paper = new PaperClocks(silicon)
    const memory = new WebAssembly.Memory({ initial: 8200, maximum: 8200 })
    const port = new Proxy({}, { get: () => () => 0 })
    const { exports } = new WebAssembly.Instance(wasm, {
        env: { memory },
        mmio: paper.imports(),
        port: port as WebAssembly.ModuleImports,
    })
    const code = exports as unknown as {
        // A structure is returned where the first argument says.
        cam_clock_start(result: number): void
        cam_xclk_start(clocks: number): number
        cam_held_pins_start(): void
    }
    code.cam_clock_start(CLOCKS)
    code.cam_held_pins_start()
    const words = new Uint32Array(memory.buffer, CLOCKS, 8)
    const xclkHz = code.cam_xclk_start(CLOCKS) >>> 0
    return {
        clocks: {
            source: SOURCE_NAMES[words[0]!]!,
            hseStarted: (words[1]! & 0xff) !== 0,
            hclkHz: words[3]!,
            pclk1Hz: words[4]!,
            pclk2Hz: words[5]!,
            timer1Hz: words[6]!,
            timer2Hz: words[7]!,
        },
        xclkHz,
        writes: paper.writes,
        registers: paper.registers,
        longestWaitUs: paper.longestWaitUs,
    }
}

/** Ready bits follow enable bits, for what lives; every other register is memory. */
class PaperClocks {
    readonly writes: [number, number][] = []
    // HSI runs; reset value of PLLCFGR.
    readonly registers = new Map<number, number>([
        [RCC_CR, 0x83],
        [RCC_PLLCFGR, 0x24003010],
    ])
    longestWaitUs = 0

    constructor(private readonly silicon: Silicon) {}

    imports(): WebAssembly.ModuleImports {
        const wait = (address: number, _mask: number, us: number): number => {
            this.longestWaitUs = Math.max(this.longestWaitUs, us)
            return this.read(address >>> 0)
        }
        return {
            read32: (address: number) => this.read(address >>> 0),
            write32: (address: number, value: number) =>
                this.write(address >>> 0, value >>> 0),
            wait_set: wait,
            wait_clear: wait,
            delay_us: () => {},
            irq_save: () => 0,
            irq_restore: () => {},
        }
    }

    private register(address: number): number {
        return this.registers.get(address) ?? 0
    }

    private read(address: number): number {
        const value = this.register(address)
        const { hse, pll, overDrive } = this.silicon
        if (address === RCC_CR) {
            const hseReady = hse && (value & (1 << 16)) !== 0
            const pllReady = pll && (value & (1 << 24)) !== 0
            return value | (hseReady ? 1 << 17 : 0) | (pllReady ? 1 << 25 : 0)
        }
        if (address === RCC_CFGR) return (value & ~0xc) | ((value & 3) << 2)
        if (address === PWR_CSR && overDrive) {
            const control = this.register(PWR_CR)
            return control & ((1 << 16) | (1 << 17))
        }
        return value
    }

    private write(address: number, value: number): void {
        this.writes.push([address, value])
        if (address === FLASH_ACR && !this.silicon.latency) return
        this.registers.set(address, value)
    }
}
