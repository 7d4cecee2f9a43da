// SPDX-License-Identifier: MIT
// Reads what the tests need of a CMSIS-SVD file: peripherals, registers, fields, interrupts.

import { readFileSync } from "node:fs"
import type { Field, Register } from "./stm32-registers.ts"

export interface SvdRegister extends Register {
    readonly resetValue: number
}

export interface SvdPeripheral {
    readonly base: number
    readonly registers: ReadonlyMap<string, SvdRegister>
}

export interface Svd {
    readonly peripherals: ReadonlyMap<string, SvdPeripheral>
    readonly interrupts: ReadonlyMap<string, number>
}

/** An SVD file, with its own version. */
export interface SvdFile extends Svd {
    readonly version: string
}

/** Parse an SVD file; enough for ST's files, not a general XML parser. */
export function readSvd(path: string): SvdFile {
    return parseSvd(readFileSync(path, "utf8"))
}

/** The same of its text. */
export function parseSvd(text: string): SvdFile {
    const bodies = new Map<
        string,
        { base: number; body: string; from: string | undefined }
    >()
    for (const [, attributes, body] of text.matchAll(
        /<peripheral\b([^>]*)>(.*?)<\/peripheral>/gs
    ))
        bodies.set(tag(body!, "name"), {
            base: Number(tag(body!, "baseAddress")),
            body: body!,
            from: /derivedFrom="(\w+)"/.exec(attributes!)?.[1],
        })
    const peripherals = new Map<string, SvdPeripheral>()
    for (const [name, { base, body, from }] of bodies) {
        const source =
            from !== undefined && !body.includes("<registers>")
                ? bodies.get(from)!.body
                : body
        peripherals.set(name, { base, registers: registersOf(source) })
    }
    return {
        version: tag(text, "version"),
        peripherals,
        interrupts: interruptsOf(text),
    }
}

function registersOf(body: string): ReadonlyMap<string, SvdRegister> {
    const registers = new Map<string, SvdRegister>()
    for (const [, register] of body.matchAll(/<register>(.*?)<\/register>/gs))
        registers.set(tag(register!, "name"), {
            offset: Number(tag(register!, "addressOffset")),
            resetValue: Number(tag(register!, "resetValue")),
            fields: fieldsOf(register!),
        })
    return registers
}

function fieldsOf(register: string): ReadonlyMap<string, Field> {
    const fields = new Map<string, Field>()
    for (const [, field] of register.matchAll(/<field>(.*?)<\/field>/gs))
        fields.set(tag(field!, "name"), {
            position: Number(tag(field!, "bitOffset")),
            width: Number(tag(field!, "bitWidth")),
        })
    return fields
}

function interruptsOf(text: string): ReadonlyMap<string, number> {
    const interrupts = new Map<string, number>()
    for (const [, interrupt] of text.matchAll(
        /<interrupt>(.*?)<\/interrupt>/gs
    ))
        interrupts.set(
            tag(interrupt!, "name"),
            Number(tag(interrupt!, "value"))
        )
    return interrupts
}

function tag(text: string, name: string): string {
    return (
        new RegExp(`<${name}>\\s*(.*?)\\s*</${name}>`, "s").exec(text)?.[1] ??
        ""
    )
}
