// SPDX-License-Identifier: MIT
// The DeviceScript VM: taken out of npm @devicescript/cli, checked, and set up for a board.

import { createHash } from "node:crypto"
import {
    mkdirSync,
    readFileSync,
    renameSync,
    statSync,
    writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { CamscriptError } from "../../protocol/errors.ts"
import { cacheFolder } from "../paths.ts"
import { CLI_VERSION, findCli } from "../devicescript/devicescript-cli.ts"
import { withOperationCounts } from "./operation-counts.ts"
import { findBytes, i32Const, WasmBinary } from "./wasm-binary.ts"

/** sha256 of the VM inside @devicescript/cli 2.16.4, 260,212 bytes. Offsets used by virtual-machine.ts hold for it only. */
export const VM_SHA256 =
    "a56742b09dd4bfe278815676ac94231ed4f8995cee6260818f5d758d8ab6ee1d"

export const GC_HEAP_MIN_BYTES = 4096
/** Up to where the constant in devs_gc_create keeps its three bytes of LEB128. */
export const GC_HEAP_MAX_BYTES = 1_048_576 - 32

/** VM functions that the host calls and that the stock VM does not export. */
const HOST_CALLS = [
    "devs_arg_int",
    "devs_buffer_data",
    "devs_buffer_is_writable",
    "devs_bufferish_data",
    "devs_dump_heap",
    "devs_gc",
    "devs_object_get_built_in_field",
    "devs_ret_int",
    "devs_string_get_utf8",
    "devsmgr_get_ctx",
]

/** `DeviceScript._i2cTransaction`, which the stock wasm VM only refuses. */
const I2C_FUNCTION = "fun3_DeviceScript__i2cTransaction"
/** `DeviceScript.print`: console.log and its kin. */
const PRINT_FUNCTION = "fun2_DeviceScript_print"

/** `DeviceScript.format`: template strings. */
const FORMAT_FUNCTION = "funX_DeviceScript_format"

/** devs_gc_create: jd_alloc(65536 + 24), then devs_gc_add_chunk(gc, gc + 24, 65536). */
const GC_CREATE_BODY = "01017f41988004101f2200200041186a4180800410840120000b"
const GC_ALLOC_AT = 3
const GC_CHUNK_AT = 16
const GC_HEADER_BYTES = 24

export interface VmSettings {
    /** What `archId` reads in the program; four letters or digits, not "wasm". */
    readonly archId: string
    /** Garbage-collected heap, bytes, a multiple of 8. */
    readonly gcHeapBytes: number
    /** Count operations and allocations by place in the bytecode, too: some per cent slower. */
    readonly byPlace?: boolean
}

export interface VmImage {
    readonly module: WebAssembly.Module
    /** Slot of `DeviceScript._i2cTransaction` in the function table. */
    readonly i2cSlot: number
    /** Slot of `DeviceScript.print`. */
    readonly printSlot: number
    /** Slot of `DeviceScript.format`. */
    readonly formatSlot: number
}

const images = new Map<string, VmImage>()

/**
 * The VM for a board, compiled once per process and setting.
 * @throws CamscriptError when @devicescript/cli is missing or another version
 */
export function vmImage(settings: VmSettings): VmImage {
    const { archId, gcHeapBytes, byPlace = false } = settings
    const key = `${archId} ${gcHeapBytes} ${byPlace}`
    let image = images.get(key)
    if (image === undefined) {
        const patched = patchVm(stockVm(), settings)
        const slotOf = (name: string) =>
            patched.tableSlot(patched.functionIndex(name))
        image = {
            module: new WebAssembly.Module(patched.bytes as BufferSource),
            i2cSlot: slotOf(I2C_FUNCTION),
            printSlot: slotOf(PRINT_FUNCTION),
            formatSlot: slotOf(FORMAT_FUNCTION),
        }
        images.set(key, image)
    }
    return image
}

/**
 * Set archId and heap, count operations, and export what the host calls.
 * @throws RangeError for a setting out of range
 * @throws CamscriptError when the VM does not read as expected
 */
export function patchVm(
    stock: Uint8Array,
    { archId, gcHeapBytes, byPlace }: VmSettings
): WasmBinary {
    if (!/^[a-z0-9]{4}$/.test(archId) || archId === "wasm")
        throw new RangeError(
            `archId "${archId}" is not four lower-case letters or digits other than "wasm"`
        )
    if (
        gcHeapBytes % 8 !== 0 ||
        gcHeapBytes < GC_HEAP_MIN_BYTES ||
        gcHeapBytes > GC_HEAP_MAX_BYTES
    )
        throw new RangeError(
            `GC heap of ${gcHeapBytes} bytes: not a multiple of 8 in ${GC_HEAP_MIN_BYTES}..${GC_HEAP_MAX_BYTES}`
        )
    const binary = new WasmBinary(stock)
    return withOperationCounts(
        withGcHeap(withArchId(binary, archId), gcHeapBytes),
        byPlace
    ).withExports(HOST_CALLS)
}

/**
 * Refuse another VM than the one the host was made for.
 * @throws CamscriptError with the found and the expected version
 */
export function checkVm(wasm: Uint8Array, foundIn: string): void {
    const found = createHash("sha256").update(wasm).digest("hex")
    if (found !== VM_SHA256)
        throw new CamscriptError(
            `the DeviceScript VM in ${foundIn} has sha256 ${found}, ` +
                `camscript needs the one of @devicescript/cli ${CLI_VERSION}, sha256 ${VM_SHA256}: ` +
                `run "npm ci", which installs what package-lock.json says.`
        )
}

/** isSimulator() is true for archId "wasm": the second of two equal strings is the VM's answer. */
export function withArchId(binary: WasmBinary, archId: string): WasmBinary {
    const found = findBytes(
        binary.bytes,
        binary.data(),
        Buffer.from("\0wasm\0wasm\0")
    )
    if (found.length !== 1)
        throw unexpectedVm(
            `"wasm" "wasm" ${found.length} times in its data, expected once`
        )
    return binary.withBytes(found[0]! + "\0wasm\0".length, Buffer.from(archId))
}

function withGcHeap(binary: WasmBinary, gcHeapBytes: number): WasmBinary {
    const body = binary.functionBody(binary.functionIndex("devs_gc_create"))
    const found = Buffer.from(
        binary.bytes.subarray(body.start, body.end)
    ).toString("hex")
    if (found !== GC_CREATE_BODY)
        throw unexpectedVm(
            `devs_gc_create ${found}, expected ${GC_CREATE_BODY}`
        )
    return binary
        .withBytes(
            body.start + GC_ALLOC_AT,
            i32Const(gcHeapBytes + GC_HEADER_BYTES, 3)
        )
        .withBytes(body.start + GC_CHUNK_AT, i32Const(gcHeapBytes, 3))
}

function unexpectedVm(what: string): CamscriptError {
    return new CamscriptError(
        `the DeviceScript VM cannot be set up for the board: it has ${what}.`
    )
}

/** The VM as it is in the package; a copy is kept, because the package's file has 28 MB. */
export function stockVm(): Uint8Array {
    const { bundle } = findCli()
    const { size, mtimeMs } = statSync(bundle)
    const cached = join(
        cacheFolder,
        `devicescript-vm-${CLI_VERSION}-${size}-${Math.trunc(mtimeMs)}.wasm`
    )
    const kept = readIfThere(cached)
    if (
        kept !== undefined &&
        createHash("sha256").update(kept).digest("hex") === VM_SHA256
    )
        return kept
    const wasm = extractVm(readFileSync(bundle))
    checkVm(wasm, bundle)
    mkdirSync(cacheFolder, { recursive: true })
    writeFileSync(`${cached}.${process.pid}`, wasm)
    renameSync(`${cached}.${process.pid}`, cached)
    return wasm
}

/**
 * The VM is a data URL in the bundle's text.
 * @throws CamscriptError when there is none
 */
export function extractVm(bundle: Buffer): Uint8Array {
    const prefix = "data:application/octet-stream;base64,"
    const at = bundle.indexOf(`${prefix}AGFzbQ`) // "\0asm"
    if (at < 0)
        throw new CamscriptError(
            `@devicescript/cli holds no WebAssembly VM; camscript needs version ${CLI_VERSION}: run "npm ci".`
        )
    const start = at + prefix.length
    const end = bundle.indexOf('"', start)
    const base64 = bundle.toString("latin1", start, end)
    return new Uint8Array(Buffer.from(base64, "base64"))
}

function readIfThere(file: string): Uint8Array | undefined {
    try {
        return readFileSync(file)
    } catch {
        return undefined
    }
}
