// SPDX-License-Identifier: MIT
// What ST's SVD files say of the peripherals that are used, as one line per peripheral, register and interrupt:
//
//     interrupt DCMI 78
//     DCMI 0x50050000
//         CR 0x0 CAPTURE:0 FCRC:8+2           offset, fields as NAME:position or NAME:position+width
//         MODER 0x0=0xa8000000 MODER15:30+2   a reset value other than 0
//     DMA1 0x40026000 DMA2                    the registers of DMA2

import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Chip, Field } from "./stm32-registers.ts"
import type { Svd, SvdPeripheral, SvdRegister } from "./svd.ts"

/** The facts of a chip's SVD file, which make-svd-facts.ts has written. */
export function readSvdFacts(chip: Chip): Svd {
    const file = join(import.meta.dirname, "svd", `STM32F${chip}.txt`)
    return parseSvdFacts(readFileSync(file, "utf8"))
}

/** Read what `formatSvdFacts` writes; lines that start with # are comments. */
export function parseSvdFacts(text: string): Svd {
    const interrupts = new Map<string, number>()
    const peripherals = new Map<string, SvdPeripheral>()
    let registers = new Map<string, SvdRegister>()
    for (const line of text.split("\n")) {
        if (line === "" || line.startsWith("#")) continue
        const [name, second, ...rest] = line.trim().split(" ") as [
            string,
            string,
            ...string[],
        ]
        if (line.startsWith(" ")) registers.set(name, register(second, rest))
        else if (name === "interrupt") interrupts.set(second, Number(rest[0]))
        else {
            registers = new Map()
            const [same] = rest
            peripherals.set(name, {
                base: Number(second),
                registers:
                    same === undefined
                        ? registers
                        : peripherals.get(same)!.registers,
            })
        }
    }
    return { interrupts, peripherals }
}

function register(place: string, fields: readonly string[]): SvdRegister {
    const [offset, resetValue = "0"] = place.split("=")
    return {
        offset: Number(offset),
        resetValue: Number(resetValue),
        fields: new Map(
            fields.map(text => {
                const [name, bits] = text.split(":") as [string, string]
                const [position, width = "1"] = bits.split("+")
                return [
                    name,
                    { position: Number(position), width: Number(width) },
                ]
            })
        ),
    }
}

/** Write down interrupts and peripherals, these with their registers. */
export function formatSvdFacts({ interrupts, peripherals }: Svd): string {
    const lines = [...interrupts].map(
        ([name, number]) => `interrupt ${name} ${number}`
    )
    const known = new Map<string, string>()
    for (const [name, { base, registers }] of peripherals) {
        const rows = [...registers].map(registerRow)
        const text = rows.join("\n")
        const same = rows.length > 0 ? known.get(text) : undefined
        known.set(text, same ?? name)
        const head = `${name} ${hex(base)}`
        lines.push(...(same ? [`${head} ${same}`] : [head, ...rows]))
    }
    return `${lines.join("\n")}\n`
}

function registerRow([name, register]: [string, SvdRegister]): string {
    const { offset, resetValue, fields } = register
    const reset = resetValue === 0 ? "" : `=${hex(resetValue)}`
    return [
        `    ${name}`,
        `${hex(offset)}${reset}`,
        ...fieldTexts(fields),
    ].join(" ")
}

function fieldTexts(fields: ReadonlyMap<string, Field>): readonly string[] {
    return [...fields].map(
        ([name, { position, width }]) =>
            `${name}:${position}${width === 1 ? "" : `+${width}`}`
    )
}

function hex(value: number): string {
    return `0x${value.toString(16)}`
}
