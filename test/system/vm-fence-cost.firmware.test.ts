// SPDX-License-Identifier: MIT
// What the fence costs: of the instructions of the default program's frames those that only pass, look and come back.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"
import { parseElf, type Elf } from "../../toolchain/elf/elf.ts"
import { symbolTable } from "../../toolchain/elf/symbol-table.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import {
    emulatedRig,
    type EmulatedRig,
} from "../support/system/emulated-rig.ts"

/**
 * Of a frame's instructions. The whole fence is to take at most 3 %: half a percent is in the main loop and in the VM's port, which
 * no address tells apart (docs/decisions/program/0022).
 */
const SHARE_MAX = 0.02

const GATE_FILES = ["gate.c", "gate_calls.c", "vm_memory.c"]
const GATE_NAMES = /^(cam_gate_|cam_vm_may_|vm_port_|SVC_Handler$)/

/** Addresses of the functions of firmware/gate: the file's own ones stand behind its name in the table. */
function gateFunctions({ symbols }: Elf): Set<number> {
    const found = new Set<number>()
    let file = ""
    for (const { name, value, isFile, isFunction } of symbols) {
        if (isFile) file = name
        if (isFunction && (GATE_FILES.includes(file) || GATE_NAMES.test(name)))
            found.add(value & ~1)
    }
    return found
}

describe("the fence around the VM", () => {
    let rig: EmulatedRig
    let elf: Elf
    beforeAll(async () => {
        rig = await emulatedRig({ request: {} })
        const built = await buildFirmware({
            board: "nucleo-f446re",
            app: join(projectRoot, "src/main.ts"),
            request: {},
        })
        elf = parseElf(readFileSync(built.elf), built.elf)
    })
    afterAll(() => rig.emulated.close())

    it("takes at most 2 % of the default program's instructions per frame by its own code", () => {
        const { emulated } = rig
        const { mcu } = emulated
        emulated.run({ seconds: 1 })
        let ofGate = 0
        const starts = gateFunctions(elf)
        const table = symbolTable(elf.symbols)
        const text = elf.sections.find(({ name }) => name === ".text")!
        for (let pc = text.address; pc < text.address + text.bytes; pc += 2) {
            const start = table.functionAt(pc)?.address
            if (start !== undefined && starts.has(start))
                mcu.onAddress(pc, () => ofGate++)
        }
        const before = mcu.instructions.total
        emulated.run({ seconds: 1.25 })
        const all = mcu.instructions.total - before

        expect(ofGate).toBeGreaterThan(0)
        expect(ofGate / (all - ofGate)).toBeLessThanOrEqual(SHARE_MAX)
    })
})
