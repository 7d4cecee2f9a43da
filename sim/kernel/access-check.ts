// SPDX-License-Identifier: MIT
// What a kernel may touch during a call, to the byte, and in words what it touched instead.

/** Memory that a kernel was given. */
export interface Region {
    /** As "frame 0 (220x220)". */
    readonly name: string
    readonly address: number
    readonly bytes: number
}

/** An access further away than this from all that a kernel was given is not one that slipped. */
const NEAR_BYTES = 1 << 20

/** Armv7-M's memory map (ARM DDI 0403, B3.1). */
const ADDRESS_SPACE: readonly (readonly [number, string])[] = [
    [0x00000000, "where the program's code is"],
    [0x20000000, "in RAM that the kernel was not given"],
    [0x40000000, "a peripheral's"],
    [0x60000000, "outside of the chip"],
    [0xe0000000, "a register of the core"],
]

export class AccessCheck {
    /** Most accesses are to where the last one was. */
    private last: Region | undefined

    constructor(private readonly regions: readonly Region[]) {}

    /** @returns what is wrong with the access; undefined: nothing */
    problem(
        address: number,
        bytes: number,
        writes: boolean
    ): string | undefined {
        const { last } = this
        if (last !== undefined && contains(last, address, bytes))
            return undefined
        const found = this.regions.find(region =>
            contains(region, address, bytes)
        )
        if (found === undefined) return this.describe(address, bytes, writes)
        this.last = found
        return undefined
    }

    private describe(address: number, bytes: number, writes: boolean): string {
        const what =
            `${writes ? "writes" : "reads"} ${bytes} byte${bytes === 1 ? "" : "s"} ` +
            `at 0x${address.toString(16).padStart(8, "0")}`
        const near = this.regions
            .map(region => ({ region, ...distance(region, address, bytes) }))
            .sort((a, b) => a.bytes - b.bytes)[0]
        if (near === undefined || near.bytes > NEAR_BYTES) {
            const [, where] = ADDRESS_SPACE.findLast(
                ([from]) => address >= from
            )!
            return `${what}, ${where}`
        }
        const { name, bytes: length } = near.region
        return `${what}, ${near.bytes} byte${near.bytes === 1 ? "" : "s"} ${near.side} ${name} of ${length} bytes`
    }
}

function contains(region: Region, address: number, bytes: number): boolean {
    return (
        address >= region.address &&
        address + bytes <= region.address + region.bytes
    )
}

function distance(
    region: Region,
    address: number,
    bytes: number
): { bytes: number; side: string } {
    const end = region.address + region.bytes
    return address < region.address
        ? { bytes: region.address - address, side: "before the start of" }
        : { bytes: address + bytes - end, side: "past the end of" }
}
