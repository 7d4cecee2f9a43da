// SPDX-License-Identifier: MIT
// Patches: sizes of the GC heap, the stack and the heap come from the linker.

import type { Patch } from "./patch.ts"

/** The garbage-collected heap is one block of the other heap: a header of 24 bytes and 64 KB. A board has less. */
export const gcHeapSize: Patch = {
    title: "GC heap of vm_gc_heap_bytes",
    apply(code) {
        const name = "devs_gc_create"
        code.expect(name, "00e62940d19b9be6")
        code.replaceLines(
            name,
            ["  var_i0 = 65560u;"],
            ["  var_i0 = VM_GC_HEAP_BYTES + 24u;"]
        )
        code.replaceLines(
            name,
            ["  var_i2 = 65536u;"],
            ["  var_i2 = VM_GC_HEAP_BYTES;"]
        )
    },
}

/** sbrk asks for the size of the memory, 16 MB in wasm, to know where the heap ends. */
export const heapEnd: Patch = {
    title: "heap ends at vm_heap_end",
    apply(code) {
        code.replaceBody("emscripten_get_heap_size", "ccd1a18f721fb6d7", [
            "  return (u32)vm_heap_end;",
        ])
    },
}

const FILL = "var_i0 = w2c_vm_0x5F_memset(instance, var_i0, var_i1, var_i2);"

const FILLS = [
    {
        name: "devs_gc_add_chunk",
        expected: "be95c3f0ae633767",
        indent: "  ",
        times: 1,
    },
    {
        name: "devs_gc",
        expected: "5675ce923503c1e0",
        indent: "        ",
        times: 1,
    },
    {
        name: "find_free_block",
        expected: "2b888fd67cbb2cee",
        indent: "    ",
        times: 3,
    },
    {
        name: "jd_gc_free",
        expected: "39679dd56c234a9f",
        indent: "  ",
        times: 1,
    },
] as const

/**
 * Free memory is filled with 0x37 at each allocation, which only devs_gc's stress mode looks at, and that is never on.
 * It costs a write of the whole free heap per object: a method call is 3 to 5 times faster without.
 */
export const noFillOfFreeMemory: Patch = {
    title: "free memory of the GC heap is not filled",
    apply(code) {
        for (const { name, expected, indent, times } of FILLS) {
            code.expect(name, expected)
            code.replaceLines(name, [indent + FILL], [], times)
        }
    },
}

/** The C library's own are faster, and small; the VM's call the host for 512 bytes and more. */
export const nativeBlockFunctions: Patch = {
    title: "memcpy, memset and memmove of the C library",
    apply(code) {
        const address = (variable: string) => `VM_POINTER(${variable})`
        const [to, second] = [address("var_p0"), address("var_p1")]
        code.replaceBody("__memcpy", "5b5f8cf9a408be39", [
            `  memcpy(${to}, ${second}, var_p2);`,
            "  return var_p0;",
        ])
        code.replaceBody("memmove", "984798322076a1fd", [
            `  memmove(${to}, ${second}, var_p2);`,
            "  return var_p0;",
        ])
        code.replaceBody("__memset", "4fdc22083f441d4e", [
            `  memset(${to}, (int)var_p1, var_p2);`,
            "  return var_p0;",
        ])
    },
}
