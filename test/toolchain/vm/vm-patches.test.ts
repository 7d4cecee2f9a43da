// SPDX-License-Identifier: MIT
// The patches of the VM: each refuses a VM that is not the expected one, and no address of a variable is left behind.

import { readFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { boardC } from "../../../toolchain/vm/board-c.ts"
import {
    fingerprint,
    GeneratedC,
    mangle,
} from "../../../toolchain/vm/generated-c.ts"
import { knownExpressions } from "../../../toolchain/vm/patches/bounds.ts"
import { relocateVariables } from "../../../toolchain/vm/patches/data.ts"
import { PATCHES } from "../../../toolchain/vm/patches/all.ts"
import {
    DATA_END,
    DATA_START,
    HOLE_BYTES,
    HOLE_START,
    PLAIN_NUMBERS,
    VM_DATA_BYTES,
} from "../../../toolchain/vm/patches/data-addresses.ts"
import { wasm2c } from "../../../toolchain/vm/wasm2c.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { stockVm } from "../../../toolchain/vm/vm-image.ts"

let stock: string

beforeAll(() => {
    stock = wasm2c(stockVm())
})

function patched(text: string): GeneratedC {
    const code = new GeneratedC(text)
    for (const patch of PATCHES) patch.apply(code)
    return code
}

/** Without the first patch, which reads every line. */
function patchedWithoutData(text: string): GeneratedC {
    const code = new GeneratedC(text)
    for (const patch of PATCHES)
        if (patch !== relocateVariables) patch.apply(code)
    return code
}

/** Change one place of the stock VM's C; that place has to be there. */
function changed(from: string | RegExp, to: string): string {
    const text = stock.replace(from, to)
    expect(text).not.toBe(stock)
    return text
}

/** A line inside of one function. */
function inFunction(name: string, from: string, to: string): string {
    const head = new RegExp(
        `^\\w+ w2c_vm_${name}\\(w2c_vm\\* instance.*\\{$`,
        "m"
    )
    const start = stock.search(head)
    expect(start).toBeGreaterThan(0)
    const at = stock.indexOf(from, start)
    expect(at).toBeLessThan(stock.indexOf("\n}\n", start))
    expect(at).toBeGreaterThan(start)
    return stock.slice(0, at) + to + stock.slice(at + from.length)
}

describe("patches of the VM", () => {
    it("apply to the pinned VM", () => {
        expect(() => patched(stock)).not.toThrow()
    })

    it("refuse another size of the GC heap", () => {
        const text = inFunction("devs_gc_create", "65560u", "32792u")

        expect(() => patchedWithoutData(text)).toThrow(
            /function devs_gc_create has fingerprint [0-9a-f]{16}, expected 00e62940d19b9be6/
        )
    })

    it.each([
        ["emscripten_get_heap_size", "16u", "17u"],
        ["devs_gc", "55u", "56u"],
        ["find_free_block", "55u", "0u"],
        ["jd_gc_free", "55u", "0u"],
        ["devs_gc_add_chunk", "55u", "0u"],
        ["0x5F_memcpy", "512u", "513u"],
        ["0x5F_memset", "255u", "254u"],
        ["memmove", "0u", "1u"],
        ["flash_init", "55u", "255u"],
        ["flash_erase", "4096u", "2048u"],
        ["flash_program", "255u", "254u"],
        ["flash_sync", "55u", "255u"],
        ["jd_settings_set_bin", "0u", "1u"],
        ["jd_settings_write_large", "0u", "1u"],
        ["jd_settings_sync_large", "0u", "1u"],
        ["devsmgr_deploy_start", "144u", "145u"],
        ["tim_get_micros", "1000.0", "1.0"],
        ["strtod", "1u", "2u"],
        ["fun3_DeviceScript_0x5Fi2cTransaction", "11434u", "11435u"],
        ["fun2_DeviceScript_print", "0u", "1u"],
        ["devsmgr_init", "1153433u", "1153434u"],
        ["devs_process_throw", "1024u", "1025u"],
        ["devs_panic", "60000u", "60001u"],
        ["devs_vm_exec_opcodes", "95u", "96u"],
    ])("refuse another %s, and name it", (name, from, to) => {
        const text = inFunction(name, from, to)

        expect(() => patchedWithoutData(text)).toThrow(
            /cannot be built for the board: /
        )
        expect(() => patchedWithoutData(text)).toThrow(
            new RegExp(
                `function ${name.replaceAll("0x5F", "_")} has fingerprint`
            )
        )
    })

    it("leave one call through the table without a check of its type: that of expressions", () => {
        const calls = [
            ...boardC(patched(stock)).matchAll(
                /CALL_(\w+)\((.*), var_i\d+\)\(/g
            ),
        ]
        const unchecked = calls.filter(([, kind]) => kind === "KNOWN")

        expect(unchecked.map(([, , type]) => type)).toEqual([
            "void, (u32, u32, u32)",
        ])
        expect(calls).toHaveLength(40)
    })

    it("refuse an expression whose function has another type", () => {
        const code = new GeneratedC(stock)
        const rodata = code.segments.get("0x2Erodata")!
        // Operation 2, a statement's function: an expression by its flags.
        rodata.bytes[18808 - rodata.address + 2] = 0

        expect(() => knownExpressions.apply(code)).toThrow(
            /the function of its operation 2 has type void \(u32, u32\), expected void \(u32, u32, u32\)/
        )
    })

    it("refuse a new constant in the range of the variables", () => {
        const text = inFunction("devs_gc_create", "24u", "33000u")

        expect(() => patched(text)).toThrow(
            /the constant 33000, in the range of its variables, occurs 1 times, expected 0/
        )
    })

    it("refuse an address that occurs once less", () => {
        const text = inFunction("app_dmesg", "32528u", "3u")

        expect(() => patched(text)).toThrow(
            /the constant 32528, .* occurs 8 times, expected 9/
        )
    })

    it("refuse a number that is gone from where it was no address", () => {
        const text = inFunction("scalbnl", "32538u", "1u")

        expect(() => patched(text)).toThrow(
            /function scalbnl does not use the number 32538/
        )
    })

    it("refuse an access to another variable", () => {
        const text = inFunction("flash_base_addr", "32192u", "32200u")

        expect(() => patched(text)).toThrow(
            /its 890 loads and stores of variables are not the expected ones/
        )
    })

    it("refuse a pointer in the data that has moved", () => {
        // The last word of .rodata that is a pointer: 30544 at 30432, little endian.
        const text = changed("0x50, 0x77, 0x00, 0x00", "0x51, 0x77, 0x00, 0x00")

        expect(() => boardC(patched(text))).toThrow(
            /the word at 30432 is 30545, expected the address 30544/
        )
    })

    it("refuse a function in two slots of the table, and one that is missing", () => {
        const entry = stock
            .split("\n")
            .find(line =>
                line.includes("wrap_w2c_vm_fun2_DeviceScript_print,")
            )!
        const twice = changed(entry, `${entry}\n${entry}`)
        const missing = stock.replaceAll(
            "w2c_vm_tim_get_micros",
            "w2c_vm_clock"
        )

        expect(() => patchedWithoutData(twice)).toThrow(
            /fun2_DeviceScript_print is in 2 slots of the function table, expected 1/
        )
        expect(() => patchedWithoutData(missing)).toThrow(
            /no function tim_get_micros/
        )
    })
})

describe("names in wasm2c's C", () => {
    it("escape an underscore behind another", () => {
        expect(mangle("__memset")).toBe("0x5F_memset")
        expect(mangle("methX_DsCommand___func__")).toBe(
            "methX_DsCommand_0x5F_func_0x5F"
        )
        expect(mangle("jd_em_init")).toBe("jd_em_init")
    })
})

describe("addresses of the VM's variables", () => {
    it("leave no constant of their range in the C but those known as numbers", () => {
        const code = patched(stock)
        const numbers = new Set(PLAIN_NUMBERS.map(({ value }) => value))
        const left: string[] = []
        for (const name of code.names())
            for (const line of code.body(name))
                for (const [whole, digits] of line
                    .replace(/VM_DATA\(\d+u\)/g, "")
                    .matchAll(/\b(\d{5})(?:u|ull)?\b/g)) {
                    const value = Number(digits)
                    if (value < DATA_START || value >= DATA_END) continue
                    if (!numbers.has(value)) left.push(`${name}: ${whole}`)
                }

        expect(left).toEqual([])
    })

    it("name nothing in the hole between .data and .bss", () => {
        const text = boardC(patched(stock))
        const inHole = [...text.matchAll(/VM_DATA\((\d+)u\)/g)]
            .map(([, digits]) => Number(digits))
            .filter(
                address =>
                    address >= HOLE_START && address < HOLE_START + HOLE_BYTES
            )

        expect(inHole).toEqual([])
    })

    it("are as many bytes as vm.h says", () => {
        const header = readFileSync(`${projectRoot}/firmware/vm/vm.h`, "utf8")

        expect(header).toContain(`#define VM_DATA_BYTES ${VM_DATA_BYTES}u`)
    })
})

describe("a function's fingerprint", () => {
    it("depends on each line", () => {
        expect(fingerprint(["a", "b"])).not.toBe(fingerprint(["a", "c"]))
        expect(fingerprint(["a"])).toMatch(/^[0-9a-f]{16}$/)
    })
})
