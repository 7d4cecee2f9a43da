// SPDX-License-Identifier: MIT
// Compiles the foreign firmware with the board's compiler, once per content.

import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    renameSync,
} from "node:fs"
import { join } from "node:path"
import { cacheFolder } from "../../toolchain/paths.ts"
import type { ChipKind } from "../../sim/stm32/chip-kind.ts"
import type { SensorName } from "../../protocol/names.ts"

const FLAGS = [
    ..."-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16".split(" "),
    ..."-std=c11 -Os -g -ffreestanding -nostdlib".split(" "),
    ..."-Wall -Wextra -Wconversion -Werror".split(" "),
]

/**
 * Build one of the programs of this folder.
 * @param program name of its C file
 * @param defines more macros, as NAME or NAME=VALUE
 * @returns path of the ELF
 */
export function buildForeign(
    program: keyof typeof SOURCES,
    chip: ChipKind,
    defines: readonly string[] = []
): string {
    return link(program, SOURCES[program], chip, defines)
}

const SOURCES = {
    vendor: ["vendor.c"],
    tasks: ["tasks.c", join("rtos", "switch.c")],
    peripherals: folderOf("peripherals", ["peripherals", "gyro", "usb_device"]),
}

function folderOf(folder: string, names: readonly string[]): string[] {
    return names.map(name => join(folder, `${name}.c`))
}

/** What programs share of the board that article/ has. */
const BOARD = ["board", "clocks", "pins", "tick"]

export const LIBRARIES = ["spl", "hal"] as const
export type Library = (typeof LIBRARIES)[number]
export const WAYS = [
    "lines",
    "crop",
    "window",
    "jpeg",
    "lcd_lines",
    "lcd_dma",
    "snapshots",
    "suspend",
] as const
export type Way = (typeof WAYS)[number]

/** The sensor that each way is taken with. */
export const SENSOR_OF: Readonly<Record<Way, SensorName>> = {
    lines: "ov2640",
    crop: "mt9v034",
    window: "mt9v034",
    jpeg: "ov2640",
    lcd_lines: "mt9v034",
    lcd_dma: "ov2640",
    snapshots: "mt9v034",
    suspend: "mt9v034",
}

/**
 * Build one of the ways to take frames on one of the two libraries, for an STM32F407.
 * @param defines more macros, as NAME or NAME=VALUE
 * @param more flags of the compiler, which overrule the usual ones
 * @returns path of the ELF
 */
export function buildArticle(
    library: Library,
    way: Way,
    defines: readonly string[] = [],
    more: readonly string[] = []
): string {
    return link(
        `${library}-${way}`,
        folderOf("article", [
            ...[...BOARD, "main"],
            ...partsOf(library, way, defines),
        ]),
        "stm32f407",
        defines,
        more
    )
}

/** What a way has of article/ besides the board. */
function partsOf(
    library: Library,
    way: Way,
    defines: readonly string[]
): string[] {
    const parts = ["i2c", "delay", "capture"].map(part => `${library}_${part}`)
    const controller = defines.includes("LCD_ILI9325") ? "9325" : "9341"
    const lcd = way.startsWith("lcd") ? ["lcd_bus", `lcd_ili${controller}`] : []
    return [SENSOR_OF[way], way, ...lcd, ...parts]
}

/**
 * Build a way as a task of a small RTOS (rtos/kernel.c), for an STM32F407.
 * @param defines more macros, as NAME or NAME=VALUE
 * @returns path of the ELF
 */
export function buildRtos(
    library: Library,
    way: Way,
    defines: readonly string[] = []
): string {
    const board = BOARD.filter(name => name !== "tick")
    return link(
        `rtos-${library}-${way}`,
        [
            ...folderOf("rtos", ["kernel", "switch"]),
            ...folderOf("article", [
                ...board,
                ...partsOf(library, way, defines),
            ]),
        ],
        "stm32f407",
        defines
    )
}

/**
 * Build a capture that makes the mistakes of its macros, and none without any (mistakes/mistakes.c), for an STM32F407.
 * @param defines macros, as NAME or NAME=VALUE; OV2640 for that sensor
 * @param more flags of the compiler
 * @returns path of the ELF
 */
export function buildMistake(
    defines: readonly string[] = [],
    more: readonly string[] = []
): string {
    const sensor = defines.includes("OV2640") ? "ov2640" : "mt9v034"
    const sources = [...BOARD, sensor, "spl_i2c", "spl_delay"]
    return link(
        "mistakes",
        [join("mistakes", "mistakes.c"), ...folderOf("article", sources)],
        "stm32f407",
        defines,
        more
    )
}

