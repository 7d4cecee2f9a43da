// SPDX-License-Identifier: MIT
// What a kernel handed over, from its bytes.

import {
    LIST_HEAD_BYTES,
    type KernelRecord,
    type KernelResult,
    type NumberType,
} from "../../toolchain/kernel/kernel-signature.ts"

/** A record by the names of its fields. */
export type RecordValue = Readonly<Record<string, number | boolean>>

/** Records that a kernel handed over. */
export interface ListValue {
    readonly length: number
    /** Records for which there was no place. */
    readonly left: number
    readonly items: readonly RecordValue[]
}

/** A number, a record, a list, an array of its type, or nothing. */
export type KernelOutput =
    | number
    | boolean
    | RecordValue
    | ListValue
    | Uint8Array
    | Uint16Array
    | Int32Array
    | undefined

type Records = Readonly<Record<string, KernelRecord>>

/** Read a result of KernelInstance.run(). */
export function readResult(
    result: KernelResult,
    records: Records,
    bytes: Uint8Array
): KernelOutput {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    switch (result.kind) {
        case "none":
            return undefined
        case "number":
            return readNumber(view, 0, result.type)
        case "record":
            return readRecord(view, 0, records[result.record]!)
        case "list":
            return readList(view, records[result.record]!)
        case "array":
            return readArray(result.type, bytes)
    }
}

function readArray(
    type: "Bytes" | "Words" | "Ints",
    bytes: Uint8Array
): Uint8Array | Uint16Array | Int32Array {
    const copy = bytes.slice()
    if (type === "Bytes") return copy
    return type === "Words"
        ? new Uint16Array(copy.buffer)
        : new Int32Array(copy.buffer)
}

function readList(view: DataView, record: KernelRecord): ListValue {
    const length = view.getInt32(0, true)
    const items = Array.from({ length }, (_, index) =>
        readRecord(view, LIST_HEAD_BYTES + index * record.bytes, record)
    )
    return { length, left: view.getInt32(8, true), items }
}

function readRecord(
    view: DataView,
    at: number,
    { fields }: KernelRecord
): RecordValue {
    return Object.fromEntries(
        fields.map(({ name, type, offset }) => [
            name,
            readNumber(view, at + offset, type),
        ])
    )
}

function readNumber(
    view: DataView,
    at: number,
    type: NumberType
): number | boolean {
    switch (type) {
        case "bool":
            return view.getUint8(at) !== 0
        case "i8":
            return view.getInt8(at)
        case "u8":
            return view.getUint8(at)
        case "i16":
            return view.getInt16(at, true)
        case "u16":
            return view.getUint16(at, true)
        case "i32":
            return view.getInt32(at, true)
        case "u32":
            return view.getUint32(at, true)
        case "f32":
            return view.getFloat32(at, true)
    }
}
