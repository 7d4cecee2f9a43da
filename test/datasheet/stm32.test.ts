// SPDX-License-Identifier: MIT
// The register maps of the models and of the C code against the table of facts, and the table against ST's SVD files.

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { projectRoot } from "../../toolchain/paths.ts"
import * as dcmi from "../../sim/stm32/dcmi/dcmi-registers.ts"
import * as dma from "../../sim/stm32/dma/dma-registers.ts"
import * as gpio from "../../sim/stm32/gpio/gpio.ts"
import { GpioPort } from "../../sim/stm32/gpio/gpio.ts"
import * as i2c from "../../sim/stm32/i2c/i2c-registers.ts"
import { Irq } from "../../sim/stm32/nvic/irq.ts"
import { NVIC_BASE, NvicBank } from "../../sim/stm32/nvic/nvic.ts"
import * as rcc from "../../sim/stm32/rcc/rcc-registers.ts"
import { GPIO_PORTS as MODEL_PORTS } from "../../sim/stm32/chip-kind.ts"
import { Rules } from "../../sim/rules.ts"
import {
    CHIPS,
    DCMI,
    DMA,
    FIELD_VALUES,
    GPIO,
    GPIO_PORTS,
    GPIO_RESETS,
    I2C,
    INTERRUPTS,
    maskOf,
    NVIC,
    RCC,
    RCC_WITHOUT_RESET,
    SVD_NAMES,
    type Block,
    type Chip,
    type Field,
    type Registers,
} from "./stm32-registers.ts"
import { EXTI, FLASH, PWR, SYSCFG, USART } from "./stm32-firmware-registers.ts"
import type { Svd } from "./svd.ts"
import { readSvdFacts } from "./svd-facts.ts"

type NumericEnum = Readonly<Record<string, string | number>>

/** Names and values of a TypeScript enum, without its reverse map. Bit masks as unsigned numbers. */
function members(values: NumericEnum): [string, number][] {
    return Object.entries(values).flatMap(([name, value]) =>
        typeof value === "number"
            ? [[name, value >>> 0] as [string, number]]
            : []
    )
}

function offsets(registers: Registers): Record<string, number> {
    return Object.fromEntries(
        [...registers].map(([name, { offset }]) => [name, offset])
    )
}

function masks(
    fields: ReadonlyMap<string, Field> | undefined
): Record<string, number> {
    return Object.fromEntries(
        [...(fields ?? [])].map(([name, field]) => [name, maskOf(field)])
    )
}

