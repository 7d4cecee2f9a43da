// SPDX-License-Identifier: MIT
// The VM's own verification of a program's bytecode, in Node: what a board would refuse is not sent to one.

import { ProgramError } from "../../protocol/errors.ts"
import { vmImage } from "../vm/vm-image.ts"
import { vmImports, type VmExports } from "../vm/vm-interface.ts"

/** devsmgr_program_header_t of the VM: magic, bytes of the bytecode, second magic; 128 bytes long. */
const HEADER_MAGIC = [0x8d8abd53, 0xb27c4b2b] as const
const HEADER_SIZE_AT = 4
const HEADER_MAGIC_AT = 8
const HEADER_BYTES = 128

/**
 * Find the program in an image (program-image.ts) and let the VM verify it.
 * @param name of the program, for the error
 * @throws ProgramError when there is none, or the VM refuses it
 */
export function verifyImage(image: Uint8Array, name: string): void {
    const view = new DataView(image.buffer, image.byteOffset, image.length)
    for (let at = 0; at + HEADER_BYTES <= image.length; at += 8) {
        const isHeader =
            view.getUint32(at, true) === HEADER_MAGIC[0] &&
            view.getUint32(at + HEADER_MAGIC_AT, true) === HEADER_MAGIC[1]
        if (!isHeader) continue
        const first = at + HEADER_BYTES
        const end = first + view.getUint32(at + HEADER_SIZE_AT, true)
        if (end > image.length)
            throw refused(
                name,
                `it says that it ends at byte ${end} of an image of ${image.length}`
            )
        verifyBytecode(image.subarray(first, end), name)
        return
    }
    throw refused(name, "the image holds no program")
}

/**
 * Let the VM verify bytecode.
 * @throws ProgramError with the VM's code and the place, when it refuses
 */
export function verifyBytecode(bytecode: Uint8Array, name: string): void {
    let said = ""
    const memory = (): Uint8Array => new Uint8Array(vm.memory.buffer)
    const nothing = (): void => {}
    const { module } = vmImage({ archId: "none", gcHeapBytes: 64 * 1024 })
    const imports = vmImports({
        timeMs: () => 0,
        printed: text => {
            const bytes = memory()
            const end = bytes.indexOf(0, text)
            said += `${Buffer.from(bytes.subarray(text, end)).toString("utf8")}\n`
        },
        sent: nothing,
        fillRandom: (out, count) => memory().fill(0, out, out + count),
        panicked: nothing,
        copy: (to, from, count) => memory().copyWithin(to, from, from + count),
        stopped: reason => {
            throw refused(name, `the VM stops at it: ${reason}`)
        },
    })
    const vm = new WebAssembly.Instance(module, imports)
        .exports as unknown as VmExports
    vm.__wasm_call_ctors()
    const address = vm.malloc(bytecode.length)
    memory().set(bytecode, address)
    let status: number
    try {
        status = vm.jd_em_devs_verify(address, bytecode.length)
    } catch (error) {
        if (error instanceof WebAssembly.RuntimeError)
            throw refused(name, `the VM traps at it: ${error.message}`)
        throw error
    }
    if (status === 0) return
    // "! verification failure: -1105 at 1c"
    const place = /verification failure: -?\d+ at ([0-9a-f]+)/.exec(said)?.[1]
    throw refused(
        name,
        `its bytecode fails the VM's verification, code ${status}${place === undefined ? "" : ` at byte 0x${place}`}`
    )
}

function refused(name: string, why: string): ProgramError {
    return new ProgramError(
        `${name}: the DeviceScript VM would not start this program: ${why}. Nothing was written to a board. ` +
            `Compile it again from its sources, with the compiler that "npm ci" installs.`
    )
}
