// SPDX-License-Identifier: MIT
// Patch: the VM's variables live in RAM, at a place that the linker chooses.
//
// A wasm address is an MCU address (docs/decisions/0001). Read-only data keeps its addresses, in flash at 0x400. The
// variables would lie in flash too, so each address of one becomes VM_DATA(address), which counts from the linker's vm_data.

import { differs, fingerprint, mangle } from "../generated-c.ts"
import type { GeneratedC } from "../generated-c.ts"
import {
    ADDRESS_CONSTANTS,
    ADDRESSED_ACCESSES,
    DATA_END,
    DATA_START,
    PLAIN_NUMBERS,
} from "./data-addresses.ts"
import type { Patch } from "./patch.ts"

const CONSTANT = /^(\s*var_i\d+ = )(\d+)u;$/
const WIDE_CONSTANT = /= (\d+)ull;$/
const ACCESS = /(\(u64\)\(\w+\) \+ )(\d+)u?/g

const isVariable = (value: number): boolean =>
    value >= DATA_START && value < DATA_END

export const relocateVariables: Patch = {
    title: "variables at vm_data",
    apply(code) {
        const found = new Sites()
        for (const name of code.names())
            code.setBody(
                name,
                code.body(name).map(line => relocate(line, name, found))
            )
        found.check(code)
    },
}

function relocate(line: string, name: string, found: Sites): string {
    const constant = CONSTANT.exec(line)
    if (constant !== null) {
        const value = Number(constant[2])
        return isVariable(value) && found.isAddress(name, value)
            ? `${constant[1]!}VM_DATA(${value}u);`
            : line
    }
    const wide = WIDE_CONSTANT.exec(line)
    if (wide !== null && isVariable(Number(wide[1])))
        throw differs(`function ${name} has a 64-bit constant ${wide[1]!}`)
    return line.replace(ACCESS, (whole, base: string, digits: string) => {
        if (!isVariable(Number(digits))) return whole
        found.accesses.push(`${name} ${digits}`)
        return `${base}VM_DATA(${digits}u)`
    })
}

/** What was found, to be compared with the list. */
class Sites {
    readonly accesses: string[] = []
    private readonly constants = new Map<number, number>()
    private readonly plain = new Set<string>()

    isAddress(name: string, value: number): boolean {
        const entry = PLAIN_NUMBERS.find(number => number.value === value)
        if (entry?.functions.some(listed => mangle(listed) === name)) {
            this.plain.add(`${name} ${value}`)
            return false
        }
        this.constants.set(value, (this.constants.get(value) ?? 0) + 1)
        return true
    }

    /** @throws CamscriptError for a site too many or too few */
    check(code: GeneratedC): void {
        const values = new Set([
            ...this.constants.keys(),
            ...Object.keys(ADDRESS_CONSTANTS).map(Number),
        ])
        for (const value of values) {
            const count = this.constants.get(value) ?? 0
            const expected = ADDRESS_CONSTANTS[value] ?? 0
            if (count !== expected)
                throw differs(
                    `the constant ${value}, in the range of its variables, occurs ${count} times, expected ${expected}`
                )
        }
        for (const { value, functions } of PLAIN_NUMBERS)
            for (const name of functions)
                if (!this.plain.has(`${mangle(name)} ${value}`))
                    throw differs(
                        `function ${name} does not use the number ${value}`
                    )
        const { count, fingerprint: expected } = ADDRESSED_ACCESSES
        if (this.accesses.length !== count)
            throw differs(
                `${this.accesses.length} loads and stores name a variable, expected ${count}`
            )
        if (fingerprint(this.accesses) !== expected)
            throw differs(
                `its ${count} loads and stores of variables are not the expected ones (${fingerprint(this.accesses)}), in ${code.names().length} functions`
            )
    }
}