describe("register maps of the models", () => {
    it.each([
        ["DCMI", dcmi.DCMI_BASE, DCMI.bases["DCMI"]],
        ["DMA1", dma.DMA1_BASE, DMA.bases["DMA1"]],
        ["DMA2", dma.DMA2_BASE, DMA.bases["DMA2"]],
        ["RCC", rcc.RCC_BASE, RCC.bases["RCC"]],
        ["GPIOA", gpio.GPIO_BASE, GPIO.bases["GPIOA"]],
        [
            "GPIOI",
            gpio.GPIO_BASE + 8 * gpio.GPIO_STRIDE_BYTES,
            GPIO.bases["GPIOI"],
        ],
        ["I2C1", i2c.I2C_BASES.I2C1, I2C.bases["I2C1"]],
        ["I2C2", i2c.I2C_BASES.I2C2, I2C.bases["I2C2"]],
        ["I2C3", i2c.I2C_BASES.I2C3, I2C.bases["I2C3"]],
    ])("have %s at its address", (_, model, table) => {
        expect(model).toBe(table)
    })

    it.each([
        ["DCMI", dcmi.DcmiRegister, DCMI],
        ["I2C", i2c.I2cRegister, I2C],
        ["GPIO", gpio.GpioRegister, GPIO],
        ["RCC", rcc.RccRegister, RCC],
    ] as [string, NumericEnum, Block][])(
        "have every register of %s at its offset",
        (_, model, table) => {
            expect(Object.fromEntries(members(model))).toEqual(
                offsets(table.registers("446"))
            )
        }
    )

    it.each([
        ["DCMI_CR", dcmi.DcmiCr, DCMI, "CR"],
        ["DCMI_SR", dcmi.DcmiSr, DCMI, "SR"],
        ["DCMI_RIS", dcmi.DcmiFlag, DCMI, "RIS"],
        ["DCMI_IER", dcmi.DcmiFlag, DCMI, "IER"],
        ["DCMI_MIS", dcmi.DcmiFlag, DCMI, "MIS"],
        ["DCMI_ICR", dcmi.DcmiFlag, DCMI, "ICR"],
        ["DCMI_CWSTRT", dcmi.DcmiCwstrt, DCMI, "CWSTRT"],
        ["DCMI_CWSIZE", dcmi.DcmiCwsize, DCMI, "CWSIZE"],
        ["DMA_SxCR", dma.DmaCr, DMA, "S1CR"],
        ["DMA_SxFCR", dma.DmaFcr, DMA, "S1FCR"],
        ["I2C_CR1", i2c.I2cCr1, I2C, "CR1"],
        ["I2C_CR2", i2c.I2cCr2, I2C, "CR2"],
        ["I2C_SR1", i2c.I2cSr1, I2C, "SR1"],
        ["I2C_SR2", i2c.I2cSr2, I2C, "SR2"],
        ["I2C_CCR", i2c.I2cCcr, I2C, "CCR"],
        ["RCC_CR", rcc.RccCr, RCC, "CR"],
        ["RCC_PLLCFGR", rcc.RccPllcfgr, RCC, "PLLCFGR"],
        ["RCC_CFGR", rcc.RccCfgr, RCC, "CFGR"],
        ["RCC_CIR", rcc.RccCir, RCC, "CIR"],
        ["RCC_BDCR", rcc.RccBdcr, RCC, "BDCR"],
        ["RCC_CSR", rcc.RccCsr, RCC, "CSR"],
    ] as [string, NumericEnum, Block, string][])(
        "have every field of %s",
        (_, model, table, register) => {
            expect(Object.fromEntries(members(model))).toEqual(
                masks(table.registers("446").get(register)?.fields)
            )
        }
    )

    it("have the registers of each DMA stream", () => {
        const model = new Map(members(dma.DmaRegister))
        for (let stream = 0; stream < dma.DMA_STREAMS; stream++)
            for (const [name, offset] of members(dma.DmaStreamRegister))
                model.set(
                    `S${stream}${name}`,
                    dma.DMA_STREAM_BASE +
                        stream * dma.DMA_STREAM_STRIDE +
                        offset
                )

        expect(Object.fromEntries(model)).toEqual(offsets(DMA.registers("446")))
    })

    it("have the flags of each DMA stream", () => {
        for (let stream = 0; stream < dma.DMA_STREAMS; stream++) {
            const status = DMA.registers("446").get(
                stream < 4 ? "LISR" : "HISR"
            )!.fields
            for (const [flag, bit] of members(dma.DmaFlag))
                expect(bit << dma.DMA_FLAG_SHIFTS[stream % 4]!).toBe(
                    maskOf(status.get(`${flag}${stream}`)!)
                )
        }
    })

    it.each(CHIPS)("have the clock gates and resets of the STM32F%s", chip => {
        const gates = rcc.CLOCK_GATES[`stm32f${chip}`]
        for (const [group, model] of Object.entries(gates)) {
            const table = RCC.registers(chip).get(`${group}ENR`)!.fields
            const named = Object.entries(model).map(
                ([name, bit]) => [`${name}EN`, bit] as const
            )
            expect(Object.fromEntries(named)).toEqual(
                Object.fromEntries(
                    [...table].map(([name, field]) => [name, field.position])
                )
            )
        }
        expect(rcc.NOT_RESETTABLE.map(name => `${name}EN`)).toEqual(
            RCC_WITHOUT_RESET
        )
        expect(MODEL_PORTS[`stm32f${chip}`]).toBe(GPIO_PORTS[chip])
    })

    it.each(Object.entries(GPIO_RESETS))(
        "have the reset values of %s",
        (name, [moder, ospeedr, pupdr]) => {
            const port = new GpioPort(name.slice(-1), new Rules(() => 0))

            expect(
                [0x00, 0x08, 0x0c].map(offset => port.readUint32(offset))
            ).toEqual([moder, ospeedr, pupdr])
        }
    )

    it("have the interrupt numbers and the interrupt controller", () => {
        expect(Object.fromEntries(members(Irq))).toEqual(INTERRUPTS)
        expect(
            Object.fromEntries(
                members(NvicBank).map(([name, offset]) => [
                    name,
                    NVIC_BASE + offset,
                ])
            )
        ).toEqual(NVIC)
    })
})

