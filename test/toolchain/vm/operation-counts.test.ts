// SPDX-License-Identifier: MIT
// The patch that counts operations holds for one VM only.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { withOperationCounts } from "../../../toolchain/vm/operation-counts.ts"
import { stockVm } from "../../../toolchain/vm/vm-image.ts"
import { VM_TURN_US } from "../../../toolchain/vm/vm-interface.ts"
import { WasmBinary } from "../../../toolchain/vm/wasm-binary.ts"
import { projectRoot } from "../../../toolchain/paths.ts"

describe("counting operations", () => {
    const stock = new WasmBinary(stockVm())

    it("changes two functions, and leaves a module that is valid", () => {
        const counting = withOperationCounts(stock)

        expect(WebAssembly.validate(counting.bytes as BufferSource)).toBe(true)
        expect(counting.bytes.length - stock.bytes.length).toBeLessThan(60)
    })

    it.each(["devs_vm_exec_opcodes", "devs_fiber_poke"])(
        "refuses another %s, and names it",
        name => {
            const { end } = stock.functionBody(stock.functionIndex(name))
            const other = stock.withBytes(end - 2, Uint8Array.of(1))

            expect(() => withOperationCounts(other)).toThrow(
                `function ${name} has fingerprint `
            )
        }
    )

    it("ends a turn when the firmware does", () => {
        const header = readFileSync(
            join(projectRoot, "firmware/vm/vm.h"),
            "utf8"
        )

        expect(header).toContain(`#define VM_TURN_US ${VM_TURN_US}u`)
    })
})
