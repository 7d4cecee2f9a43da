// SPDX-License-Identifier: MIT
// How long a board's CPU takes for what the DeviceScript VM does: the rates that the simulator charges.

/** What is counted of the VM's work. */
export const VM_WORK = [
    /** An operation of bytecode, of any kind. What follows comes on top of it. */
    "operation",
    /** An operation that looks for a property by its name. */
    "field",
    /** An operation that reads or writes an element of an array or a Buffer. */
    "element",
    /** An operation that calls a function. */
    "call",
    "division",
    /** An operation that makes an object, an array, a closure; with its share of garbage collection. */
    "allocation",
    /** ds.format, which template strings with values become. */
    "format",
    /** A call of the I2C bus, up to the C code's first access to a register, and back. */
    "i2cCall",
    /** A byte that such a call writes or reads. */
    "i2cByte",
    /** A turn of the main loop in which the VM runs, with nothing to do. */
    "turn",
    /** A Jacdac frame that the VM gets from others, with the start of its handlers. */
    "packet",
] as const

export type VmWorkKind = (typeof VM_WORK)[number]

/** How often each of it happened. */
export type VmWork = Readonly<Record<VmWorkKind, number>>

/** The same number for each kind. */
export function eachVmWork(value: number): Record<VmWorkKind, number> {
    return Object.fromEntries(VM_WORK.map(kind => [kind, value])) as Record<
        VmWorkKind,
        number
    >
}

/** HCLK cycles of each, measured on the emulated board (npm run vm-rates). */
export type VmCycles = Readonly<Record<VmWorkKind, number>>
