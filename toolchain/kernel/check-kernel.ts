// SPDX-License-Identifier: MIT
// What a kernel may not be, though its compiler takes it: each cause in words of its own.

import { ProgramError } from "../../protocol/errors.ts"
import {
    FRAMES_MAX,
    INTRINSIC_MODULE,
    INTRINSIC_NAMES,
    isArrayType,
    isNumberType,
    isOutput,
    NUMBERS_MAX,
    type KernelFunction,
    type KernelRecord,
} from "./kernel-signature.ts"

/** What one kernel file exports. */
export interface KernelExports {
    readonly functions: readonly KernelFunction[]
    readonly records: Readonly<Record<string, KernelRecord>>
}

/** Lines of WebAssembly text that no kernel may have, and why. */
const NOT_IN_KERNELS: readonly (readonly [RegExp, string])[] = [
    [
        /\bcall \$~lib\/rt\/|^ \(func \$~lib\/rt\/|\bcall \$~lib\/(?:string|array|map|set)/,
        'needs a heap, which a kernel does not have: "new", a string, an array or a closure that is made while it runs. ' +
            "Take memory of its own at the top of the file (const seen = bytes(64), ints, words, records), or a result that the caller gives",
    ],
    [
        /\bf64\./,
        "computes with 64-bit floating point, which the Cortex-M4 does in software, some 50 times slower: give the number a type " +
            "(let share: f32 = 0.5; Mathf instead of Math)",
    ],
    [
        /\bi64\./,
        "computes with 64-bit integers, which take several instructions each and no register of the caller's: use i32 or u32",
    ],
    [
        /\bcall_indirect\b/,
        "calls a function through a variable, which nobody can inline or bound: call it by its name",
    ],
    [
        /\bmemory\.(?:grow|size)\b/,
        "asks for more memory, which a kernel does not get: take memory of its own at the top of the file",
    ],
]

const IMPORT = /^ \(import "([^"]*)" "([^"]*)"/
const FUNCTION = /^ \(func \$(\S+)/
const CALL = /\bcall \$(\S+)/
const START = /^ \(start /

/**
 * @param file path of the kernel file, for errors
 * @param text WebAssembly text of the module
 * @throws ProgramError with file, line or function, cause, and what would work
 */
export function checkKernel(
    file: string,
    text: string,
    { functions, records }: KernelExports
): void {
    if (functions.length === 0)
        throw new ProgramError(
            `${file}: exports no function: a kernel is an "export function" over a Frame or a Row.`
        )
    for (const kernel of functions) checkSignature(kernel, records)
    checkText(file, text)
}

function checkText(file: string, text: string): void {
    const lines = text.split("\n")
    const calls = new Map<string, Set<string>>()
    let place: string | undefined
    /** Said of a function of the kernel's own before one of the compiler's library that it calls. */
    let inLibrary: string | undefined
    let callees = new Set<string>()
    for (const line of lines) {
        const name = FUNCTION.exec(line)?.[1]
        if (name !== undefined) {
            calls.set(name, (callees = new Set()))
            // A function of the compiler's library stands for the one of the kernel's before it that calls it.
            if (!name.startsWith("~lib/")) place = `${file}, ${shortName(name)}`
        }
        const callee = CALL.exec(line)?.[1]
        if (callee !== undefined) callees.add(callee)
        const why = NOT_IN_KERNELS.find(([pattern]) => pattern.test(line))?.[1]
        if (why === undefined) continue
        if (place !== undefined) throw new ProgramError(`${place}: ${why}.`)
        inLibrary ??= `${file}: ${why}.`
    }
    if (inLibrary !== undefined) throw new ProgramError(inLibrary)
    const foreign = lines.map(foreignImport).find(name => name !== undefined)
    if (foreign !== undefined)
        throw new ProgramError(
            `${file}: calls ${foreign}, which does not exist on the board: a kernel has only its own functions and those of ` +
                `"camscript/kernel".`
        )
    if (lines.some(line => START.test(line)))
        throw new ProgramError(
            `${file}: runs code when it is loaded: a value at the top of the file is no constant. ` +
                `Numbers, and memory by bytes(), words(), ints() and records(), are constants; set the rest in the function.`
        )
    const circle = findCircle(calls)
    if (circle !== undefined)
        throw new ProgramError(
            `${file}: ${circle.map(shortName).join(" calls ")}: a recursion, whose stack nobody can bound before it runs. ` +
                `Use a loop, with memory of the kernel's own for what is still to do.`
        )
}

/** What a line of WebAssembly text imports, when it is none of ours. */
function foreignImport(line: string): string | undefined {
    const [, module, name] = IMPORT.exec(line) ?? []
    if (module === undefined || name === "memory") return undefined
    const isIntrinsic =
        module === INTRINSIC_MODULE &&
        INTRINSIC_NAMES.some(known => known === name)
    return isIntrinsic ? undefined : `${module}.${name}`
}

/** Names of functions that call each other in a circle, the first one again at the end. */
function findCircle(
    calls: ReadonlyMap<string, ReadonlySet<string>>
): readonly string[] | undefined {
    const done = new Set<string>()
    const path: string[] = []
    const visit = (name: string): readonly string[] | undefined => {
        const at = path.indexOf(name)
        if (at >= 0) return [...path.slice(at), name]
        if (done.has(name)) return undefined
        path.push(name)
        for (const callee of calls.get(name) ?? []) {
            const circle = visit(callee)
            if (circle !== undefined) return circle
        }
        path.pop()
        done.add(name)
        return undefined
    }
    for (const name of calls.keys()) {
        const circle = visit(name)
        if (circle !== undefined) return circle
    }
    return undefined
}

/** "src/blobs.kernel/rootOf" as the file has it. */
function shortName(name: string): string {
    return `${name.slice(name.lastIndexOf("/") + 1)}()`
}

function checkSignature(
    kernel: KernelFunction,
    records: Readonly<Record<string, KernelRecord>>
): void {
    const { parameters, requiredParameters, returns } = kernel
    const refuse = (why: string): never => {
        throw new ProgramError(
            `${kernel.source}:${kernel.line}: kernel ${kernel.name}() ${why}.`
        )
    }
    if (requiredParameters < parameters.length)
        refuse(
            `gives "${parameters[requiredParameters]!.name}" a default: its callers are in another language and pass every number; ` +
                `write two functions, or leave the default out`
        )
    const [first] = parameters
    if (first?.type !== "Frame" && first?.type !== "Row")
        refuse(
            `begins with ${first ? `"${first.name}: ${first.type}"` : "no parameter"}: the first parameter of a kernel is the frame ` +
                `or the row that it looks at (frame: Frame, row: Row), so that functions that are not kernels are not exported`
        )
    for (const parameter of parameters) {
        const { name, type } = parameter
        if (type === "Frame" || isNumberType(type) || isOutput(parameter))
            continue
        if (type === "Row" && parameter === first) continue
        refuse(
            `has a parameter "${name}: ${type}": it may have frames, numbers (i32, u32, f32, bool and the short ones) and one ` +
                `result: a record, a List of records, Bytes, Words or Ints`
        )
    }
    const frames = parameters.filter(({ type }) => type === "Frame")
    if (first!.type === "Row" && frames.length > 0)
        refuse(
            `has a Row and a Frame: while a row arrives there is no frame; keep what is needed in memory of the kernel's own`
        )
    if (frames.length > FRAMES_MAX)
        refuse(
            `has ${frames.length} frames: the camera lends ${FRAMES_MAX} at most`
        )
    const numbers = parameters.filter(({ type }) => isNumberType(type))
    if (numbers.length > NUMBERS_MAX)
        refuse(`has ${numbers.length} numbers: ${NUMBERS_MAX} are possible`)
    const outputs = parameters.filter(isOutput)
    const returned = returns !== "void"
    if (returned && !isNumberType(returns))
        refuse(
            `returns ${returns}: it may return a number, or fill in a result`
        )
    if (outputs.length + (returned ? 1 : 0) > 1)
        refuse(
            `has more than one result (${[...outputs.map(({ name }) => name), ...(returned ? ["what it returns"] : [])].join(", ")}): ` +
                `put them into one record`
        )
    for (const { type, of, record } of outputs) {
        const name = type === "List" ? of : record
        const described = name === undefined ? undefined : records[name]
        if (isArrayType(type)) continue
        if (described === undefined)
            refuse(
                `has a List of ${of}: a list is of records (a class with fields)`
            )
        for (const field of described!.fields)
            if (!isNumberType(field.type))
                refuse(
                    `has a result ${name} whose field "${field.name}" is of type ${String(field.type)}: fields are numbers ` +
                        `(i32, u32, f32, bool, i8, u8, i16, u16)`
                )
    }
}