/** A constant of a C header, by its name: from the table; undefined when the table has none. */
function constantOf(name: string): readonly number[] | undefined {
    if (name === "GPIO_PORT_STRIDE") return [0x400]
    const irq = /^(\w+?)_IRQN$/.exec(name)?.[1]
    if (irq !== undefined) return byUpperCase(INTERRUPTS, irq)
    const nvic = /^NVIC_(\w+)$/.exec(name)?.[1]
    if (nvic !== undefined)
        return NVIC[nvic] === undefined ? undefined : [NVIC[nvic]]
    const [, prefix, rest] = /^([A-Z0-9]+?)_(\w+)$/.exec(name) ?? []
    if (prefix === undefined || rest === undefined) return undefined
    const blocks = [
        ...[DCMI, DMA, I2C, GPIO, RCC, FLASH, PWR, USART],
        ...[EXTI, SYSCFG],
    ]
    const table = blocks.find(candidate =>
        Object.keys(candidate.bases).some(
            base => base === prefix || base.replace(/[0-9A-I]$/, "") === prefix
        )
    )
    return table === undefined ? undefined : inBlock(table, prefix, rest)
}

function byUpperCase(
    values: Readonly<Record<string, number>>,
    name: string
): readonly number[] | undefined {
    const found = Object.entries(values).find(
        ([key]) => key.toUpperCase() === name.toUpperCase()
    )
    return found === undefined ? undefined : [found[1]]
}

/** Base, register (as offset or address), field mask or value of a field. */
function inBlock(
    table: Block,
    prefix: string,
    rest: string
): readonly number[] | undefined {
    const base = table.bases[prefix]
    if (rest === "BASE") return base === undefined ? undefined : [base]
    const registers = table.registers("446")
    const plain = rest.replace(/^Sx/, "S1")
    const register = registers.get(plain)
    if (register !== undefined)
        return base === undefined ? [register.offset] : [base + register.offset]
    const [, registerName, field] = /^([A-Za-z0-9]+)_(\w+)$/.exec(plain) ?? []
    const fields = registers.get(registerName ?? "")?.fields
    if (fields === undefined || field === undefined) return undefined
    return fieldConstant(fields, field.replace(/_(MASK|Msk)$/, ""))
}

function fieldConstant(
    fields: ReadonlyMap<string, Field>,
    name: string
): readonly number[] | undefined {
    const known = SVD_NAMES[name] ?? name
    for (const [key, field] of fields) {
        if (key.replace("_", "") === known.replace("_", ""))
            return [maskOf(field)]
        const value = FIELD_VALUES[name]
        if (value !== undefined && name.startsWith(`${key}_`))
            return [(value << field.position) >>> 0]
        if (name === `${key}_SHIFT` || name === `${key}_Pos`)
            return [field.position]
    }
    return undefined
}

interface Constant {
    readonly name: string
    readonly value: number
}

/** The defines of a header with a value: literals, BASE + offset, and shifted masks, also combined by |. */
function definesOf(header: string): Constant[] {
    const known = new Map<string, number>()
    const text = readFileSync(header, "utf8").replaceAll(/\\\n\s*/g, " ")
    for (const [, name, value] of text.matchAll(
        /^#define[ \t]+(\w+)[ \t]+([^\n/]+)/gm
    ))
        known.set(name!, evaluate(value!, known))
    return [...known].map(([name, value]) => ({ name, value }))
}

function evaluate(
    expression: string,
    known: ReadonlyMap<string, number>
): number {
    const literal = expression
        .replaceAll(/\b(0x[0-9a-fA-F]+|\d+)u\b/g, "$1")
        .replaceAll(
            /\b[A-Za-z_]\w*\b/g,
            name => `${known.get(name) ?? "undefined"}`
        )
    if (!/^[\s0-9a-fx()<|+*]+$/i.test(literal)) return NaN
    return Number(new Function(`return (${literal}) >>> 0`)())
}

function repeated<T>(values: readonly T[]): readonly T[] {
    return values.filter((value, i) => values.indexOf(value) !== i)
}

