// SPDX-License-Identifier: MIT
// The program's side of a kernel file: a DeviceScript module with its functions, and the records that they give.

import type { CompiledKernel } from "./compile-kernel.ts"
import {
    callShape,
    ELEMENT_BYTES,
    LIST_HEAD_BYTES,
    type ArrayType,
    type KernelField,
    type KernelFunction,
    type KernelParameter,
    type KernelRecord,
    type KernelResult,
} from "./kernel-signature.ts"

/** The first line of each module that is made here. */
export const CLIENT_MARK = "// Made of "

/** Bytes of a request before its numbers, and how wide a number is (KernelRunAt). */
const NUMBERS_AT = 8
const NUMBER_BYTES = 4

/** A result that has no bytes is read as one, since a transfer that reads nothing is no call. */
const ANSWER_BYTES_MIN = 1

/**
 * Make the module.
 * @param driver from where KernelCall is imported, as "camscript/drivers/grabber/kernel-call"
 */
export function kernelClient(kernel: CompiledKernel, driver: string): string {
    const { file, records, functions } = kernel
    const callable = functions.filter(fn => !callShape(fn).isRowKernel)
    const used = usedRecords(callable)
    const lists = usedRecords(
        callable.filter(fn => callShape(fn).result.kind === "list")
    )
    const parts = [
        `${CLIENT_MARK}${file} when a program is compiled. Do not edit: it is made again.\n`,
        imports(callable, driver),
        ...used.map(name => recordType(name, records[name]!)),
        ...lists.map(name => listClass(name, records[name]!)),
        ...functions.map((fn, index) =>
            callable.includes(fn)
                ? call(kernel, fn, index)
                : `// ${fn.name}() is for rows as they arrive: a program cannot call it.\n`
        ),
    ]
    return parts.join("\n")
}

function imports(callable: readonly KernelFunction[], driver: string): string {
    if (callable.length === 0) return ""
    return (
        `import type { LentFrame } from "${driver}"\n` +
        `import { KernelCall } from "${driver}"\n`
    )
}

/** Names that the module's own functions use inside. */
const LOCALS: readonly string[] = ["answer", "call", "most", "record"]

/** As the kernel has it, unless that name means something else here. */
function nameOf({ name }: KernelParameter): string {
    return LOCALS.includes(name) ? `${name}_` : name
}

function usedRecords(functions: readonly KernelFunction[]): string[] {
    const names = functions.map(fn => {
        const { result } = callShape(fn)
        return "record" in result ? result.record : undefined
    })
    return [...new Set(names.filter(name => name !== undefined))]
}

function comment(lines: readonly string[], indent = ""): string {
    const written = lines.filter(line => line !== "")
    if (written.length === 0) return ""
    if (written.length === 1) return `${indent}/** ${written[0]!} */\n`
    const text = lines.map(line => `${indent} *${line && ` ${line}`}\n`)
    return `${indent}/**\n${text.join("")}${indent} */\n`
}

function programType(type: string): string {
    return type === "bool" ? "boolean" : "number"
}

function recordType(
    name: string,
    { description, fields }: KernelRecord
): string {
    const members = fields.map(
        field =>
            comment([field.description], "    ") +
            `    ${field.name}: ${programType(field.type)}\n`
    )
    return `${comment([description])}export interface ${name} {\n${members.join("")}}\n`
}

function emptyRecord({ fields }: KernelRecord): string {
    const values = fields.map(
        ({ name, type }) => `${name}: ${type === "bool" ? "false" : "0"}`
    )
    return `{ ${values.join(", ")} }`
}

/** @param at what is added to a field's place, as "at + " */
function readField({ name, type, offset }: KernelField, at: string): string {
    return `record.${name} = ${readNumber(`${at}${offset}`, type)}\n`
}

function readNumber(at: string, type: string): string {
    return type === "bool"
        ? `answer.getAt(${at}, "u8") !== 0`
        : `answer.getAt(${at}, "${type}")`
}

/** Records are read when they are asked for: all of a long list would take a program's time. */
function listClass(name: string, record: KernelRecord): string {
    return (
        `/** Records that a kernel handed over: \`length\` of them. The next call fills the same object. */\n` +
        `export class ${name}List {\n` +
        `    length = 0\n` +
        `    /** Records for which there was no place. */\n` +
        `    left = 0\n` +
        `    private answer: Buffer | undefined = undefined\n` +
        `    private readonly record: ${name} = ${emptyRecord(record)}\n\n` +
        `    /** Of the kernel's call. */\n` +
        `    take(answer: Buffer): void {\n` +
        `        this.answer = answer\n` +
        `        this.length = answer.getAt(0, "u32")\n` +
        `        this.left = answer.getAt(8, "u32")\n` +
        `    }\n\n` +
        `    /**\n     * One of them.\n     *\n     * @param index 0..length - 1\n` +
        `     * @returns an object that the next at() fills again\n     */\n` +
        `    at(index: number): ${name} {\n` +
        `        const answer = this.answer\n` +
        `        if (!answer || index < 0 || index >= this.length)\n` +
        `            throw new RangeError(\`${name} \${index} of \${this.length}\`)\n` +
        `        const record = this.record\n` +
        `        const at = ${LIST_HEAD_BYTES} + ${record.bytes} * index\n` +
        record.fields
            .map(field => `        ${readField(field, "at + ")}`)
            .join("") +
        `        return record\n` +
        `    }\n` +
        `}\n`
    )
}

