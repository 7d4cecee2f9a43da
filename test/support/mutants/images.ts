// SPDX-License-Identifier: MIT
// Images of the VM's flash area with programs that nobody has verified.

import type { Program } from "../../../toolchain/devicescript/program.ts"
import { programImage } from "../../../toolchain/slots/program-image.ts"
import { buildProgramSlot } from "../../../toolchain/slots/program-slot.ts"
import { randomWords } from "../firmware/slots/fake-flash.ts"
import type { Base } from "./bases.ts"
import { mutantOf } from "./mutator.ts"

/**
 * The image of a program that the VM verifies.
 * @param bytes filled up with erased flash to so many, for images of one length
 */
export function imageOf(program: Program, bytes?: number): Uint8Array {
    const image = programImage(program)
    const all = new Uint8Array(bytes ?? image.length).fill(0xff)
    all.set(image)
    return all
}

/** The same image with other bytecode of the same length. */
export function imageWith(
    image: Uint8Array,
    from: Uint8Array,
    to: Uint8Array
): Uint8Array {
    const bytes = Buffer.from(image)
    const at = bytes.indexOf(from)
    if (at < 0) throw new Error("the image does not hold this bytecode")
    bytes.set(to, at)
    return bytes
}

/** An image with another program, or with other bytes before it: the VM's settings, and the program's header. */
export function mutantImage(
    image: Uint8Array,
    { program, base }: Base,
    seed: number
): Uint8Array {
    if (seed % 4 !== 0)
        return imageWith(image, program.bytecode, mutantOf(base, seed).bytecode)
    const random = randomWords(seed)
    const bytes = Buffer.from(image)
    const before = bytes.indexOf(program.bytecode)
    for (let times = 1 + (random() % 4); times > 0; times--) {
        // The settings are in the first words of their pages, the header is before the program.
        const near = [0, 4096, 8192, before - 128][random() % 4]!
        bytes[near + (random() % 128)] = random() & 0xff
    }
    return bytes
}

/** A slot whose CRCs fit. */
export function slotOf(image: Uint8Array, sequence = 1): Uint8Array {
    const request = {}
    const name = "mutants"
    return buildProgramSlot({
        ...{ image, request, sensor: "mt9v034", name, sequence },
    })
}
