// SPDX-License-Identifier: MIT
// Patches: time, numbers and the calls to native code.

import type { Patch } from "./patch.ts"

/** The stock VM gets milliseconds as a double and multiplies: two soft-float calls each time it looks at the clock. */
export const integerTime: Patch = {
    title: "time in microseconds",
    apply(code) {
        code.replaceBody("tim_get_micros", "fd577eaf8efac381", [
            "  return vm_time_us();",
        ])
    },
}

/** The VM's own goes through 128-bit floats: 14 KB of code and 9 KB of stack. Ours rounds correctly too (strtod.c). */
export const nativeStrtod: Patch = {
    title: "strtod of strtod.c",
    apply(code) {
        code.replaceBody("strtod", "0e27f6fe8fc55e73", [
            "  const char *end;",
            "  const char *text = (const char *)VM_POINTER(var_p0);",
            "  const f64 value = vm_strtod(text, &end);",
            "  if (var_p1) i32_store(var_p1, (u32)end);",
            "  return value;",
        ])
    },
}

/** DeviceScript._i2cTransaction, which the stock VM refuses, as in toolchain/vm/i2c-call.ts. */
export const i2cCall: Patch = {
    title: "I2C call",
    apply(code) {
        const name = "fun3_DeviceScript__i2cTransaction"
        code.expect(name, "a6a71dc5381bed02")
        code.replaceSlot(name, "vm_i2c_transaction")
    },
}

/** Only by the caller can a line of the program be told from one of the VM's own, as in sim/devicescript/virtual-machine.ts. */
export const consoleMarks: Patch = {
    title: "lines of the program are marked",
    apply(code) {
        const name = "fun2_DeviceScript_print"
        code.expect(name, "e9cc8e63036bb03b")
        code.replaceSlot(name, "vm_print")
    },
}

/**
 * devsmgr waits 1.1 s before it starts a program that it finds at boot, so that somebody can send another one. Here
 * programs are sent to the slots, not to the VM: it starts with the first vm_process, as in the simulator.
 */
export const startAtOnce: Patch = {
    title: "the program starts at once",
    apply(code) {
        code.expect("devsmgr_init", "4e2e8423da522baa")
        code.replaceLines(
            "devsmgr_init",
            ["  var_i2 = 1153433u;"],
            ["  var_i2 = 0u;"]
        )
    },
}
