// SPDX-License-Identifier: MIT
// Firmware for tests: built once per content (the cache makes repetitions cheap), read back from its ELF.

import { readFileSync } from "node:fs"
import { parseElf, symbolValue, type Elf } from "../../../toolchain/elf/elf.ts"
import {
    buildFirmware,
    type Firmware,
    type FirmwareOptions,
} from "../../../toolchain/firmware/build-firmware.ts"

export interface BuiltFirmware extends Firmware {
    readonly parsed: Elf
}

export async function builtFirmware(
    options: FirmwareOptions
): Promise<BuiltFirmware> {
    const firmware = await buildFirmware(options)
    const parsed = parseElf(readFileSync(firmware.elf), firmware.elf)
    return { ...firmware, parsed }
}

/** Bytes that the chip's flash has at an address. */
export function flashBytes(
    elf: Elf,
    address: number,
    count: number
): Uint8Array {
    const section = elf.sections.find(
        ({ loaded, allocated, address: start, bytes }) =>
            loaded &&
            allocated &&
            address >= start &&
            address + count <= start + bytes
    )
    if (section === undefined)
        throw new RangeError(`nothing at 0x${address.toString(16)}`)
    return section.content.subarray(
        address - section.address,
        address - section.address + count
    )
}

/** The ELF file with other machine code at the start of a function. */
export function patchedElf(
    firmware: BuiltFirmware,
    name: string,
    code: readonly number[]
): Buffer {
    const address = symbolValue(firmware.parsed, name) & ~1
    const bytes = readFileSync(firmware.elf)
    const original = flashBytes(firmware.parsed, address, code.length)
    // Content is a view of another copy of the file: the same offset in this one.
    bytes.set(code, original.byteOffset - sectionBase(firmware.parsed))
    return bytes
}

/** Where the views of the sections' contents start in their buffer. */
function sectionBase(elf: Elf): number {
    return elf.sections[0]!.content.byteOffset
}
