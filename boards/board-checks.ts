// SPDX-License-Identifier: MIT
// What a board file must satisfy: the chip's limits (RM0090, RM0390, data sheets) and no thing used twice.

import type { BoardFile, XclkSource } from "./board-file.ts"
import { UsageError } from "../protocol/errors.ts"

const FLASH_START = 0x08000000
const KB = 1024
const BANK_BYTES = 1024 * KB
const HSI_HZ = 16e6

/** Highest HCLK, Hz; APB1 has a quarter of it, APB2 half. */
const HCLK_MAX = {
    stm32f407: 168e6,
    stm32f429: 180e6,
    stm32f446: 180e6,
} as const

/** The VM's heap holds its garbage-collected heap: the two are one piece. The native stack is lowest, see mpu.c. */
export const RAM_OWNERS = [
    "nativeStack",
    "nativeData",
    "vmData",
    "vmStack",
    "vmHeap",
    "gcHeap",
] as const

/** Every one is a multiple of it: the smallest region of the MPU. */
const OWNER_GRAIN = 32

/** A flash sector, by its address. */
export interface FlashSector {
    readonly address: number
    readonly bytes: number
}

/** Sectors of an STM32F4 with 1 MB or less in one bank, or 2 MB in two (RM0090 tables 5 and 6). */
export function flashSectors(flashBytes: number): readonly FlashSector[] {
    const sectors: FlashSector[] = []
    for (let offset = 0; offset < flashBytes;) {
        const inBank = offset % BANK_BYTES
        const bytes =
            (inBank < 64 * KB ? 16 : inBank < 128 * KB ? 64 : 128) * KB
        sectors.push({ address: FLASH_START + offset, bytes })
        offset += bytes
    }
    return sectors
}

/**
 * Check everything.
 * @throws UsageError with the board's name, the value and its limit
 */
export function checkBoard(board: BoardFile): void {
    const refuse = (message: string): never => {
        throw new UsageError(`board ${board.name}: ${message}`)
    }
    checkClocks(board, refuse)
    checkXclk(board, board.sensor.xclk, refuse)
    checkPins(board, refuse)
    checkSlots(board, refuse)
    checkOwners(board, refuse)
    if (board.console.baud !== 921600)
        refuse(
            `console.baud ${board.console.baud}: the link runs at 921600 baud only (docs/link.md)`
        )
}

type Refuse = (message: string) => never

function checkClocks(board: BoardFile, refuse: Refuse): void {
    const { hse, pll, hclkHz, chip } = board
    const inputHz = hse.hz / pll.m
    const vcoHz = inputHz * pll.n
    if (hclkHz > HCLK_MAX[chip])
        refuse(
            `hclkHz ${hclkHz} is over the limit of ${HCLK_MAX[chip]} of an ${chip}`
        )
    if (inputHz < 1e6 || inputHz > 2e6)
        refuse(`hse / pll.m is ${inputHz} Hz: the PLL takes 1 to 2 MHz`)
    if (HSI_HZ % inputHz !== 0 || HSI_HZ / inputHz > 63)
        refuse(
            `hse / pll.m is ${inputHz} Hz: HSI's 16 MHz cannot be divided to it when HSE fails`
        )
    if (vcoHz < 100e6 || vcoHz > 432e6)
        refuse(
            `hse / pll.m * pll.n is ${vcoHz} Hz: the PLL's oscillator runs at 100 to 432 MHz`
        )
    if (![2, 4, 6, 8].includes(pll.p))
        refuse(`pll.p ${pll.p} is not 2, 4, 6 or 8`)
    if (!Number.isInteger(pll.q) || pll.q < 2 || pll.q > 15)
        refuse(`pll.q ${pll.q} is not 2 to 15`)
    if (vcoHz / pll.p !== hclkHz)
        refuse(`the PLL gives ${vcoHz / pll.p} Hz, hclkHz says ${hclkHz}`)
    for (const [name, hz, share] of [
        ["pclk1Hz", board.pclk1Hz, 4],
        ["pclk2Hz", board.pclk2Hz, 2],
    ] as const) {
        if (![1, 2, 4, 8, 16].includes(hclkHz / hz))
            refuse(`${name} ${hz} is not HCLK by 1, 2, 4, 8 or 16`)
        if (hz > HCLK_MAX[chip] / share)
            refuse(
                `${name} ${hz} is over the limit of ${HCLK_MAX[chip] / share} of an ${chip}`
            )
    }
}

function checkXclk(board: BoardFile, xclk: XclkSource, refuse: Refuse): void {
    if (xclk.source === "module") return
    const hz = xclkHz(board, xclk, refuse)
    if (Math.abs(hz - xclk.hz) >= 1)
        refuse(
            `the sensor's clock: ${xclk.source} by ${xclk.divider} gives ${hz} Hz, hz says ${xclk.hz}`
        )
}

