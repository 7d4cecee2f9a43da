// SPDX-License-Identifier: MIT
// A kernel as C for the core: the functions that wasm2c makes of it, without the run-time library around them. Linear memory is the
// MCU's address space (firmware/kernel/kernel_wasm.h).

import { CamscriptError } from "../../protocol/errors.ts"
import { wasm2c } from "../vm/wasm2c.ts"
import type { CompiledKernel } from "./compile-kernel.ts"
import { KERNEL_MEMORY_BASE } from "./kernel-compiler.ts"

const DECLARATION =
    /^static (?:void|u32|f32) (w2c_kernel_\w+)\(w2c_kernel\*.*\);$/gm

/**
 * Fields of the records that the camera writes do not change while a kernel runs, and say so to gcc: it then reads `frame.width`
 * once, whatever a loop stores. Inlined they would lose that word.
 */
const CONSTANT_FIELD = /0x2Fkernel0x2Findex0x2F(?:Frame|Row)0x23get0x3A\w+$/
const CONSTANT = "__attribute__((const, noinline)) "

/** Names of the kernel's functions in C begin with this. */
export const KERNEL_SYMBOL = "kernel_"

/**
 * Translate a kernel.
 * @returns C with a function `kernel_<name>` for each of the kernel's, whose parameters are addresses and numbers
 * @throws CamscriptError when wasm2c is missing, or makes something else than it did
 */
export function kernelC(kernel: CompiledKernel): string {
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
    const code = [...globals.variables, ...declarations, ...bodies].join("\n")
    return (
        [
            `// Made of ${kernel.file}.`,
            '#include "kernel_wasm.h"',
            "typedef struct w2c_kernel w2c_kernel;",
            code.replace(
                /instance->(w2c_\w+)/g,
                (_, name: string) => globals.values.get(name) ?? "0"
            ),
            ...exported,
        ].join("\n") + "\n"
    )
}

/**
 * Values of the module's globals: what nothing writes is a constant, and an address of the kernel's own memory is its symbol and an
 * offset. A variable of C that holds an address would have to be read from an address of its own, and the code could not lie anywhere.
 */
function readGlobals(
    generated: string,
    { ownBytes }: CompiledKernel
): { values: ReadonlyMap<string, string>; variables: readonly string[] } {
    const values = new Map<string, string>()
    const variables: string[] = []
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
            variables.push(`static ${type} ${name} = ${value};`)
            values.set(name!, name!)
        } else values.set(name!, constantOf(value!, ownBytes))
    }
    return { values, variables }
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

function differs({ file }: CompiledKernel, what: string): CamscriptError {
    return new CamscriptError(
        `kernel ${file} cannot be made for the board: wasm2c wrote ${what}. "npm ci" installs the version that is needed.`
    )
}