describe("register maps of the C code", () => {
    const folder = join(projectRoot, "native", "hal", "registers")
    const headers = readdirSync(folder)
        .filter(file => file.endsWith("_regs.h"))
        .sort()
    /** Of the core and of blocks of which the table has no fields. */
    const NOT_IN_THE_TABLE = ["core_regs.h", "iwdg_regs.h", "timer_regs.h"]
    const inTheTable = headers.filter(
        header => !NOT_IN_THE_TABLE.includes(header)
    )

    it("are one header per block", () => {
        expect(headers).toEqual([
            "core_regs.h",
            "dcmi_regs.h",
            "dma_regs.h",
            "exti_regs.h",
            "flash_regs.h",
            "gpio_regs.h",
            "i2c_regs.h",
            "iwdg_regs.h",
            "nvic_regs.h",
            "pwr_regs.h",
            "rcc_regs.h",
            "timer_regs.h",
            "usart_regs.h",
        ])
    })

    it("define no name and no register's address twice", () => {
        const constants = headers.flatMap(header =>
            definesOf(join(folder, header))
        )
        const addresses = constants
            .filter(
                ({ name, value }) =>
                    /^[A-Z0-9]+_[A-Z0-9]+$/.test(name) &&
                    !name.endsWith("_BASE") &&
                    value >= 0x40000000
            )
            .map(({ value }) => value)

        expect(repeated(constants.map(({ name }) => name))).toEqual([])
        expect(addresses.length).toBeGreaterThan(60)
        expect(repeated(addresses)).toEqual([])
    })

    it.each(inTheTable)(
        "in %s agree with the table, constant by constant",
        header => {
            const constants = definesOf(join(folder, header))

            expect(constants.length).toBeGreaterThan(5)
            for (const { name, value } of constants)
                expect([name, [value]]).toEqual([name, constantOf(name)])
        }
    )
})

