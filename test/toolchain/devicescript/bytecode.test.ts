// SPDX-License-Identifier: MIT
// Where operations begin in the bytecode, and of which lines they are.

import { expect, it } from "vitest"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import {
    NO_PLACE,
    operationStarts,
    programPlaces,
    WITH_INTEGER,
} from "../../../toolchain/devicescript/bytecode.ts"
import { OPERATIONS } from "../../../toolchain/vm/operation-counts.ts"
import { vmImage } from "../../../toolchain/vm/vm-image.ts"
import { vmImports } from "../../../toolchain/vm/vm-interface.ts"

/** Of the VM's table of operations: an integer follows. */
const OPERATION_FLAGS = 18808
const TAKES_INTEGER = 32

it("knows the operations that an integer follows, as the VM does", () => {
    const { module } = vmImage({ archId: "f446", gcHeapBytes: 24_576 })
    const { exports } = new WebAssembly.Instance(
        module,
        vmImports({} as Parameters<typeof vmImports>[0])
    )
    const { buffer } = exports["memory"] as WebAssembly.Memory
    const flags = new Uint8Array(buffer, OPERATION_FLAGS, OPERATIONS)

    // Code 0 is no operation.
    const taking = [...flags.keys()].filter(
        code => code > 0 && (flags[code]! & TAKES_INTEGER) !== 0
    )
    expect(taking).toEqual(WITH_INTEGER)
})

it("gives every operation of the default program a line, in ascending order", async () => {
    const program = await buildProgram("src/main.ts")
    const { places, ofByte } = programPlaces(program)!
    const starts = operationStarts(program.bytecode)

    expect(starts).toHaveLength(program.debug!.functions.length)
    expect(starts.map(([first]) => first)).toEqual(
        program.debug!.functions.map(({ startPc }) => startPc)
    )
    const all = starts.flat()
    expect(all.length).toBeGreaterThan(10_000)
    expect(all.filter(at => ofByte[at] === NO_PLACE)).toEqual([])
    expect(
        places.some(
            ({ file, functionName }) =>
                file === "src/frame-stream.ts" && functionName === "takeAll"
        )
    ).toBe(true)
})