function call(
    kernel: CompiledKernel,
    fn: KernelFunction,
    index: number
): string {
    const { frames, numbers, result } = callShape(fn)
    const state = `${fn.name}Call`
    const hasMost = result.kind === "list" || result.kind === "array"
    const requestBytes = NUMBERS_AT + NUMBER_BYTES * numbers.length
    const parameters = [
        ...frames.map(frame => `${nameOf(frame)}: LentFrame`),
        ...numbers.map(
            number => `${nameOf(number)}: ${programType(number.type)}`
        ),
        ...(hasMost ? ["most: number"] : []),
    ]
    const make = `new KernelCall("${kernel.file}, ${fn.name}()", ${kernel.id}, ${index}, ${requestBytes})`
    return (
        stateOf(fn, result, kernel.records) +
        comment(documentation(fn, [...frames, ...numbers], result)) +
        `export async function ${fn.name}(\n` +
        parameters.map(parameter => `    ${parameter}`).join(",\n") +
        `\n): Promise<${resultType(result)}> {\n` +
        `    if (!${state}) ${state} = ${make}\n` +
        `    const call = ${state}\n` +
        frames
            .map((frame, at) => `    call.setFrame(${at}, ${nameOf(frame)})\n`)
            .join("") +
        numbers.map(setNumber).join("") +
        `    const answer = await call.run(${answerBytes(result, kernel.records)})\n` +
        giveBack(fn, result, kernel.records) +
        `}\n`
    )
}

function stateOf(
    { name }: KernelFunction,
    result: KernelResult,
    records: Records
): string {
    const state = `let ${name}Call: KernelCall | undefined\n`
    switch (result.kind) {
        case "record":
            return `${state}const ${name}Result: ${result.record} = ${emptyRecord(records[result.record]!)}\n\n`
        case "list":
            return `${state}const ${name}Result = new ${result.record}List()\n\n`
        default:
            return `${state}\n`
    }
}

type Records = Readonly<Record<string, KernelRecord>>

function documentation(
    { description }: KernelFunction,
    inputs: readonly KernelParameter[],
    result: KernelResult
): string[] {
    const described = inputs
        .filter(parameter => parameter.description !== "")
        .map(
            parameter => `@param ${nameOf(parameter)} ${parameter.description}`
        )
    if (result.kind === "list")
        described.push("@param most records that there is place for")
    if (result.kind === "array")
        described.push(
            `@param most elements of ${ELEMENT_BYTES[result.type]} byte${result.type === "Bytes" ? "" : "s"} that there is place for`
        )
    if (result.kind === "record" || hasBuffer(result))
        described.push("@returns an object that the next call fills again")
    described.push(
        "@throws KernelError when a frame is not lent any more, or the kernel was stopped"
    )
    return description === "" ? described : [description, "", ...described]
}

function hasBuffer({ kind }: KernelResult): boolean {
    return kind === "list" || kind === "array"
}

function resultType(result: KernelResult): string {
    switch (result.kind) {
        case "none":
            return "void"
        case "number":
            return programType(result.type)
        case "record":
            return result.record
        case "list":
            return `${result.record}List`
        case "array":
            return "Buffer"
    }
}

function setNumber(number: KernelParameter, index: number): string {
    const at = NUMBERS_AT + NUMBER_BYTES * index
    const name = nameOf(number)
    const { type } = number
    const value = type === "bool" ? `${name} ? 1 : 0` : name
    const word = type === "u32" || type === "f32" ? type : "i32"
    return `    call.request.setAt(${at}, "${word}", ${value})\n`
}

function answerBytes(result: KernelResult, records: Records): string {
    switch (result.kind) {
        case "none":
            return String(ANSWER_BYTES_MIN)
        case "number":
            return String(NUMBER_BYTES)
        case "record":
            return String(records[result.record]!.bytes)
        case "list":
            return `${LIST_HEAD_BYTES} + ${records[result.record]!.bytes} * most`
        case "array":
            return arrayBytes(result.type)
    }
}

function arrayBytes(type: ArrayType): string {
    const bytes = ELEMENT_BYTES[type]
    return bytes === 1 ? "most" : `${bytes} * most`
}

function giveBack(
    { name }: KernelFunction,
    result: KernelResult,
    records: Records
): string {
    switch (result.kind) {
        case "none":
            return ""
        case "number":
            return `    return ${readNumber("0", result.type)}\n`
        case "record":
            return (
                `    const record = ${name}Result\n` +
                records[result.record]!.fields.map(
                    field => `    ${readField(field, "")}`
                ).join("") +
                `    return record\n`
            )
        case "list":
            return `    ${name}Result.take(answer)\n    return ${name}Result\n`
        case "array":
            return `    return answer\n`
    }
}
