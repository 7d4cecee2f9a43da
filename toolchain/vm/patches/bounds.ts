// SPDX-License-Identifier: MIT
// Patches: what bytecode that is not in order must not reach. Jumps are checked by the VM itself; these places are not.

import { differs } from "../generated-c.ts"
import type { Patch } from "./patch.ts"

/** A jump out of its function, panic 60105. */
const INVALID_JUMP = 105

/**
 * A jump out of a try block is thrown as a value that holds the pc. A finally block keeps it in a variable, from where
 * damaged bytecode can throw it in another function, which then went on in the first one's code.
 */
export const thrownJump: Patch = {
    title: "a thrown jump stays in its function",
    apply(code) {
        const name = "devs_process_throw"
        code.expect(name, "0797bc25a2185cd0")
        // var_l8: the activation, with its function at 16 and the end of its code at 6; var_l10: the pc.
        const jump = [
            "    var_i0 = var_l8;",
            "    var_i1 = var_l10;",
            "    i32_store16_default32(&instance->w2c_memory, (u64)(var_i0) + 4, var_i1);",
        ]
        code.replaceLines(name, jump, [
            "    if (var_l10 < i32_load(i32_load(var_l8 + 16u)) || var_l10 >= i32_load16_u(var_l8 + 6u)) {",
            `      w2c_vm_0x5Fdevs_invalid_program(instance, var_l1 + 8u, var_p0, ${INVALID_JUMP}u);`,
            "      goto var_B14;",
            "    }",
            ...jump,
        ])
    },
}

/** A panic writes into the context that it is given. There is one context. */
export const panicOfContext: Patch = {
    title: "a panic of no context is a trap",
    apply(code) {
        const name = "devs_panic"
        code.expect(name, "f83231822f1aa7f1")
        const first = [
            "  var_i0 = var_p0;",
            "  var_i0 = i32_load16_u_default32(&instance->w2c_memory, (u64)(var_i0) + 8u);",
        ]
        // While the context is made there is none yet.
        code.replaceLines(name, first, [
            "  var_i0 = w2c_vm_devsmgr_get_ctx(instance);",
            "  if (var_i0 && var_i0 != var_p0) vm_trap();",
            ...first,
        ])
    },
}

/** In the VM's context: for how many breakpoints its list has room, a halfword. */
const CONTEXT_BREAKPOINTS = 308

/**
 * The list of breakpoints is searched from the first one whose pc has the same lowest bits on, until one lies behind the pc. The
 * last need not: the search then goes on over what follows in memory, to its end, unless something there looks like an end.
 */
export const breakpointSearch: Patch = {
    title: "the search for a breakpoint ends with their list",
    apply(code) {
        const name = "devs_vm_exec_opcodes"
        code.expect(name, "2bb66a6e09eabe0f")
        // var_l3: number of the breakpoint.
        const next = [
            "      var_B8:;",
            "      var_i0 = var_l6;",
            "      var_i1 = var_l3;",
            "      var_i2 = 1u;",
            "      var_i1 += var_i2;",
            "      var_l3 = var_i1;",
        ]
        code.replaceLines(name, next, [
            ...next,
            `      if (var_l3 >= i32_load16_u(var_p0 + ${CONTEXT_BREAKPOINTS}u)) {goto var_B5;}`,
        ])
    },
}

/** Of each operation, its flags and the slot of its function (devs_vm_exec_opcodes checks that there are so many). */
const OPERATIONS = 95
const OPERATION_FLAGS = 18808
const OPERATION_SLOTS = 18912
const FLAG_STATEMENT = 16
const EXPRESSION_TYPE = "void (u32, u32, u32)"

/**
 * The call of an expression's function is the most frequent one, and its slot comes from a constant table: its type is
 * checked here, for all of them. Of the statements three, which are none, have functions of another type.
 */
export const knownExpressions: Patch = {
    title: "functions of expressions are called without a check",
    apply(code) {
        code.expect("devs_vm_exec_opcodes", "2bb66a6e09eabe0f")
        for (let operation = 0; operation < OPERATIONS; operation++) {
            const flags = code.constant(OPERATION_FLAGS + operation, 1)
            if (flags & FLAG_STATEMENT) continue
            const slot = code.constant(OPERATION_SLOTS + 4 * operation, 4)
            const type = slot === 0 ? "none" : code.tableTypes[slot - 1]
            if (type !== EXPRESSION_TYPE)
                throw differs(
                    `the function of its operation ${operation} has type ${String(type)}, expected ${EXPRESSION_TYPE}`
                )
        }
        code.knownCalls.set("devs_vm_exec_opcodes", EXPRESSION_TYPE)
    },
}
