// SPDX-License-Identifier: MIT
// From wasm2c's C to C for the board: no instance, no bounds, an address is a pointer.

import { differs } from "./generated-c.ts"
import type { DataSegment, GeneratedC } from "./generated-c.ts"
import { DATA_POINTERS, HEAP_POINTER } from "./patches/data-addresses.ts"

/** Functions that the C beside this file calls. */
const CALLED_FROM_C = [
    "jd_em_set_device_id_2x_i32_0",
    "jd_em_init_0",
    "jd_em_process_0",
    "jd_em_frame_received_0",
    "jd_crc16",
    "devs_arg_int",
    "devs_bufferish_data",
    "devs_buffer_data",
    "devs_buffer_is_writable",
    "devs_ret_int",
    "devs_img_fun_name",
    "devsmgr_get_ctx",
    "fun2_DeviceScript_print",
] as const

const CALL_INDIRECT =
    /CALL_INDIRECT\(instance->w2c_0x5F_indirect_function_table, (\w+) \(\*\)\(void\*(?:, )?([^)]*)\), w2c_vm_t\d+, (\w+), instance->w2c_0x5F_indirect_function_table\.data\[\w+\]\.module_instance(?:, )?/g

/** Write the patched VM as one C file. */
export function boardC(code: GeneratedC): string {
    const open = new Set(CALLED_FROM_C.map(name => `w2c_vm_${name}`))
    const types = [...new Set(code.tableTypes)]
    const functions = code
        .names()
        .map(name =>
            [
                declaration(code.head(name), open),
                ...withoutSegments(code.body(name)).map(line =>
                    translate(line, types, code.knownCalls.get(name))
                ),
                "}\n",
            ].join("\n")
        )
    const text = [
        `#include "wasm.h"\n`,
        // Only unused functions read them, which do not stay.
        "static u32 vm_global_stack_base, vm_global_stack_end, vm_global_tempRet0;",
        ...code.prototypes.map(line => declaration(line, open)),
        table(code, types),
        ...functions,
        data(code),
    ].join("\n")
    const left = /\binstance\b|w2c_memory|wasm_rt|_default32/.exec(text)
    if (left !== null)
        throw differs(
            `wasm2c's code has "${left[0]}" where nothing of that kind was expected`
        )
    return text
}

/** `static` for all but those that our C calls: the compiler then drops what nobody reaches any more. */
function declaration(line: string, open: ReadonlySet<string>): string {
    const plain = signature(line.replace(/^static /, ""))
    const name = /\b(w2c_vm_\w+)\(/.exec(plain)![1]!
    return open.has(name) ? plain : `static ${plain}`
}

function signature(line: string): string {
    return line
        .replace("(w2c_vm* instance, ", "(")
        .replace("(w2c_vm* instance)", "(void)")
        .replace("(w2c_vm*, ", "(")
        .replace("(w2c_vm*)", "(void)")
}

/** Behind each call through the table wasm2c has, for x86 only, three lines that set a segment register. */
function withoutSegments(body: readonly string[]): readonly string[] {
    return body.filter(
        (_, i) =>
            ![i, i - 1, i - 2].some(
                start => body[start] === "#if WASM_RT_USE_SEGUE_FOR_THIS_MODULE"
            )
    )
}

/**
 * @param types of the functions in the table: a type's number is its place from 1 on
 * @param known calls of this type need no check
 */
function translate(
    line: string,
    types: readonly string[],
    known: string | undefined
): string {
    if (/^ {2}FUNC_(?:PROLOGUE|EPILOGUE);$/.test(line)) return ""
    return line
        .replace(
            CALL_INDIRECT,
            (_, result: string, parameters: string, slot: string) => {
                const type = `${result} (${parameters})`
                const cast = `${result}, (${parameters || "void"})`
                return type === known
                    ? `CALL_KNOWN(${cast}, ${slot})(`
                    : `CALL_INDIRECT(${cast}, ${typeNumber(types, type)}u, ${slot})(`
            }
        )
        .replace(
            /instance->w2c_(?:env|wasi__snapshot__preview1)_instance(?:, )?/g,
            ""
        )
        .replaceAll("(instance, ", "(")
        .replaceAll("(instance)", "()")
        .replace(
            /(_load\w*|_store\w*)_default32\(&instance->w2c_memory, \(u64\)/g,
            "$1("
        )
        .replace(
            /instance->w2c_(?:0x5F_)?(stack_pointer|stack_base|stack_end|tempRet0)/g,
            "vm_global_$1"
        )
}

/** 0 is no function; a type that no function has gets a number of its own. */
function typeNumber(types: readonly string[], type: string): number {
    const index = types.indexOf(type)
    return index < 0 ? types.length + 1 : index + 1
}

function table(code: GeneratedC, types: readonly string[]): string {
    return [
        `const vm_function_t vm_table[VM_TABLE_SLOTS] = {`,
        "  0,",
        ...code.table.map(name => `  (vm_function_t)${name},`),
        "};",
        `const u8 vm_table_types[VM_TABLE_SLOTS] = {`,
        "  0,",
        ...code.tableTypes.map(type => `  ${typeNumber(types, type)},`),
        "};\n",
    ].join("\n")
}

/** Words, of which some are the linker's addresses. */
function data(code: GeneratedC): string {
    const rodata = segment(code, ".rodata", 1024, 29496)
    const initial = segment(code, ".data", 30520, 176)
    const pointer = wordsOf(initial)[(HEAP_POINTER.address - 30520) / 4]
    if (pointer !== HEAP_POINTER.stock)
        throw differs(
            `the start of its heap is ${String(pointer)}, expected ${HEAP_POINTER.stock}`
        )
    return [
        `const u32 vm_rodata[] __attribute__((section(".vm_rodata"), used)) = {`,
        linkedWords(rodata),
        "};",
        "const u32 vm_data_start[] = {",
        linkedWords(initial),
        "};",
        "const u32 vm_data_start_bytes = sizeof vm_data_start;\n",
    ].join("\n")
}

function segment(
    code: GeneratedC,
    name: string,
    address: number,
    bytes: number
): DataSegment {
    const found = code.segments.get(name.replace(".", "0x2E"))
    if (found?.address !== address || found.bytes.length !== bytes)
        throw differs(
            `data segment ${name} has ${found?.bytes.length ?? 0} bytes at ${found?.address ?? "no address"}, expected ${bytes} at ${address}`
        )
    return found
}

function wordsOf({ bytes }: DataSegment): number[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    return Array.from({ length: bytes.length / 4 }, (_, i) =>
        view.getUint32(4 * i, true)
    )
}

function linkedWords(found: DataSegment): string {
    const words = wordsOf(found).map((word, i) => {
        const address = found.address + 4 * i
        const target = DATA_POINTERS[address]
        if (target !== undefined && word !== target)
            throw differs(
                `the word at ${address} is ${word}, expected the address ${target}`
            )
        if (address === HEAP_POINTER.address) return "(u32)vm_heap"
        return target === undefined ? `${word}u` : `VM_DATA(${word}u)`
    })
    return words.join(",\n")
}
