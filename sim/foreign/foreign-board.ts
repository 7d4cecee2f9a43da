// SPDX-License-Identifier: MIT
// A board that nobody described: a chip with all its memory, and a sensor on one of its I2C buses and on the DCMI. Pins are
// whatever the firmware makes of them.

import {
    DCMI_SIGNALS,
    type AlternatePin,
    type BoardFile,
    type DcmiSignal,
} from "../../boards/board-file.ts"
import type { MemoryRegion } from "../../boards/ram-layout.ts"
import { eachVmWork } from "../../boards/vm-cycles.ts"
import { NO_WIRING } from "../../boards/board-wiring.ts"
import type { ChipKind } from "../stm32/chip-kind.ts"
import type { HseWiring } from "../stm32/rcc/rcc-clocks.ts"
import {
    freeI2cPins,
    I2C_INSTANCES,
    type I2cInstance,
} from "../stm32/gpio/free-pins.ts"
import type { I2cBusPlace } from "./i2c-traffic.ts"
import type { SensorName } from "../../protocol/names.ts"

const KB = 1024

interface ChipMemories {
    readonly flashBytes: number
    readonly memories: readonly MemoryRegion[]
    /** Highest HCLK, and the APB clocks with it, Hz (RM0090 §7.2, RM0390 §6.2). */
    readonly hclkHz: number
}

function region(
    name: string,
    address: number,
    kilobytes: number,
    dma = true
): MemoryRegion {
    return { name, address, bytes: kilobytes * KB, dma }
}

const CCM = region("CCM", 0x10000000, 64, false)

/** The largest part of each chip: firmware for a smaller one runs on it, too (RM0090 §2.3, RM0390 §2.2). */
const CHIPS: Readonly<Record<ChipKind, ChipMemories>> = {
    stm32f407: {
        flashBytes: 1024 * KB,
        memories: [region("SRAM", 0x20000000, 128), CCM],
        hclkHz: 168e6,
    },
    stm32f429: {
        flashBytes: 2048 * KB,
        memories: [region("SRAM", 0x20000000, 192), CCM],
        hclkHz: 180e6,
    },
    stm32f446: {
        flashBytes: 512 * KB,
        memories: [region("SRAM", 0x20000000, 128)],
        hclkHz: 180e6,
    },
}

/** What the user says about the board. */
export interface ForeignBoard {
    readonly chip: ChipKind
    readonly sensor: SensorName
    readonly i2c: I2cBusPlace
    /** Frequency at the sensor's clock input, Hz. */
    readonly xclkHz: number
    /** Undefined: none is fitted. */
    readonly hse: HseWiring | undefined
}

/** The block of the sensor's bus: that of the pins, if one can have them. */
function blockOf({ chip, i2c }: ForeignBoard): I2cInstance {
    if (typeof i2c === "string") return i2c
    const { scl, sda } = i2c
    const block = I2C_INSTANCES.find(
        name =>
            freeI2cPins(chip, name, "SCL").includes(scl) &&
            freeI2cPins(chip, name, "SDA").includes(sda)
    )
    return block ?? "I2C1"
}

/** Nobody looks at them in a chip with free pins. */
function firstPin(board: ForeignBoard, signal: "SCL" | "SDA"): AlternatePin {
    const pins = freeI2cPins(board.chip, blockOf(board), signal)
    return { pin: pins[0]!, af: 4 }
}

const NO_PIN: AlternatePin = { pin: "", af: 0 }

/**
 * A board file for it. What only our own firmware reads (slots, RAM owners, pins) is empty; clocks are the chip's fastest,
 * for models that do not compute them from the registers.
 */
export function foreignBoardFile(board: ForeignBoard): BoardFile {
    const { flashBytes, memories, hclkHz } = CHIPS[board.chip]
    const sram = memories[0]!
    return {
        name: board.chip,
        chip: board.chip,
        hclkHz,
        pclk1Hz: hclkHz / 4,
        pclk2Hz: hclkHz / 2,
        // Absent: the oscillator never gets ready.
        hse: board.hse as BoardFile["hse"],
        pll: { m: 8, n: (2 * hclkHz) / 1e6, p: 2, q: 8 },
        flashBytes,
        slots: [],
        console: { instance: "USART2", baud: 115_200, tx: NO_PIN, rx: NO_PIN },
        memories,
        ramOwners: [],
        gcHeapBytes: 0,
        vmCycles: eachVmWork(0),
        frameMemory: { address: sram.address, bytes: sram.bytes },
        vmRegion: { address: 0, bytes: 0, subregionsOff: 0 },
        nativeInVmRegion: { address: 0, bytes: 0, subregionsOff: 0 },
        sensor: {
            name: board.sensor,
            xclkHz: board.xclkHz,
            xclk: { source: "module", hz: board.xclkHz },
            i2c: {
                instance: blockOf(board),
                hz: 400_000,
                scl: firstPin(board, "SCL"),
                sda: firstPin(board, "SDA"),
            },
            dcmi: Object.fromEntries(
                DCMI_SIGNALS.map(signal => [signal, NO_PIN])
            ) as Record<DcmiSignal, AlternatePin>,
        },
        hold: {},
        pins: {},
        wiring: NO_WIRING,
    }
}
