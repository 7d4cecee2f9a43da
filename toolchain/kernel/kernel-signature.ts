// SPDX-License-Identifier: MIT
// What a kernel file offers, as its compiler has it: functions, their parameters, and records with the places of their fields.

/** A number as AssemblyScript has it; fields and parameters of kernels. */
export const NUMBER_BYTES = {
    bool: 1,
    i8: 1,
    u8: 1,
    i16: 2,
    u16: 2,
    i32: 4,
    u32: 4,
    f32: 4,
} as const
export type NumberType = keyof typeof NUMBER_BYTES

/** Bytes of an element of the arrays that a kernel may fill in. */
export const ELEMENT_BYTES = { Bytes: 1, Words: 2, Ints: 4 } as const
export type ArrayType = keyof typeof ELEMENT_BYTES

/** Bytes of a List before its first record: length, capacity, left, unused (kernel/index.ts). */
export const LIST_HEAD_BYTES = 16

/** Instructions of the core that kernel/index.ts declares; the compiler names their module by that file. */
export const INTRINSIC_MODULE = "index"
export const INTRINSIC_NAMES = ["sumOfDifferences", "above", "halfSum"] as const

/** Frames that one call can have: as many as there are buffers. */
export const FRAMES_MAX = 4

/** Numbers that one call can have. */
export const NUMBERS_MAX = 8

/** As the compiler found it. */
export interface KernelParameter {
    readonly name: string
    readonly description: string
    /** A NumberType, a class of kernel/index.ts, or "record"; other types are refused. */
    readonly type: string
    /** List: the record's class. */
    readonly of?: string
    /** "record": its class. */
    readonly record?: string
}

export interface KernelFunction {
    readonly name: string
    readonly description: string
    /** The file that it is written in, and the line. */
    readonly source: string
    readonly line: number
    readonly parameters: readonly KernelParameter[]
    /** Fewer than there are: some have a default. */
    readonly requiredParameters: number
    /** A NumberType or "void"; other types are refused. */
    readonly returns: string
}

export interface KernelField {
    readonly name: string
    readonly type: NumberType
    /** Bytes from the start of the record. */
    readonly offset: number
    readonly description: string
}

export interface KernelRecord {
    readonly description: string
    readonly bytes: number
    readonly fields: readonly KernelField[]
}

/** What a function hands over to its caller. */
export type KernelResult =
    | { readonly kind: "none" }
    | { readonly kind: "number"; readonly type: NumberType }
    | { readonly kind: "record"; readonly record: string }
    | { readonly kind: "list"; readonly record: string }
    | { readonly kind: "array"; readonly type: ArrayType }

/** A function by the parts of its call. */
export interface KernelCallShape {
    /** It is called once for each row, and not with a frame. */
    readonly isRowKernel: boolean
    readonly frames: readonly KernelParameter[]
    readonly numbers: readonly KernelParameter[]
    readonly result: KernelResult
}

export function isNumberType(type: string): type is NumberType {
    return type in NUMBER_BYTES
}

export function isArrayType(type: string): type is ArrayType {
    return type in ELEMENT_BYTES
}

/** Take a function's call apart; the function has been checked (check-kernel.ts). */
export function callShape(kernel: KernelFunction): KernelCallShape {
    const { parameters, returns } = kernel
    const views = (type: string) => parameters.filter(p => p.type === type)
    const output = parameters.find(isOutput)
    return {
        isRowKernel: views("Row").length > 0,
        frames: views("Frame"),
        numbers: parameters.filter(({ type }) => isNumberType(type)),
        result: output
            ? resultOf(output)
            : isNumberType(returns)
              ? { kind: "number", type: returns }
              : { kind: "none" },
    }
}

/** Is this a parameter that the kernel fills in? */
export function isOutput({ type }: KernelParameter): boolean {
    return type === "record" || type === "List" || isArrayType(type)
}

function resultOf({ type, record, of }: KernelParameter): KernelResult {
    if (isArrayType(type)) return { kind: "array", type }
    return type === "List"
        ? { kind: "list", record: of! }
        : { kind: "record", record: record! }
}

/**
 * Bytes of a result.
 * @param most records of a list, or elements of an array, for which the caller has a place
 */
export function resultBytes(
    result: KernelResult,
    records: Readonly<Record<string, KernelRecord>>,
    most: number
): number {
    switch (result.kind) {
        case "none":
            return 0
        case "number":
            return 4
        case "record":
            return records[result.record]!.bytes
        case "list":
            return LIST_HEAD_BYTES + most * records[result.record]!.bytes
        case "array":
            return most * ELEMENT_BYTES[result.type]
    }
}
