// SPDX-License-Identifier: MIT
// Where the VM of our firmware is seen at work.

import type { ProgramPlaces } from "../../toolchain/devicescript/bytecode.ts"
import type { SymbolTable } from "../../toolchain/elf/symbol-table.ts"
import type { TalliedVm } from "../cortex-m/tally/core-tally.ts"

/** The VM's loop over operations is part of it (wasm2c's name of devs_fiber_run). */
const LOOP = "w2c_vm_devs_fiber_run"
/** In the VM's structures, @devicescript/cli 2.16.4: devs_fiber_t.ctx and devs_ctx_t.img.data. */
const FIBER_CONTEXT = 44
const CONTEXT_IMAGE = 228

/** @returns undefined when the ELF file names no such function */
export function firmwareVm(
    symbols: SymbolTable,
    { ofByte }: ProgramPlaces
): TalliedVm | undefined {
    const loop = symbols.find(LOOP)
    return (
        loop && {
            loop,
            contextOffset: FIBER_CONTEXT,
            imageOffset: CONTEXT_IMAGE,
            places: ofByte,
        }
    )
}
