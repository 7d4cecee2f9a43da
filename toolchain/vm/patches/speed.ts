// SPDX-License-Identifier: MIT
// Patches: what took most of the instructions of a frame, written for this machine. Results are those of the stock VM.

import type { Patch } from "./patch.ts"

/** DEVS_HANDLE_TYPE_IMG_BUFFERISH: a string or buffer that lies in the program image or in the VM, named by its index. */
const IMG_BUFFERISH = 4

/** C for: the value with this high word is a handle of that type. */
const isStatic = (high: string): string =>
    `(${high} & 0x7ff0000fu) == ${IMG_BUFFERISH}u`

/**
 * The value of a key in a map: first by the bits of the key, then, in the stock VM, by comparing the bytes of all keys. A
 * method call looks into the instance's own keys before it comes to its prototype's, so that most lookups miss and
 * compare all. Two static strings with different indices are different strings: the compiler enters each string once,
 * the VM's own ones never (addString of the DeviceScript compiler 2.16.4). So only keys that were made at run time have
 * bytes to compare.
 */
export const lookupByIndex: Patch = {
    title: "keys of maps compare by index",
    apply(code) {
        code.replaceBody("lookup", "ae12af3e200a66e8", [
            "  if (!w2c_vm_devs_is_string(instance, var_p0, var_p2)) return 0;",
            "  const u32 low = i32_load(var_p2), high = i32_load(var_p2 + 4u);",
            "  const u32 first = i32_load(var_p1 + 12u);",
            "  const u32 end = first + i32_load16_u(var_p1 + 8u) * 16u;",
            "  for (u32 key = first; key != end; key += 16u)",
            "    if (i32_load(key) == low && i32_load(key + 4u) == high) return key + 8u;",
            `  const u32 by_index = ${isStatic("high")};`,
            "  const char *bytes = 0;",
            "  u32 size = 0;",
            "  for (u32 key = first; key != end; key += 16u) {",
            `    if (by_index && ${isStatic("i32_load(key + 4u)")}) continue;`,
            "    u64 value = i64_load(var_p2);",
            "    if (!bytes) bytes = VM_POINTER(w2c_vm_devs_string_get_utf8(instance, var_p0, (u32)&value, (u32)&size));",
            "    value = i64_load(key);",
            "    u32 other_size;",
            "    const char *other = VM_POINTER(w2c_vm_devs_string_get_utf8(instance, var_p0, (u32)&value, (u32)&other_size));",
            "    if (other_size == size && memcmp(bytes, other, size) == 0) return key + 8u;",
            "  }",
            "  return 0;",
        ])
    },
}
