// SPDX-License-Identifier: MIT
// What the firmware knows of its board: board_constants.c (firmware/firmware_board.h) and the linker's memory map.

import {
    HELD_PINS_MAX,
    type BoardFile,
    type XclkSource,
} from "../../boards/board-file.ts"
import type { MpuRegion } from "../../boards/ram-layout.ts"
import { boardFields, pinCode } from "../../boards/board-block.ts"
import { pinUsers } from "../../boards/board-pins.ts"
import { pinNames } from "../../boards/pin-names.ts"

const FLASH_START = 0x08000000
const HSI_HZ = 16e6
const PIN_NONE = 0xffffffff

/** HCLK per wait state at 2.7 to 3.6 V, Hz (RM0090 table 10, RM0390 table 5). */
const HZ_PER_WAIT_STATE = 30e6

/** RCC_CFGR's codes. */
const MCO1_INPUTS = { hsi: 0, hse: 2, pll: 3, sysclk: NaN } as const
const MCO2_INPUTS = { sysclk: 0, hse: 2, pll: 3, hsi: NaN } as const
const TIMERS = {
    TIM1: { base: 0x40010000, gate: 1 << 0 },
    TIM8: { base: 0x40010400, gate: 1 << 1 },
} as const

/** Of the build, besides the board. */
export interface BuildConstants {
    /** Of package.json. */
    readonly version: string
    /** First four bytes of the VM's SHA-256, as a little-endian word. */
    readonly vmId: number
}

/** C source of the board's constants. */
export function boardConstants(
    board: BoardFile,
    { version, vmId }: BuildConstants
): string {
    const { hse, pll, console: serial } = board
    const fields = boardFields(board).map(
        ([name, value]) =>
            `.${name} = ${typeof value === "number" ? word(value) : `{${value.map(word).join(", ")}}`}`
    )
    const clock = {
        hse_hz: hse.hz,
        hse_bypass: Number(hse.bypass),
        pll_m: pll.m,
        pll_m_hsi: (HSI_HZ * pll.m) / hse.hz,
        pll_n: pll.n,
        pll_p: pll.p,
        pll_q: pll.q,
        ppre1: board.hclkHz / board.pclk1Hz,
        ppre2: board.hclkHz / board.pclk2Hz,
        flash_wait_states: Math.ceil(board.hclkHz / HZ_PER_WAIT_STATE) - 1,
    }
    const supply =
        board.chip === "stm32f407" ? "CAM_SUPPLY_F407" : "CAM_SUPPLY_OVER_DRIVE"
    const console = {
        tx: pinCode(serial.tx.pin),
        tx_af: serial.tx.af,
        rx: pinCode(serial.rx.pin),
        rx_af: serial.rx.af,
        baud: serial.baud,
    }
    const slots = board.slots.map(
        slot => `{${word(slot.address)}, ${word(slot.bytes)}}`
    )
    return `// Written by camscript build from boards/${board.name}.json.
#include "firmware_board.h"

const cam_firmware_board_t cam_firmware_board = {
    .name = ${JSON.stringify(board.name)},
    .version = ${JSON.stringify(version)},
    .board = {
        ${fields.join(",\n        ")},
    },
    .pclk2_hz = ${word(board.pclk2Hz)},
    .clock = {${initialisers(clock)}, .supply = ${supply}},
    .xclk = {${xclkInitialisers(board.sensor.xclk)}},
    .console = {${initialisers(console)}},
    .held = {${heldPins(board)}},
    .pins = {
        .use = {${pinUsers(board).join(", ")}},
        .names = {${pinNames(board)
            .map(
                ({ name, pin, flags }) =>
                    `{{${characters(name)}}, ${pinCode(pin)}, ${flags}}`
            )
            .join(", ")}},
    },
    .slots = {${slots.join(", ")}},
    .vm_id = ${word(vmId)},
    .vm_region = ${region(board.vmRegion)},
    .native_in_vm_region = ${region(board.nativeInVmRegion)},
};
`
}

/** A cam_mpu_region_t. */
function region({ address, bytes, subregionsOff }: MpuRegion): string {
    return `{${[address, bytes, subregionsOff].map(word).join(", ")}}`
}

/** {pin, high}, as many as the structure has. */
function heldPins({ hold }: BoardFile): string {
    const pins = Object.entries(hold).map(
        ([pin, level]) => `{${word(pinCode(pin))}, ${level === "high"}}`
    )
    const none = `{${word(PIN_NONE)}, false}`
    return [...pins, ...Array<string>(HELD_PINS_MAX).fill(none)]
        .slice(0, HELD_PINS_MAX)
        .join(", ")
}

function word(value: number): string {
    return value < 4096 ? `${value}u` : `0x${(value >>> 0).toString(16)}u`
}

function initialisers(values: Readonly<Record<string, number>>): string {
    return Object.entries(values)
        .map(([name, value]) => `.${name} = ${word(value)}`)
        .join(", ")
}

function xclkInitialisers(xclk: XclkSource): string {
    if (xclk.source === "module")
        return `.kind = CAM_XCLK_MODULE, .pin = ${word(PIN_NONE)}`
    const common = {
        pin: pinCode(xclk.pin),
        af: xclk.af,
        divider: xclk.divider,
    }
    if (xclk.source === "timer") {
        const { base, gate } = TIMERS[xclk.timer]
        const timer = {
            ...common,
            timer_base: base,
            timer_gate: gate,
            channel: xclk.channel,
        }
        return `.kind = CAM_XCLK_TIMER, ${initialisers(timer)}`
    }
    const [kind, inputs] =
        xclk.source === "mco1"
            ? ["CAM_XCLK_MCO1", MCO1_INPUTS]
            : ["CAM_XCLK_MCO2", MCO2_INPUTS]
    return `.kind = ${kind}, ${initialisers({ ...common, selector: inputs[xclk.input] })}`
}

/** A piece of RAM with one owner. */
export interface RamArea {
    readonly owner: string
    readonly memory: string
    readonly address: number
    readonly bytes: number
}

/** The owners, and the frames. */
export function ramAreas(board: BoardFile): readonly RamArea[] {
    const areas = board.ramOwners.map(({ name, ...area }) => ({
        owner: name,
        ...area,
    }))
    const dma = board.memories.find(memory => memory.dma)!.name
    return [...areas, { owner: "frames", memory: dma, ...board.frameMemory }]
}

/** Flash of the firmware: up to the first program slot. */
export function firmwareFlashBytes(board: BoardFile): number {
    return Math.min(...board.slots.map(({ address }) => address)) - FLASH_START
}

/** MEMORY of the linker script, and the slots. */
export function memoryMap(board: BoardFile): string {
    const region = (name: string, address: number, bytes: number): string =>
        `    ${name} : ORIGIN = 0x${address.toString(16)}, LENGTH = ${bytes}`
    const regions = [
        region("FLASH", FLASH_START, firmwareFlashBytes(board)),
        ...board.slots.map(({ address, bytes }, index) =>
            region(index === 0 ? "SLOT_A" : "SLOT_B", address, bytes)
        ),
        ...ramAreas(board).map(({ owner, address, bytes }) =>
            region(upperSnake(owner), address, bytes)
        ),
    ]
    return `/* Written by camscript build from boards/${board.name}.json. */\nMEMORY\n{\n${regions.join("\n")}\n}\n`
}

/** Not as a string: its 0 would be one too many for a name of full length. */
function characters(name: string): string {
    return [...name].map(character => `'${character}'`).join(", ")
}

/** nativeData: NATIVE_DATA. */
function upperSnake(name: string): string {
    return name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()
}