describe("the table against ST's SVD files", () => {
    /** Fields that ST's files lack; the reference manual has them. */
    const MISSING = [
        "429 AHB1ENR GPIOJEN",
        "429 AHB1ENR GPIOKEN",
        "429 AHB1ENR DMA2DEN",
        "446 PLLCFGR PLLR",
        "446 CR PLLSAION",
        "446 CR PLLSAIRDY",
        "429 CIR PLLSAIRDYF",
        "429 CIR PLLSAIRDYIE",
        "429 CIR PLLSAIRDYC",
    ]
    /** Other names in ST's files. */
    const RENAMED: Readonly<Record<string, string>> = {
        SPI4EN: "SPI4ENR",
        UART7EN: "UART7ENR",
        UART8EN: "UART8ENR",
        CECEN: "CEC",
    }
    const svds = new Map<Chip, Svd>()

    function svdOf(chip: Chip): Svd {
        if (!svds.has(chip)) svds.set(chip, readSvdFacts(chip))
        return svds.get(chip)!
    }

    function normalise(name: string): string {
        return name.toUpperCase().replace(/_(RIS|IE|MIS|ISC)$/, "")
    }

    /** A field, or the single bits NAME0, NAME1, ... that ST's files have in its place. */
    function findField(
        fields: ReadonlyMap<string, Field>,
        name: string
    ): Field | undefined {
        const wanted = [name, RENAMED[name]]
        for (const [key, field] of fields)
            if (wanted.includes(normalise(key))) return field
        const bits = [...fields].filter(
            ([key]) => key.replace(/\d+$/, "") === name
        )
        if (bits.length === 0) return undefined
        return {
            position: Math.min(...bits.map(([, field]) => field.position)),
            width: bits.length,
        }
    }

    function compare(
        chip: Chip,
        svd: Svd,
        instance: string,
        base: number,
        registers: Registers
    ): void {
        const peripheral = svd.peripherals.get(instance)!
        expect([instance, peripheral.base]).toEqual([instance, base])
        for (const [name, { offset, fields }] of registers) {
            const found = peripheral.registers.get(name)
            // ST's files have FLTR on some chips of the same block only.
            expect([instance, name, found?.offset]).toEqual([
                instance,
                name,
                offset,
            ])
            for (const [field, place] of fields) {
                if (MISSING.includes(`${chip} ${name} ${field}`)) continue
                expect([name, field, findField(found!.fields, field)]).toEqual([
                    name,
                    field,
                    place,
                ])
            }
        }
    }

    it.each(CHIPS)(
        "agrees on every block, register and field of the STM32F%s",
        chip => {
            const svd = svdOf(chip)
            for (const table of [DCMI, DMA, I2C, RCC])
                for (const [instance, base] of Object.entries(table.bases))
                    compare(
                        chip,
                        svd,
                        instance,
                        base,
                        withoutGaps(chip, instance, table.registers(chip))
                    )
            for (const port of GPIO_PORTS[chip])
                compare(
                    chip,
                    svd,
                    `GPIO${port}`,
                    GPIO.bases[`GPIO${port}`]!,
                    GPIO.registers(chip)
                )
            expect(svd.peripherals.has("GPIOI")).toBe(
                GPIO_PORTS[chip].includes("I")
            )
        }
    )

    /** ST's file of the F429 leaves FLTR out, RM0090 §27.6.10 has it. */
    function withoutGaps(
        chip: Chip,
        instance: string,
        registers: Registers
    ): Registers {
        if (chip !== "429" || !instance.startsWith("I2C")) return registers
        return new Map([...registers].filter(([name]) => name !== "FLTR"))
    }

    it.each(CHIPS)(
        "has all fields that ST gives to DCMI, I2C and the DMA streams of the STM32F%s",
        chip => {
            const svd = svdOf(chip)
            for (const [instance, table] of [
                ["DCMI", DCMI],
                ["I2C1", I2C],
                ["DMA2", DMA],
            ] as const)
                for (const [name, { fields }] of svd.peripherals.get(instance)!
                    .registers) {
                    const ours = table.registers(chip).get(name)?.fields
                    const all = (of: Iterable<Field>): number =>
                        [...of].reduce(
                            (mask, field) => (mask | maskOf(field)) >>> 0,
                            0
                        )
                    // Bit 20 of SxCR, ACK, is reserved in RM0090 §10.5.5.
                    const theirs = [...fields]
                        .filter(
                            ([field]) => instance !== "DMA2" || field !== "ACK"
                        )
                        .map(([, field]) => field)
                    expect([name, all(ours?.values() ?? [])]).toEqual([
                        name,
                        all(theirs),
                    ])
                }
        }
    )

    it.each(CHIPS)("agrees on the reset bits of the STM32F%s", chip => {
        const registers = svdOf(chip).peripherals.get("RCC")!.registers
        for (const group of ["AHB1", "AHB2", "AHB3", "APB1", "APB2"]) {
            const bits = [
                ...registers.get(`${group}RSTR`)!.fields.values(),
            ].map(field => field.position)
            const ours = [...RCC.registers(chip).get(`${group}ENR`)!.fields]
                .filter(
                    ([name]) =>
                        !RCC_WITHOUT_RESET.includes(name) &&
                        !MISSING.includes(`${chip} ${group}ENR ${name}`)
                )
                .map(([, field]) => field.position)
            expect([group, ours.sort(ascending)]).toEqual([
                group,
                [...bits, ...(MISSING_RESETS[`${chip} ${group}`] ?? [])].sort(
                    ascending
                ),
            ])
        }
    })

    /** Reset bits that ST's files lack; RM0390 §6.3.8 has CEC, RM0090 §6.3.14 has SAI1 and LTDC. */
    const MISSING_RESETS: Readonly<Record<string, readonly number[]>> = {
        "446 APB1": [27],
        "429 APB2": [22, 26],
    }

    it.each(CHIPS)(
        "agrees on reset values and interrupt numbers of the STM32F%s",
        chip => {
            const svd = svdOf(chip)
            for (const [port, resets] of Object.entries(GPIO_RESETS)) {
                const registers = svd.peripherals.get(port)!.registers
                expect(
                    ["MODER", "OSPEEDR", "PUPDR"].map(
                        name => registers.get(name)!.resetValue
                    )
                ).toEqual(resets)
            }
            for (const [name, number] of Object.entries(INTERRUPTS)) {
                // ST's file of the F407 leaves it out, RM0090 table 61 has it.
                if (chip === "407" && name === "FLASH") continue
                expect([name, svd.interrupts.get(name)]).toEqual([name, number])
            }
        }
    )
})

function ascending(a: number, b: number): number {
    return a - b
}
