// SPDX-License-Identifier: MIT
// boards/<name>.json: chip, clocks, memories, pins. The only place that knows them.

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { checkBoard } from "./board-checks.ts"
import { UsageError } from "../protocol/errors.ts"
import type { SensorName } from "../protocol/names.ts"

export interface MemoryRegion {
    readonly name: string
    readonly address: number
    readonly bytes: number
    /** The bus matrix connects it to DMA2 (CCM is not). */
    readonly dma: boolean
}

/** A pin as "PB10" and its alternate function number. */
export interface AlternatePin {
    readonly pin: string
    readonly af: number
}

export const DCMI_SIGNALS = [
    "PIXCLK",
    "HSYNC",
    "VSYNC",
    "D0",
    "D1",
    "D2",
    "D3",
    "D4",
    "D5",
    "D6",
    "D7",
] as const
export type DcmiSignal = (typeof DCMI_SIGNALS)[number]

export interface RamOwner {
    readonly name: string
    readonly memory: string
    readonly bytes: number
}

/** What makes the sensor's clock, and its frequency at the sensor, Hz. */
export type XclkSource =
    | { readonly source: "module"; readonly hz: number }
    | {
          readonly source: "mco1" | "mco2"
          readonly hz: number
          /** mco1 has hsi, hse and pll; mco2 has sysclk, hse and pll. */
          readonly input: "hsi" | "hse" | "pll" | "sysclk"
          /** 1 to 5. */
          readonly divider: number
          readonly pin: string
          readonly af: number
      }
    | {
          readonly source: "timer"
          readonly hz: number
          readonly timer: "TIM1" | "TIM8"
          readonly channel: number
          /** Of the timer's clock, 2 or more. */
          readonly divider: number
          readonly pin: string
          readonly af: number
      }

/** A program slot: one or more whole flash sectors. */
export interface SlotArea {
    readonly address: number
    readonly bytes: number
}

export interface BoardFile {
    readonly name: string
    readonly chip: "stm32f407" | "stm32f429" | "stm32f446"
    readonly hclkHz: number
    readonly pclk1Hz: number
    readonly pclk2Hz: number
    /** The external clock; with bypass it comes in ready-made, else from a crystal. */
    readonly hse: { readonly hz: number; readonly bypass: boolean }
    /** PLLCFGR's M, N, P and Q: HCLK is HSE / m * n / p. */
    readonly pll: {
        readonly m: number
        readonly n: number
        readonly p: number
        readonly q: number
    }
    readonly flashBytes: number
    /** Where programs live; the firmware has the flash below the first. */
    readonly slots: readonly SlotArea[]
    /** Boot log and link. */
    readonly console: {
        readonly instance: "USART2"
        readonly baud: number
        readonly tx: AlternatePin
        readonly rx: AlternatePin
    }
    readonly memories: readonly MemoryRegion[]
    /** Every fixed owner of RAM; what is left of the memory that DMA reaches holds frames. */
    readonly ramOwners: readonly RamOwner[]
    readonly gcHeapBytes: number
    /** Address and size of the memory for frame buffers. */
    readonly frameMemory: { readonly address: number; readonly bytes: number }
    readonly sensor: {
        /** The sensor module that is plugged in. */
        readonly name: SensorName
        /** Frequency at its clock input, Hz. */
        readonly xclkHz: number
        /** Where that comes from. */
        readonly xclk: XclkSource
        readonly i2c: {
            readonly instance: "I2C1" | "I2C2" | "I2C3"
            readonly hz: number
            readonly scl: AlternatePin
            readonly sda: AlternatePin
        }
        readonly dcmi: Readonly<Record<DcmiSignal, AlternatePin>>
        readonly resetPin?: string
        readonly standbyPin?: string
        readonly exposurePin?: string
    }
}

/** Names of all board files. */
export function boardNames(): string[] {
    return readdirSync(import.meta.dirname)
        .filter(file => file.endsWith(".json"))
        .map(file => file.slice(0, -".json".length))
        .sort()
}

/** Memory choices that a build may make for itself. */
export interface BoardOptions {
    /** "sram": the VM's memories and the native stack lie in the first memory that DMA reaches. */
    readonly vmRam?: "sram"
    /** Instead of the board file's. */
    readonly gcHeapBytes?: number
}

/**
 * Read `boards/<name>.json`.
 * @param sensor the sensor module that is plugged in
 * @throws UsageError when there is no such board, or the file contradicts itself or the chip
 */