/**
 * Build the capture of defects/, for an STM32F407 with an MT9V034 at I2C2.
 * @param defines LONG_TRANSFER, CROSS, ONE_TOO_FAR, SLOW_NEIGHBOUR, STORM, ASK_IN_HANDLER: the defect
 * @returns path of the ELF
 */
export function buildDefect(defines: readonly string[]): string {
    const sources = [...BOARD, "mt9v034", "spl_i2c", "spl_delay"]
    return link(
        "defects",
        [join("defects", "defects.c"), ...folderOf("article", sources)],
        "stm32f407",
        defines
    )
}

export const I2C_MANNERS = [
    "hal_interrupt",
    "hal_dma",
    "opencm3",
    "sccb",
] as const
export type I2cManner = (typeof I2C_MANNERS)[number]

/**
 * Build one of the ways, in the manner of the standard peripheral library but for I2C, which has one of its own.
 * @param defines more macros, as NAME or NAME=VALUE
 * @returns path of the ELF
 */
export function buildI2c(
    manner: I2cManner,
    way: Way,
    defines: readonly string[] = []
): string {
    const lcd = way.startsWith("lcd") ? ["lcd_bus", "lcd_ili9341"] : []
    const article = [
        ...[...BOARD, "main", SENSOR_OF[way], way, ...lcd],
        ...["spl_delay", "spl_capture"],
    ]
    return link(
        `${manner}-${way}`,
        [join("i2c", `${manner}.c`), ...folderOf("article", article)],
        "stm32f407",
        defines
    )
}

/**
 * Build the flow sensor (flow/flow.c), for an STM32F407: an MT9V034 at 0x5c of I2C2, its clock from PC8, STANDBY at PE3, a
 * crystal of 24 MHz.
 * @param defines BINNING=1, 2 or 4 (the default); RISING_EDGE; STANDBY; NO_CLOCK
 * @returns path of the ELF
 */
export function buildFlow(defines: readonly string[] = []): string {
    const flow = ["flow", "clocks", "pins", "sensor", "capture", "target"]
    return link(
        "flow",
        [
            ...folderOf("flow", flow),
            ...folderOf("peripherals", ["gyro", "usb_device"]),
            ...folderOf("article", ["board", "tick", "main", "spl_i2c"]),
        ],
        "stm32f407",
        defines
    )
}

/**
 * Build a way in the manner of examples for ARM's compiler (armcc/): an OV2640 at PD6 and PD7, PWDN at PG9, RESET at PG15, an
 * ILI9341 at NE4 with A6.
 * @param defines PWDN_HIGH, RESET_LOW
 * @returns path of the ELF
 */
export function buildArmcc(
    way: "lcd_dma" | "jpeg",
    defines: readonly string[] = []
): string {
    const lcd = way === "lcd_dma" ? ["lcd_bus", "lcd_ili9341"] : []
    return link(
        `armcc-${way}`,
        [
            ...folderOf("armcc", ["pins", "sccb", "delay", "capture"]),
            ...folderOf("article", [
                ...["board", "clocks", "tick", "main", "ov2640", way],
                ...lcd,
            ]),
        ],
        "stm32f407",
        ["LCD_NE4", ...defines]
    )
}

/** Compile and link with the start-up code, unless the same is in the cache. */
function link(
    name: string,
    programSources: readonly string[],
    chip: ChipKind,
    defines: readonly string[],
    more: readonly string[] = []
): string {
    const folder = import.meta.dirname
    const flags = [
        ...FLAGS,
        ...[chip.toUpperCase(), ...defines].map(macro => `-D${macro}`),
        ...more,
    ]
    const hash = createHash("sha256").update(JSON.stringify([name, flags]))
    for (const file of readdirSync(folder, { recursive: true }).sort())
        if (/\.(c|h|ld)$/.test(String(file)))
            hash.update(String(file)).update(
                readFileSync(join(folder, String(file)))
            )
    const elf = join(cacheFolder, `foreign-${name}-${hash.digest("hex")}.elf`)
    if (existsSync(elf)) return elf
    mkdirSync(cacheFolder, { recursive: true })
    const temporary = `${elf}.${process.pid}`
    const sources = ["startup.c", ...programSources].map(file =>
        join(folder, file)
    )
    const { status, stderr, error } = spawnSync(
        "arm-none-eabi-gcc",
        [
            ...flags,
            ...sources,
            ...["-T", join(folder, "foreign.ld"), "-lgcc", "-o", temporary],
        ],
        { encoding: "utf8" }
    )
    if (status !== 0)
        throw new Error(`arm-none-eabi-gcc: ${error?.message ?? stderr}`)
    renameSync(temporary, elf)
    return elf
}
