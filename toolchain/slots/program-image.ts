// SPDX-License-Identifier: MIT
// The flash area from which the VM on the board runs a program: made by the official VM itself, in Node.

import { ProgramError } from "../../protocol/errors.ts"
import type { Program } from "../devicescript/program.ts"
import { verifyBytecode } from "./verify-image.ts"
import { vmImage } from "../vm/vm-image.ts"
import { vmImports } from "../vm/vm-interface.ts"
import type { VmExports } from "../vm/vm-interface.ts"

/**
 * The size that the image says it has, and that vm.c says too: the VM refuses another one. What lies behind the
 * program is never read.
 */
export const IMAGE_AREA_BYTES = 120 * 1024

/** The VM's unit of erasing, and the alignment that an image needs. */
export const IMAGE_PAGE_BYTES = 4096

/** Addresses of two variables of the VM: where its flash is, and how large (flash_init). */
const FLASH_BASE = 32192
const FLASH_BYTES = 32196

const ERASED = 0xff

/**
 * What has to lie in flash for the VM to run this program: settings of the official VM after it has taken the program.
 *
 * @returns whole pages of 4 KB, without those at the end that are erased; the same bytes for the same program
 * @throws ProgramError when the VM refuses the program, or the area does not hold it
 */
export function programImage(program: Program): Uint8Array {
    const image = vmImage({ archId: "none", gcHeapBytes: 64 * 1024 })
    const vm = emptyVm(image.module, program.name)
    const memory = new Uint8Array(vm.memory.buffer)
    const words = new DataView(vm.memory.buffer)
    vm.__wasm_call_ctors()
    vm.jd_em_init()
    const { bytecode, name } = program
    const room = IMAGE_AREA_BYTES - 3 * IMAGE_PAGE_BYTES
    if (bytecode.length > room)
        throw new ProgramError(
            `${name}: the program has ${bytecode.length} bytes, an image holds ${room}.`
        )
    verifyBytecode(bytecode, name)
    const address = vm.malloc(bytecode.length)
    memory.set(bytecode, address)
    const status = vm.jd_em_devs_deploy(address, bytecode.length)
    if (status !== 0)
        throw new ProgramError(
            `${name}: the DeviceScript VM refuses the program, status ${status}.`
        )
    const base = words.getUint32(FLASH_BASE, true)
    const area = memory.slice(base, base + words.getUint32(FLASH_BYTES, true))
    return area.subarray(0, usedBytes(area))
}

/** A VM at time 0 that prints and sends to nobody, with an erased flash. */
function emptyVm(module: WebAssembly.Module, name: string): VmExports {
    const nothing = () => {}
    const bytes = () => new Uint8Array(vm.memory.buffer)
    const imports = vmImports({
        timeMs: () => 0,
        printed: nothing,
        sent: nothing,
        fillRandom: (out, count) => bytes().fill(0, out, out + count),
        panicked: nothing,
        copy: (to, from, count) => bytes().copyWithin(to, from, from + count),
        stopped: reason => {
            throw new ProgramError(
                `${name}: the DeviceScript VM does not take the program: ${reason}.`
            )
        },
    })
    const { exports } = new WebAssembly.Instance(module, {
        ...imports,
        env: {
            ...imports["env"],
            em_flash_size: () => IMAGE_AREA_BYTES,
            em_flash_load: (out: number, count: number) =>
                bytes().fill(ERASED, out, out + count),
        },
    })
    const vm = exports as unknown as VmExports
    return vm
}

function usedBytes(area: Uint8Array): number {
    const last = area.findLastIndex(byte => byte !== ERASED)
    return Math.ceil((last + 1) / IMAGE_PAGE_BYTES) * IMAGE_PAGE_BYTES
}
