// SPDX-License-Identifier: MIT
// The maps of the models that firmware needs against their table of facts, and the table against ST's SVD files.

import { describe, expect, it } from "vitest"
import * as crc from "../../sim/stm32/crc.ts"
import { USART_DMA_ROUTES } from "../../sim/stm32/dma/dma-registers.ts"
import * as exti from "../../sim/stm32/gpio/exti.ts"
import * as flash from "../../sim/stm32/flash/flash-registers.ts"
import { Irq } from "../../sim/stm32/nvic/irq.ts"
import * as iwdg from "../../sim/stm32/timer/iwdg.ts"
import * as pwr from "../../sim/stm32/rcc/pwr.ts"
import * as rng from "../../sim/stm32/rng.ts"
import * as syscfg from "../../sim/stm32/gpio/syscfg.ts"
import * as timer from "../../sim/stm32/timer/timer-registers.ts"
import * as usart from "../../sim/stm32/usart/usart-registers.ts"
import {
    CRC,
    EXTI,
    FLASH,
    IWDG,
    PWR,
    RNG,
    SYSCFG,
    TIM1,
    TIMER_FACTS,
    UART_BASES,
    USART,
    USART_DMA,
} from "./stm32-firmware-registers.ts"
import { CHIPS, maskOf, type Block } from "./stm32-registers.ts"
import { readSvdFacts } from "./svd-facts.ts"

type NumericEnum = Readonly<Record<string, string | number>>

function members(values: NumericEnum): Record<string, number> {
    return Object.fromEntries(
        Object.entries(values).flatMap(([name, value]) =>
            typeof value === "number" ? [[name, value >>> 0]] : []
        )
    )
}

function masks(table: Block, register: string): Record<string, number> {
    const fields = table.registers("429").get(register)!.fields
    return Object.fromEntries(
        [...fields].map(([name, field]) => [name, maskOf(field)])
    )
}

describe("register maps of the firmware's blocks", () => {
    it.each([
        ["USART", usart.UsartRegister, USART],
        ["FLASH", flash.FlashRegister, FLASH],
        ["PWR", pwr.PwrRegister, PWR],
        ["IWDG", iwdg.IwdgRegister, IWDG],
        ["EXTI", exti.ExtiRegister, EXTI],
        ["SYSCFG", syscfg.SyscfgRegister, SYSCFG],
        ["CRC", crc.CrcRegister, CRC],
        ["RNG", rng.RngRegister, RNG],
    ] as [string, NumericEnum, Block][])(
        "have every register of %s at its offset",
        (_, model, table) => {
            const offsets = [...table.registers("429")].map(
                ([name, { offset }]) => [name, offset]
            )
            expect(members(model)).toEqual(Object.fromEntries(offsets))
        }
    )

    it.each([
        ["USART_SR", usart.UsartSr, USART, "SR"],
        ["USART_BRR", usart.UsartBrr, USART, "BRR"],
        ["USART_CR1", usart.UsartCr1, USART, "CR1"],
        ["USART_CR2", usart.UsartCr2, USART, "CR2"],
        ["USART_CR3", usart.UsartCr3, USART, "CR3"],
        ["FLASH_ACR", flash.FlashAcr, FLASH, "ACR"],
        ["FLASH_SR", flash.FlashSr, FLASH, "SR"],
        ["FLASH_CR", flash.FlashCr, FLASH, "CR"],
        ["FLASH_OPTCR", flash.FlashOptcr, FLASH, "OPTCR"],
        ["PWR_CR", pwr.PwrCr, PWR, "CR"],
        ["PWR_CSR", pwr.PwrCsr, PWR, "CSR"],
        ["IWDG_SR", iwdg.IwdgSr, IWDG, "SR"],
        ["TIM_CR1", timer.TimerCr1, TIM1, "CR1"],
        ["TIM_SR", timer.TimerSr, TIM1, "SR"],
        ["TIM_BDTR", timer.TimerBdtr, TIM1, "BDTR"],
    ] as [string, NumericEnum, Block, string][])(
        "have every field of %s",
        (_, model, table, register) => {
            expect(members(model)).toEqual(masks(table, register))
        }
    )

    it("have the blocks at their addresses", () => {
        expect(usart.USART_BASES).toEqual({ ...USART.bases, ...UART_BASES })
        expect({
            FLASH: flash.FLASH_BASE,
            PWR: pwr.PWR_BASE,
            IWDG: iwdg.IWDG_BASE,
            EXTI: exti.EXTI_BASE,
            SYSCFG: syscfg.SYSCFG_BASE,
            CRC: crc.CRC_BASE,
            RNG: rng.RNG_BASE,
        }).toEqual(
            Object.assign(
                {},
                ...[FLASH, PWR, IWDG, EXTI, SYSCFG, CRC, RNG].map(
                    ({ bases }) => bases
                )
            )
        )
    })

    it("have the timers", () => {
        const model = [...timer.TIMERS.values()].map(
            ({ name, base, updateIrq, channels }) => [
                name,
                [base, Irq[updateIrq], channels],
            ]
        )
        expect(Object.fromEntries(model)).toEqual(TIMER_FACTS)
        const registers = members(timer.TimerRegister)
        for (const [name, { offset }] of TIM1.registers("446"))
            expect([name, registers[name]]).toEqual([name, offset])
    })

    it("have the DMA requests of the USARTs", () => {
        const text = (routes: readonly (readonly [number, number])[]): string =>
            routes.map(route => route.join(".")).join(" ")
        const model = Object.entries(USART_DMA_ROUTES).map(
            ([name, { controller, tx, rx }]) => [
                name,
                [controller, text(tx), text(rx)],
            ]
        )
        expect(Object.fromEntries(model)).toEqual(USART_DMA)
    })

    it("have the keys of the flash (RM0090 §3.6.1)", () => {
        expect(flash.FLASH_KEYS).toEqual([0x45670123, 0xcdef89ab])
        expect(flash.OPTION_KEYS).toEqual([0x08192a3b, 0x4c5d6e7f])
    })
})

