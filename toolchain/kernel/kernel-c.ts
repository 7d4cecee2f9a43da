// SPDX-License-Identifier: MIT
// A kernel as C for the core: the functions that wasm2c makes of it, without the run-time library around them. Linear memory is the
// MCU's address space (firmware/kernel/kernel_wasm.h).

import { CamscriptError } from "../../protocol/errors.ts"
import { WasmBinary } from "../vm/wasm-binary.ts"
import { wasm2c } from "../vm/wasm2c.ts"
import type { CompiledKernel } from "./compile-kernel.ts"
import { KERNEL_MEMORY_BASE } from "./kernel-compiler.ts"
import {
    KERNEL_RECORD_BYTES,
    kernelOwnBytes,
    variablesAt,
} from "./kernel-memory.ts"
import {
    callShape,
    isNumberType,
    type KernelFunction,
} from "./kernel-signature.ts"

const DECLARATION =
    /^static (?:void|u32|f32) (w2c_kernel_\w+)\(w2c_kernel\*.*\);$/gm

/**
 * Fields of the records that the camera writes do not change while a kernel runs, and say so to gcc: it then reads `frame.width`
 * once, whatever a loop stores. Inlined they would lose that word.
 */
const CONSTANT_FIELD = /0x2Fkernel0x2Findex0x2F(?:Frame|Row)0x23get0x3A\w+$/
const CONSTANT = "__attribute__((const, noinline)) "

/** A kernel in C. */
export interface KernelC {
    readonly text: string
    /** What its own memory begins with, kernelOwnBytes() of it. */
    readonly initial: Uint8Array
}

/** Names of the kernel's functions in C begin with this. */
export const KERNEL_SYMBOL = "kernel_"

/**
 * Translate a kernel.
 * @returns C with a function `kernel_<name>` for each of the kernel's, whose parameters are addresses and numbers, and
 *     `kernel_entry_<index>` for each that a program can call (firmware/slots/kernel_slot.h)
 * @throws CamscriptError when wasm2c is missing, or makes something else than it did
 */
export function kernelC(kernel: CompiledKernel): KernelC {
    const generated = wasm2c(kernel.wasm, "kernel", `kernel ${kernel.file}`)
    const globals = readGlobals(generated, kernel)
    const names = [...generated.matchAll(DECLARATION)]
    if (names.length === 0) throw differs(kernel, "no functions")
    const declarations = names.map(([line, name]) =>
        CONSTANT_FIELD.test(name!) ? CONSTANT + line : line
    )
    const bodies = names.map(([, name]) => bodyOf(kernel, generated, name!))
    const exported = kernel.functions.map(({ name }) =>
        exportOf(kernel, generated, name)
    )
    const code = [...declarations, ...bodies].join("\n")
    const text = [
        `// Made of ${kernel.file}.`,
        '#include "kernel_wasm.h"',
        "typedef struct w2c_kernel w2c_kernel;",
        code.replace(
            /instance->(w2c_\w+)/g,
            (_, name: string) => globals.values.get(name) ?? "0"
        ),
        ...exported,
        ...kernel.functions.flatMap(entryOf),
    ].join("\n")
    return { text: `${text}\n`, initial: globals.initial }
}

/**
 * Values of the module's globals: what nothing writes is a constant, and an address of the kernel's own memory is its symbol and an
 * offset. What is written lies behind its own memory: a variable of C would have to be addressed, and the code could not lie anywhere.
 */
function readGlobals(
    generated: string,
    kernel: CompiledKernel
): { values: ReadonlyMap<string, string>; initial: Uint8Array } {
    const { ownBytes, wasm } = kernel
    const values = new Map<string, string>()
    const memory = new Uint8Array(kernelOwnBytes(kernel))
    for (const { address, content } of new WasmBinary(wasm).dataSegments())
        memory.set(content, address - KERNEL_MEMORY_BASE)
    const view = new DataView(memory.buffer)
    let variable = variablesAt(ownBytes)
    const initial =
        /static void init_globals\(w2c_kernel\* instance\) \{\n([^}]*)\}/.exec(
            generated
        )?.[1] ?? ""
    for (const [, name, value] of initial.matchAll(
        /instance->(w2c_\w+) = (.*);/g
    )) {
        const writes = generated.split(`instance->${name} = `).length - 1
        if (writes > 1) {
            const type = /^\d+u$/.test(value!) ? "u32" : "f32"
            if (type === "u32") view.setUint32(variable, parseInt(value!), true)
            else view.setFloat32(variable, parseFloat(value!), true)
            values.set(name!, `KERNEL_AT(${type}, KERNEL_DATA(${variable}))`)
            variable += 4
        } else values.set(name!, constantOf(value!, ownBytes))
    }
    return { values, initial: memory }
}

function constantOf(value: string, ownBytes: number): string {
    const offset = parseInt(value, 10) - KERNEL_MEMORY_BASE
    return /^\d+u$/.test(value) && offset >= 0 && offset < ownBytes
        ? `KERNEL_DATA(${offset})`
        : `(${value})`
}

function bodyOf(
    kernel: CompiledKernel,
    generated: string,
    name: string
): string {
    const head = new RegExp(
        `^(?:static )?\\w+ ${name}\\(w2c_kernel\\* instance[^;]*?\\{$`,
        "m"
    ).exec(generated)
    if (head === null) throw differs(kernel, `no body of ${name}`)
    const end = generated.indexOf("\n}\n", head.index)
    const text = generated.slice(head.index, end + 3)
    return text.startsWith("static") ? text : `static ${text}`
}

function exportOf(
    kernel: CompiledKernel,
    generated: string,
    name: string
): string {
    const start = generated.indexOf(`/* export: '${name}' */`)
    const wrapper = generated.slice(start, generated.indexOf("\n}\n", start))
    const head = /^(\w+) \w+\(w2c_kernel\* instance(?:, )?(.*)\) \{$/m.exec(
        wrapper
    )
    const inner = /(w2c_kernel_\w+)\(instance/.exec(wrapper)?.[1]
    if (start < 0 || head === null || inner === undefined)
        throw differs(kernel, `no function ${name}`)
    const [, type, parameters] = head
    const passed = ["0", ...(parameters!.match(/var_\w+/g) ?? [])].join(", ")
    const back = type === "void" ? "" : "return "
    return `${type} ${KERNEL_SYMBOL}${name}(${parameters}) { ${back}${inner}(${passed}); }`
}

/** The native side calls every function with the same three addresses. */
function entryOf(fn: KernelFunction, index: number): string[] {
    if (callShape(fn).isRowKernel) return []
    let frame = 0
    let number = 0
    const values = fn.parameters.map(({ type }) => {
        if (type === "Frame")
            return `frames + ${KERNEL_RECORD_BYTES * frame++}u`
        if (!isNumberType(type)) return "result"
        const word = type === "f32" ? "f32" : "u32"
        return `KERNEL_AT(${word}, numbers + ${4 * number++}u)`
    })
    const call = `${KERNEL_SYMBOL}${fn.name}(${values.join(", ")})`
    const word = fn.returns === "f32" ? "f32" : "u32"
    const body =
        fn.returns === "void" ? call : `KERNEL_AT(${word}, result) = ${call}`
    return [
        `void ${KERNEL_SYMBOL}entry_${index}(u32 frames, u32 numbers, u32 result) { ${body}; }`,
    ]
}

function differs({ file }: CompiledKernel, what: string): CamscriptError {
    return new CamscriptError(
        `kernel ${file} cannot be made for the board: wasm2c wrote ${what}. "npm ci" installs the version that is needed.`
    )
}
