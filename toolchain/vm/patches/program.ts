// SPDX-License-Identifier: MIT
// Patches: the program's start, and its turns.

import type { Patch } from "./patch.ts"

/**
 * devsmgr runs an empty program in place of one that it does not find, or whose bytecode fails the verification, and
 * says so in one line. Here the port decides: the other slot may hold a program that is whole.
 */
export const refusedImage: Patch = {
    title: "a refused image is told to the port",
    apply(code) {
        code.expect("try_run", "ebf2f2940bcf244a")
        code.replaceLines(
            "try_run",
            ["  var_B3:;"],
            [
                "  var_B3:;",
                `  vm_port_refused("the VM refuses the program's bytecode");`,
            ]
        )
        const run = "  w2c_vm_run_img(instance, var_i0, var_i1, var_i2);"
        code.replaceLines(
            "try_run",
            [run],
            ["  vm_port_program_starts();", run]
        )
    },
}

/** Fibers that are due run one after the other until none is: a fiber that sleeps for 0 ms is due at once, for ever. */
export const boundedTurn: Patch = {
    title: "a turn of the VM ends after VM_TURN_US",
    apply(code) {
        code.expect("devs_fiber_poke", "044e61fcc88ea352")
        const run = "    w2c_vm_devs_fiber_run(instance, var_i0);"
        code.replaceLines(
            "devs_fiber_poke",
            [run],
            [run, "    if (vm_turn_is_over()) {goto var_B0;}"]
        )
    },
}