export function readBoard(
    name: string,
    sensor: SensorName = "mt9v034",
    options: BoardOptions = {}
): BoardFile {
    if (!boardNames().includes(name))
        throw new UsageError(
            `unknown board "${name}": boards/ has ${boardNames().join(", ")}`
        )
    const json = JSON.parse(
        readFileSync(join(import.meta.dirname, `${name}.json`), "utf8")
    ) as BoardJson
    return parseBoard(json, sensor, options)
}

/** A board file as it is written: addresses are hexadecimal text. */
export interface BoardJson extends Omit<
    BoardFile,
    | "memories"
    | "sensor"
    | "slots"
    | "ramOwners"
    | "frameMemory"
    | "gcHeapBytes"
> {
    readonly memories: readonly (Omit<MemoryRegion, "address"> & {
        readonly address: string
    })[]
    readonly slots: readonly (Omit<SlotArea, "address"> & {
        readonly address: string
    })[]
    readonly ram: Readonly<
        Record<string, { readonly memory: string; readonly bytes: number }>
    >
    readonly sensor: Omit<BoardFile["sensor"], "name" | "xclkHz" | "xclk"> & {
        readonly xclk: Readonly<Record<SensorName, XclkSource>>
        readonly reset?: { readonly pin: string }
        readonly standby?: { readonly pin: string }
        readonly exposure?: { readonly pin: string }
    }
}

/**
 * Turn the JSON of a board file into what the simulator, the planner and the firmware use.
 * @throws UsageError when it contradicts itself or the chip
 */
export function parseBoard(
    json: BoardJson,
    plugged: SensorName = "mt9v034",
    options: BoardOptions = {}
): BoardFile {
    const memories = withAddresses(json.memories)
    const ramOwners = owners(json, options)
    const { sensor } = json
    const board: BoardFile = {
        name: json.name,
        chip: json.chip,
        hclkHz: json.hclkHz,
        pclk1Hz: json.pclk1Hz,
        pclk2Hz: json.pclk2Hz,
        hse: json.hse,
        pll: json.pll,
        flashBytes: json.flashBytes,
        slots: withAddresses(json.slots),
        console: json.console,
        memories,
        ramOwners,
        gcHeapBytes: ramOwners.find(({ name }) => name === "gcHeap")!.bytes,
        frameMemory: frameMemory(json.name, memories, ramOwners),
        sensor: {
            name: plugged,
            xclkHz: sensor.xclk[plugged].hz,
            xclk: sensor.xclk[plugged],
            i2c: sensor.i2c,
            dcmi: sensor.dcmi,
            resetPin: sensor.reset?.pin,
            standbyPin: sensor.standby?.pin,
            exposurePin: sensor.exposure?.pin,
        },
    }
    checkBoard(board)
    return board
}

function withAddresses<Area extends { readonly address: string }>(
    areas: readonly Area[]
): (Omit<Area, "address"> & { readonly address: number })[] {
    return areas.map(area => ({ ...area, address: Number(area.address) }))
}

/** In the order of the file, which is their order in memory. */
function owners(json: BoardJson, options: BoardOptions): RamOwner[] {
    const sram = json.memories.find(memory => memory.dma)!.name
    return Object.entries(json.ram).map(([name, owner]) => ({
        name,
        memory: options.vmRam === "sram" ? sram : owner.memory,
        bytes:
            name === "gcHeap"
                ? (options.gcHeapBytes ?? owner.bytes)
                : owner.bytes,
    }))
}

/** Frames live at the end of the memory that DMA reaches, above all fixed owners. */
function frameMemory(
    board: string,
    memories: readonly MemoryRegion[],
    owners: readonly RamOwner[]
): BoardFile["frameMemory"] {
    for (const memory of memories) {
        const used = usedBytes(memory, owners)
        if (used > memory.bytes)
            throw new UsageError(
                `board ${board}: the owners of ${memory.name} need ${used} bytes, it has ${memory.bytes}: ` +
                    owners
                        .filter(owner => owner.memory === memory.name)
                        .map(owner => `${owner.name} ${owner.bytes}`)
                        .join(" + ")
            )
    }
    const memory = memories.find(candidate => candidate.dma)!
    const bytes = memory.bytes - usedBytes(memory, owners)
    return { address: memory.address + memory.bytes - bytes, bytes }
}

function usedBytes(memory: MemoryRegion, owners: readonly RamOwner[]): number {
    return owners.reduce(
        (sum, owner) =>
            owner.memory === memory.name ? sum + owner.bytes : sum,
        0
    )
}
