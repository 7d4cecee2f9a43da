// SPDX-License-Identifier: MIT
// boards/<name>.json: chip, clocks, memories, pins. The only place that knows them.

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { UsageError } from "./errors.ts"
import { projectRoot } from "./paths.ts"

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

/** Sensors with a model. */
export const SENSORS = ["mt9v034", "ov2640"] as const
export type SensorName = (typeof SENSORS)[number]

export interface RamOwner {
    readonly name: string
    readonly memory: string
    readonly bytes: number
}

export interface BoardFile {
    readonly name: string
    readonly chip: "stm32f407" | "stm32f429" | "stm32f446"
    readonly hclkHz: number
    readonly pclk1Hz: number
    readonly pclk2Hz: number
    readonly flashBytes: number
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
    return readdirSync(join(projectRoot, "boards"))
        .filter(file => file.endsWith(".json"))
        .map(file => file.slice(0, -".json".length))
        .sort()
}

/**
 * Read `boards/<name>.json`.
 * @param sensor the sensor module that is plugged in
 * @throws UsageError when there is no such board, or its memories do not hold their owners
 */
export function readBoard(
    name: string,
    sensor: SensorName = "mt9v034"
): BoardFile {
    if (!boardNames().includes(name))
        throw new UsageError(
            `unknown board "${name}": boards/ has ${boardNames().join(", ")}`
        )
    return parseBoard(
        JSON.parse(
            readFileSync(join(projectRoot, "boards", `${name}.json`), "utf8")
        ),
        sensor
    )
}

interface BoardJson extends Omit<BoardFile, "memories" | "sensor"> {
    readonly memories: readonly (Omit<MemoryRegion, "address"> & {
        readonly address: string
    })[]
    readonly ram: Readonly<
        Record<string, { readonly memory: string; readonly bytes: number }>
    >
    readonly sensor: Omit<BoardFile["sensor"], "name" | "xclkHz"> & {
        readonly xclk: Readonly<Record<SensorName, { readonly hz: number }>>
        readonly reset?: { readonly pin: string }
        readonly standby?: { readonly pin: string }
        readonly exposure?: { readonly pin: string }
    }
}

/** Turn the JSON of a board file into what the simulator and the planner use. */
export function parseBoard(
    json: BoardJson,
    plugged: SensorName = "mt9v034"
): BoardFile {
    const memories = json.memories.map(memory => ({
        ...memory,
        address: Number(memory.address),
    }))
    const ramOwners = Object.entries(json.ram).map(([name, owner]) => ({
        name,
        ...owner,
    }))
    const sensor = json.sensor
    return {
        name: json.name,
        chip: json.chip,
        hclkHz: json.hclkHz,
        pclk1Hz: json.pclk1Hz,
        pclk2Hz: json.pclk2Hz,
        flashBytes: json.flashBytes,
        memories,
        ramOwners,
        gcHeapBytes: json.ram["gcHeap"]!.bytes,
        frameMemory: frameMemory(json.name, memories, ramOwners),
        sensor: {
            name: plugged,
            xclkHz: sensor.xclk[plugged].hz,
            i2c: sensor.i2c,
            dcmi: sensor.dcmi,
            resetPin: sensor.reset?.pin,
            standbyPin: sensor.standby?.pin,
            exposurePin: sensor.exposure?.pin,
        },
    }
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
                `board ${board}: the owners of ${memory.name} need ${used} bytes, it has ${memory.bytes}`
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