/** "chip instance register field": what ST's files lack or have otherwise; the manual has it. */
const SVD_GAPS: readonly RegExp[] = [
    / FLASH ACR LATENCY$/, // three bits in all files, four in RM0090 §3.9.2
    /^(407|446) FLASH (CR (SNB|MER1)|OPTCR (BFB2|DB1M|SPRMOD|nWRP))$/,
    /^407 FLASH SR RDERR$/,
    /^429 FLASH SR RDERR$/,
    /^407 PWR CR (LPLVDS|MRLVDS|ADCDC1|VOS|ODEN|ODSWEN|UDEN)$/,
    /^407 PWR CSR (ODRDY|ODSWRDY|UDRDY)$/,
    /^429 PWR CR ADCDC1$/,
    / PWR CR (FMSSR|FISSR)$/,
    / PWR CSR EWUP2$/,
]

describe("the firmware's table against ST's SVD files", () => {
    it.each(CHIPS)("agrees for the STM32F%s", chip => {
        const svd = readSvdFacts(chip)
        for (const table of [
            USART,
            FLASH,
            PWR,
            IWDG,
            EXTI,
            SYSCFG,
            CRC,
            RNG,
            TIM1,
        ])
            for (const [instance, base] of Object.entries(table.bases)) {
                if (instance === "RNG" && chip === "446") continue
                const peripheral = svd.peripherals.get(instance)!
                expect([instance, peripheral.base]).toEqual([instance, base])
                for (const [name, { offset, fields }] of table.registers(
                    chip
                )) {
                    if (name === "OPTCR1" && chip !== "429") continue
                    const found = peripheral.registers.get(name)
                    expect([instance, name, found?.offset]).toEqual([
                        instance,
                        name,
                        offset,
                    ])
                    for (const [field, place] of fields) {
                        const at = `${chip} ${instance} ${name} ${field}`
                        if (SVD_GAPS.some(gap => gap.test(at))) continue
                        if (["KEY", "OPTKEY"].includes(field)) continue
                        expect([at, found!.fields.get(field)]).toEqual([
                            at,
                            place,
                        ])
                    }
                }
            }
    })

    it.each(CHIPS)("agrees on the timers of the STM32F%s", chip => {
        const svd = readSvdFacts(chip)
        for (const [name, [base]] of Object.entries(TIMER_FACTS))
            expect([name, svd.peripherals.get(name)?.base]).toEqual([
                name,
                base,
            ])
    })
})
