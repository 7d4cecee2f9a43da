// SPDX-License-Identifier: MIT
// One patch of the VM's WebAssembly for hosts that charge time: it counts the bytecode operations, and lets the host end
// a turn. Nothing that a program can see changes.
//
// The stock VM counts the operations of a run in a local variable of devs_vm_exec_opcodes, for its guard against endless
// loops, where no host can read it. Patched, each operation increments a word of memory by its code.

import { createHash } from "node:crypto"
import { CamscriptError } from "../../protocol/errors.ts"
import { findBytes, unsignedLeb, type WasmBinary } from "./wasm-binary.ts"

/**
 * Counters of 32 bits at address 0, one for each first byte of an operation. Linker and VM leave the first 1,024 bytes
 * alone: on a board the vector table lies there.
 */
export const OPERATION_COUNTS = 0
export const OPERATION_CODES = 256
/** This VM's operations have the codes below this one. */
export const OPERATIONS = 95
/** From this code on the byte is an integer itself, which is put on the stack. */
export const SMALL_INTEGERS = 128

/** A byte between the two; when the host sets it, the VM leaves its turn after the fiber that runs. */
export const TURN_OVER = OPERATION_COUNTS + 4 * 96

/** A word between the two: the byte of the bytecode behind the code of the operation that runs, or ran last. */
export const OPERATION_PLACE = OPERATION_COUNTS + 4 * 97

/**
 * Counters of 32 bits by that byte, in a VM that tells places: of operations, and of bytes that they allocate in the
 * garbage-collected heap. At the end of the VM's 16 MB, of which it uses a fraction.
 */
export const PLACES = 1 << 16
export const COUNTS_BY_PLACE = 0x0100_0000 - 2 * 4 * PLACES
export const BYTES_BY_PLACE = COUNTS_BY_PLACE + 4 * PLACES

interface Insertion {
    readonly name: string
    /** First 16 digits of the sha256 of the stock function's body. */
    readonly expected: string
    /** The code, hexadecimal, that stands once in the function; what is inserted comes behind it. */
    readonly after: string
    readonly code: readonly number[]
}

const [LOCAL_GET, I32_CONST, I32_LOAD, I32_LOAD8_U] = [0x20, 0x41, 0x28, 0x2d]
const [I32_LOAD16_U, WORD_ALIGNED] = [0x2f, 2]
const [I32_STORE, I32_ADD, I32_SHL, CALL, DROP, BR_IF] = [
    0x36, 0x6a, 0x74, 0x10, 0x1a, 0x0d,
]

/** local.get 6 holds the code. */
const COUNTER_ADDRESS = [LOCAL_GET, 6, I32_CONST, 2, I32_SHL]

/** Local 2 of the loop is the activation, whose word at 4 is behind the code of the operation. */
const BEHIND_CODE = [LOCAL_GET, 2, I32_LOAD16_U, 1, 4]

/** An aligned word at an offset that may be large. */
const wordAt = (instruction: number, offset: number): number[] => [
    instruction,
    WORD_ALIGNED,
    ...unsignedLeb(offset),
]

const COUNT_BY_PLACE = [
    ...[I32_CONST, 0, ...BEHIND_CODE, ...wordAt(I32_STORE, OPERATION_PLACE)],
    ...[...BEHIND_CODE, I32_CONST, 2, I32_SHL],
    ...[...BEHIND_CODE, I32_CONST, 2, I32_SHL],
    ...wordAt(I32_LOAD, COUNTS_BY_PLACE),
    ...[I32_CONST, 1, I32_ADD],
    ...wordAt(I32_STORE, COUNTS_BY_PLACE),
]

const PLACE_ADDRESS = [
    ...[I32_CONST, 0, ...wordAt(I32_LOAD, OPERATION_PLACE)],
    ...[I32_CONST, 2, I32_SHL],
]

/** Local 2 of the allocator is what is asked for, bytes. */
const ALLOCATION: Insertion = {
    name: "jd_gc_any_try_alloc",
    expected: "f60b508f757d6045",
    // global.get, i32.const 16, i32.sub, local.tee 3, global.set: the function's first instructions
    after: "230041106b22032400",
    code: [
        ...PLACE_ADDRESS,
        ...[...PLACE_ADDRESS, ...wordAt(I32_LOAD, BYTES_BY_PLACE)],
        ...[LOCAL_GET, 2, I32_ADD],
        ...wordAt(I32_STORE, BYTES_BY_PLACE),
    ],
}

/**
 * @param byPlace count by the byte of the bytecode, too, and what is allocated
 * @throws CamscriptError when the VM is not the one that the patch was made for
 */
export function withOperationCounts(
    binary: WasmBinary,
    byPlace = false
): WasmBinary {
    const insertions: readonly Insertion[] = [
        {
            name: "devs_vm_exec_opcodes",
            expected: "3f3f7b0025dc7971",
            // local.tee 3, i32.const 255, i32.and, local.set 6: the code of the operation
            after: "220341ff01712106",
            code: [
                ...COUNTER_ADDRESS,
                ...COUNTER_ADDRESS,
                ...[I32_LOAD, 2, OPERATION_COUNTS],
                ...[I32_CONST, 1, I32_ADD],
                ...[I32_STORE, 2, OPERATION_COUNTS],
                ...(byPlace ? COUNT_BY_PLACE : []),
            ],
        },
        {
            name: "devs_fiber_poke",
            expected: "be8a9fd11cecce5c",
            // local.get 2, call devs_fiber_run
            after: Buffer.from([
                ...[LOCAL_GET, 2, CALL],
                ...unsignedLeb(binary.functionIndex("devs_fiber_run")),
            ]).toString("hex"),
            // The look at the clock is the host's moment to set the byte. Label 1: behind the loop over fibers.
            code: [
                ...[CALL, ...unsignedLeb(binary.functionIndex("em_time_now"))],
                ...[DROP, I32_CONST, 0],
                ...[I32_LOAD8_U, 0, ...unsignedLeb(TURN_OVER)],
                ...[BR_IF, 1],
            ],
        },
    ]
    return [...insertions, ...(byPlace ? [ALLOCATION] : [])].reduce(
        insert,
        binary
    )
}

function insert(
    binary: WasmBinary,
    { name, expected, after, code }: Insertion
): WasmBinary {
    const index = binary.functionIndex(name)
    const body = binary.functionBody(index)
    const found = createHash("sha256")
        .update(binary.bytes.subarray(body.start, body.end))
        .digest("hex")
        .slice(0, 16)
    if (found !== expected)
        throw new CamscriptError(
            `the DeviceScript VM's operations cannot be counted: function ${name} has fingerprint ${found}, expected ${expected}; ` +
                `the patch in toolchain/vm/operation-counts.ts holds for one version of the VM only: "npm ci" installs it.`
        )
    const places = findBytes(binary.bytes, body, Buffer.from(after, "hex"))
    if (places.length !== 1)
        throw new CamscriptError(
            `the DeviceScript VM's operations cannot be counted: function ${name} holds ${after} ${places.length} times, expected once`
        )
    return binary.withCode(
        index,
        places[0]! + after.length / 2,
        Uint8Array.from(code)
    )
}