function xclkHz(
    board: BoardFile,
    xclk: Exclude<XclkSource, { source: "module" }>,
    refuse: Refuse
): number {
    if (xclk.source === "timer") {
        if (!(xclk.divider >= 2))
            refuse(
                `the sensor's clock: a timer divides by 2 or more, not by ${xclk.divider}`
            )
        if (![1, 2, 3, 4].includes(xclk.channel))
            refuse(
                `the sensor's clock: ${xclk.timer} has channels 1 to 4, not ${xclk.channel}`
            )
        const { pclk2Hz, hclkHz } = board
        return (pclk2Hz === hclkHz ? hclkHz : 2 * pclk2Hz) / xclk.divider
    }
    if (![1, 2, 3, 4, 5].includes(xclk.divider))
        refuse(
            `the sensor's clock: ${xclk.source} divides by 1 to 5, not by ${xclk.divider}`
        )
    const missing = xclk.source === "mco1" ? "sysclk" : "hsi"
    if (xclk.input === missing)
        refuse(`the sensor's clock: ${xclk.source} has no input ${missing}`)
    const sourceHz = {
        hsi: HSI_HZ,
        hse: board.hse.hz,
        pll: board.hclkHz,
        sysclk: board.hclkHz,
    }
    return sourceHz[xclk.input] / xclk.divider
}

function checkPins(board: BoardFile, refuse: Refuse): void {
    const { sensor, console: serial } = board
    const users: [string, string | undefined][] = [
        ...Object.entries(sensor.dcmi).map(
            ([signal, { pin }]): [string, string] => [`DCMI ${signal}`, pin]
        ),
        [`${sensor.i2c.instance} SCL`, sensor.i2c.scl.pin],
        [`${sensor.i2c.instance} SDA`, sensor.i2c.sda.pin],
        ["the sensor's RESET", sensor.resetPin],
        ["the sensor's STANDBY", sensor.standbyPin],
        ["the sensor's EXPOSURE", sensor.exposurePin],
        [`${serial.instance} TX`, serial.tx.pin],
        [`${serial.instance} RX`, serial.rx.pin],
        [
            "the sensor's clock",
            sensor.xclk.source === "module" ? undefined : sensor.xclk.pin,
        ],
    ]
    const taken = new Map<string, string>()
    for (const [user, pin] of users) {
        if (pin === undefined) continue
        const other = taken.get(pin)
        if (other !== undefined)
            refuse(`pin ${pin} is given to both ${other} and ${user}`)
        taken.set(pin, user)
    }
}

function checkSlots(board: BoardFile, refuse: Refuse): void {
    const hex = (value: number): string => `0x${value.toString(16)}`
    if (board.slots.length !== 2)
        refuse(`there are ${board.slots.length} program slots, two are needed`)
    const sectors = flashSectors(board.flashBytes)
    const borders = new Set(
        sectors.flatMap(({ address, bytes }) => [address, address + bytes])
    )
    let freeFrom = sectors[0]!.address + sectors[0]!.bytes
    for (const { address, bytes } of board.slots) {
        for (const border of [address, address + bytes])
            if (!borders.has(border))
                refuse(
                    `a program slot at ${hex(address)} of ${bytes} bytes: ${hex(border)} is not the border of a flash sector`
                )
        if (bytes <= 0 || address < freeFrom)
            refuse(
                `a program slot at ${hex(address)} overlaps the firmware or the slot before it, which end at ${hex(freeFrom)} or later`
            )
        freeFrom = address + bytes
    }
}

function checkOwners(
    { ramOwners: owners, memories }: BoardFile,
    refuse: Refuse
): void {
    const names = owners.map(({ name }) => name).join(", ")
    if (names !== RAM_OWNERS.join(", "))
        refuse(
            `ram has ${names}; it needs ${RAM_OWNERS.join(", ")}, in this order`
        )
    for (const { name, bytes } of owners)
        if (!Number.isInteger(bytes / OWNER_GRAIN) || bytes <= 0)
            refuse(
                `ram.${name} of ${bytes} bytes is not a multiple of ${OWNER_GRAIN}`
            )
    const memoryOf = (name: string): string | undefined =>
        owners.find(owner => owner.name === name)?.memory
    const dma = memories.find(memory => memory.dma)?.name
    if (memoryOf("nativeData") !== dma)
        refuse(
            `ram.nativeData lies in ${memoryOf("nativeData")}: the link's buffers need ${dma}, which DMA reaches`
        )
    if (memoryOf("vmHeap") !== memoryOf("gcHeap"))
        refuse(
            `ram.vmHeap lies in ${memoryOf("vmHeap")} and ram.gcHeap in ${memoryOf("gcHeap")}: they are one piece`
        )
}
