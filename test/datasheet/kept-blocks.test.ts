// SPDX-License-Identifier: MIT
// Registers of the FSMC and of the blocks that are kept, not modelled, against ST's SVD files: names, addresses, values after
// reset. Where they differ, the model has what the manual says.

import { describe, expect, it } from "vitest"
import { CHIPS, type Chip } from "./stm32-registers.ts"
import { readSvdFacts } from "./svd-facts.ts"
import { Rules } from "../../sim/rules.ts"
import type { ChipKind } from "../../sim/stm32/chip-kind.ts"
import { Fsmc } from "../../sim/stm32/fsmc/fsmc.ts"
import { FSMC_BASE } from "../../sim/stm32/fsmc/fsmc-registers.ts"
import { adcBlock } from "../../sim/stm32/register-files/adc.ts"
import {
    canBlock,
    DAC,
    ETHERNET,
    RTC,
    SDIO,
} from "../../sim/stm32/register-files/other-blocks.ts"
import type { KeptBlock } from "../../sim/stm32/register-files/register-file.ts"
import { spiBlock, SPIS } from "../../sim/stm32/register-files/spi.ts"
import { usbOtgBlock } from "../../sim/stm32/register-files/usb-otg.ts"

interface Known {
    readonly name: string
    readonly reset: number
}

/** What ST's files call the blocks that belong to one of ours. */
const SVD_BLOCKS: Readonly<Record<string, readonly string[]>> = {
    "USB OTG FS": [
        "OTG_FS_GLOBAL",
        "OTG_FS_DEVICE",
        "OTG_FS_HOST",
        "OTG_FS_PWRCLK",
    ],
    ETH: ["Ethernet_MAC", "Ethernet_DMA"],
}

/** Registers of an SVD file by address. */
function known(chip: Chip, block: string): Map<number, Known> {
    const { peripherals } = readSvdFacts(chip)
    const found = new Map<number, Known>()
    for (const name of SVD_BLOCKS[block] ?? [block]) {
        const peripheral = peripherals.get(name)
        for (const [
            register,
            { offset, resetValue: reset },
        ] of peripheral?.registers ?? [])
            found.set(peripheral!.base + offset, {
                name: register.replace(/^FS_|_(Device|Host)$/g, ""),
                reset,
            })
    }
    return found
}

/** Values after reset that ST's files have otherwise than the manual. */
function differencesOf(name: string, chip: Chip): readonly string[] {
    // "0000 0010" of RM0090 §28.5.9 are bits.
    if (name.startsWith("SPI")) return [`${name} I2SPR = 0x2, theirs 0xa`]
    if (name === "USB OTG FS")
        return [
            // Nothing is plugged in: CIDSTS (RM0090 §34.16.2).
            "USB OTG FS GOTGCTL = 0x10000, theirs 0x800",
            // AHBIDL, which drivers wait for before all else.
            "USB OTG FS GRSTCTL = 0x80000000, theirs 0x20000000",
            `USB OTG FS CID = ${chip === "446" ? "0x2000" : "0x1200"}, theirs 0x1000`,
            // The FIFOs are empty.
            ...[0, 1, 2, 3].map(
                endpoint => `USB OTG FS DTXFSTS${endpoint} = 0x200, theirs 0x0`
            ),
        ]
    // RM0090 §32.9.2.
    if (name === "CAN1") return ["CAN1 BTR = 0x1230000, theirs 0x0"]
    if (name === "ETH")
        return [
            // No PHY drives the line.
            "ETH MACMIIDR = 0xffff, theirs 0x0",
            // MO is always 1 (RM0090 §33.8.1); PBL is 1 (§33.8.4).
            "ETH MACA0HR = 0x8010ffff, theirs 0x10ffff",
            "ETH DMABMR = 0x20101, theirs 0x2101",
        ]
    return []
}

function hex(value: number): string {
    return `0x${(value >>> 0).toString(16)}`
}

function blocksOf(chip: ChipKind): readonly KeptBlock[] {
    return [
        ...SPIS.map(spiBlock),
        usbOtgBlock("FS", chip),
        adcBlock(1),
        canBlock(1),
        SDIO,
        RTC,
        DAC,
        ...(chip === "stm32f446" ? [] : [ETHERNET]),
    ]
}

describe.each(CHIPS)("STM32F%s", chip => {
    const kind: ChipKind = `stm32f${chip}`

    it.each(blocksOf(kind).map(block => [block.name, block] as const))(
        "%s has its registers where ST's file has them",
        (name, { base, registers }) => {
            const theirs = known(chip, name)
            const ours = registers.filter(({ offset }) =>
                theirs.has(base + offset)
            )

            expect(ours.length).toBeGreaterThan(registers.length / 2)
            const differences = ours.flatMap(
                ({ name: register, offset, reset = 0 }) => {
                    const their = theirs.get(base + offset)!
                    const full = `${name} ${register}`
                    if (their.name !== register)
                        return [`${full} is ${their.name}`]
                    return their.reset === reset >>> 0
                        ? []
                        : [
                              `${full} = ${hex(reset)}, theirs ${hex(their.reset)}`,
                          ]
                }
            )
            expect(differences).toEqual(differencesOf(name, chip))
        }
    )

    it("has the FSMC's registers where ST's file has them", () => {
        const rules = new Rules(() => 0)
        const fsmc = new Fsmc({
            chip: kind,
            rules,
            hclkHz: () => 168e6,
            clockOn: () => true,
            pins: () => ({
                gpio: { isAlternate: () => true, isOpenDrain: () => false },
                runs: () => true,
            }),
        })
        const theirs = known(chip, fsmc.name)
        const names = [...theirs].flatMap(([address, { name }]) => {
            const ours = fsmc.registerName(address - FSMC_BASE)
            return ours === undefined || ours === name
                ? []
                : [`${name} is ${ours}`]
        })
        // BWTR3 and BWTR4 are at 0x114 and 0x11c (RM0090 §36.5.6).
        expect(names).toEqual(
            chip === "446" ? [] : ["BWTR3 is BWTR1", "BWTR4 is BWTR2"]
        )
    })
})
