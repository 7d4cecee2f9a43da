// SPDX-License-Identifier: MIT
// The emulated core: binding to hooks.c, which drives libunicorn. Nothing is loaded before the first core is made.

import { createRequire } from "node:module"
import type * as Koffi from "koffi"
import { CamscriptError } from "../../protocol/errors.ts"
import { Core, Word } from "./core-state.ts"
import { hookLibrary, unicornMissing } from "./host-library.ts"

/** Of a cam_tally_node_t. */
export const TALLY_NODE_BYTES = 40

/** Accesses of the CPU to addresses that are not memory. */
export interface IoPort {
    read(address: number, bytes: number): number
    write(address: number, bytes: number, value: number): void
}

interface Library {
    readonly open: (
        state: Uint8Array,
        memory: Uint8Array,
        bytes: number,
        read: unknown,
        write: unknown
    ) => unknown
    readonly close: (core: unknown) => void
    readonly map: (
        core: unknown,
        address: number,
        bytes: number,
        from: number,
        writable: number
    ) => number
    readonly mapIo: (core: unknown, address: number, bytes: number) => number
    readonly protect: (core: unknown, page: number, checked: number) => number
    readonly denies: (
        core: unknown,
        address: number,
        bytes: number,
        writes: number,
        privileged: number
    ) => number
    readonly watch: (core: unknown, address: number, on: number) => void
    readonly changed: (core: unknown, address: number, bytes: number) => void
    readonly setFlashAcr: (core: unknown, acr: number) => void
    readonly watchStores: (
        core: unknown,
        address: number,
        bytes: number,
        stored: unknown
    ) => number
    readonly tally: (
        core: unknown,
        functions: Uint32Array | null,
        count: number
    ) => number
    readonly tallyVm: (
        core: unknown,
        vm: Uint32Array,
        places: Uint16Array
    ) => number
    readonly highFp: (core: unknown, words: Uint32Array, write: number) => void
    readonly tallyPassed: (core: unknown, cycles: number, entry: number) => void
    readonly tallyExceptions: (
        core: unknown,
        depth: number,
        exception: number
    ) => void
    readonly tallyNodes: (
        core: unknown,
        nodes: Uint8Array | null,
        room: number
    ) => number
    readonly tallyCounts: (
        core: unknown,
        address: number,
        halfwords: number,
        counts: Uint32Array
    ) => void
    readonly tallyOperations: (
        core: unknown,
        counts: Uint32Array,
        bytes: number
    ) => void
    readonly call: Readonly<Record<Command, (core: unknown) => void>>
    readonly koffi: typeof Koffi
    readonly readType: Koffi.TypeObject
    readonly writeType: Koffi.TypeObject
}

type Command =
    | "run"
    | "reset_cycles"
    | "mpu_changed"
    | "load"
    | "store"
    | "load_fp"
    | "store_fp"
    | "tally_reset"

let loaded: Library | undefined

function library(): Library {
    return (loaded ??= load())
}

function load(): Library {
    const koffi = createRequire(import.meta.url)("koffi") as typeof Koffi
    const file = hookLibrary()
    let native: Koffi.LibraryHandle
    try {
        native = koffi.load(file)
    } catch (error) {
        if (/libunicorn/.test(String(error))) throw unicornMissing()
        throw error
    }
    const readType = koffi.proto(
        "uint32_t cam_mcu_read_t(uint32_t address, uint32_t bytes)"
    )
    const writeType = koffi.proto(
        "void cam_mcu_write_t(uint32_t address, uint32_t bytes, uint32_t value)"
    )
    const command = (name: Command): ((core: unknown) => void) =>
        native.func(`void cam_mcu_${name}(void *mcu)`)
    return {
        koffi,
        readType,
        writeType,
        open: native.func(
            "void *cam_mcu_open(uint8_t *state, uint8_t *memory, uint32_t bytes, cam_mcu_read_t *read, cam_mcu_write_t *write)"
        ),
        close: native.func("void cam_mcu_close(void *mcu)"),
        map: native.func(
            "int cam_mcu_map(void *mcu, uint32_t address, uint32_t bytes, uint32_t from, int writable)"
        ),
        mapIo: native.func(
            "int cam_mcu_map_io(void *mcu, uint32_t address, uint32_t bytes)"
        ),
        protect: native.func(
            "int cam_mcu_protect(void *mcu, uint32_t page, int checked)"
        ),
        denies: native.func(
            "int cam_mcu_denies(void *mcu, uint32_t address, uint32_t bytes, int writes, int privileged)"
        ),
        watch: native.func(
            "void cam_mcu_watch(void *mcu, uint32_t address, int on)"
        ),
        changed: native.func(
            "void cam_mcu_changed(void *mcu, uint32_t address, uint32_t bytes)"
        ),
        setFlashAcr: native.func(
            "void cam_mcu_set_flash_acr(void *mcu, uint32_t acr)"
        ),
        watchStores: native.func(
            "int cam_mcu_watch_stores(void *mcu, uint32_t address, uint32_t bytes, cam_mcu_write_t *stored)"
        ),
        tally: native.func(
            "int cam_mcu_tally(void *mcu, uint32_t *functions, uint32_t count)"
        ),
        tallyVm: native.func(
            "int cam_mcu_tally_vm(void *mcu, uint32_t *vm, uint16_t *places)"
        ),
        highFp: native.func(
            "void cam_mcu_high_fp(void *mcu, _Inout_ uint32_t *words, int write)"
        ),
        tallyPassed: native.func(
            "void cam_mcu_tally_passed(void *mcu, uint32_t cycles, int entry)"
        ),
        tallyExceptions: native.func(
            "void cam_mcu_tally_exceptions(void *mcu, uint32_t depth, uint32_t exception)"
        ),
        tallyNodes: native.func(
            "uint32_t cam_mcu_tally_nodes(void *mcu, _Out_ uint8_t *nodes, uint32_t room)"
        ),
        tallyCounts: native.func(
            "void cam_mcu_tally_counts(void *mcu, uint32_t address, uint32_t halfwords, _Out_ uint32_t *counts)"
        ),
        tallyOperations: native.func(
            "void cam_mcu_tally_operations(void *mcu, _Out_ uint32_t *counts, uint32_t bytes)"
        ),
        call: {
            run: command("run"),
            reset_cycles: command("reset_cycles"),
            mpu_changed: command("mpu_changed"),
            load: command("load"),
            store: command("store"),
            load_fp: command("load_fp"),
            store_fp: command("store_fp"),
            tally_reset: command("tally_reset"),
        },
    }
}

/** One Cortex-M4 in Unicorn, without exceptions, time or peripherals. */
export class CpuCore {
    /** The shared words, see core-state.ts. */
    readonly words: Uint32Array
    /** The same, signed: the budget. */
    readonly signed: Int32Array
    /** s0 to s15 and FPSCR after `loadFp`, before `storeFp`. */
    readonly fpRegisters: Uint32Array
    private readonly registers: Uint32Array
    private fetched = false
    private modified = false
    private readonly callbacks: bigint[]
    private core: unknown
    private failure: unknown

    /**
     * @param memory the MCU's memories, indexed by its addresses; its buffer never moves (WebAssembly.Memory)
     * @throws CamscriptError when libunicorn2 or a C compiler is missing
     */
    constructor(memory: Uint8Array, io: IoPort) {
        const { koffi, open, readType, writeType } = library()
        // The buffer of a WebAssembly.Memory stays where it is as long as somebody holds it.
        const shared = new WebAssembly.Memory({ initial: 1, maximum: 1 }).buffer
        this.words = new Uint32Array(shared, 0, Word.COUNT)
        this.signed = new Int32Array(shared, 0, Word.COUNT)
        this.registers = this.words.subarray(Word.CORE, Word.FP)
        this.fpRegisters = this.words.subarray(Word.FP, Word.STOP_NEXT)
        const read = koffi.register((address: number, bytes: number) => {
            try {
                return io.read(address, bytes)
            } catch (error) {
                this.fail(error)
                return 0
            }
        }, koffi.pointer(readType))
        const write = koffi.register(
            (address: number, bytes: number, value: number) => {
                try {
                    io.write(address, bytes, value)
                } catch (error) {
                    this.fail(error)
                }
            },
            koffi.pointer(writeType)
        )
        this.callbacks = [read, write]
        this.core = open(
            new Uint8Array(shared),
            memory,
            memory.length,
            read,
            write
        )
        if (this.core === null)
            throw new CamscriptError(
                "libunicorn has no Cortex-M4: the emulated board needs Unicorn 2.0.1 or later"
            )
    }

    /** Map `bytes` of memory from index `from` on at an MCU address; multiples of 1 KB. */
    map(address: number, bytes: number, from: number, writable: boolean): void {
        check(
            library().map(this.core, address, bytes, from, writable ? 1 : 0),
            `map ${bytes} bytes at 0x${address.toString(16)}`
        )
    }

    /** Send accesses to a range to the IoPort; multiples of 1 KB. */
    mapIo(address: number, bytes: number): void {
        check(
            library().mapIo(this.core, address, bytes),
            `map registers at 0x${address.toString(16)}`
        )
    }

    /** Check privileged accesses to a page of 1 KB of RAM against the MPU, too, or no longer. */
    protect(page: number, checked: boolean): void {
        check(
            library().protect(this.core, page, checked ? 1 : 0),
            `protect the page at 0x${page.toString(16)}`
        )
    }

    /** The MPU's registers were written: Word.MPU. */
    mpuChanged(): void {
        library().call.mpu_changed(this.core)
    }

    /** Whether the MPU denies a load or a store, if it is in force. */
    denies(
        address: number,
        bytes: number,
        writes: boolean,
        privileged: boolean
    ): boolean {
        const denied = library().denies(
            this.core,
            address,
            bytes,
            writes ? 1 : 0,
            privileged ? 1 : 0
        )
        return denied !== 0
    }

    /** Stop before the instruction at an address, or no longer. */
    watch(address: number, on: boolean): void {
        library().watch(this.core, address, on ? 1 : 0)
    }

    /** Memory that may hold code was changed from outside. */
    changed(address: number, bytes: number): void {
        library().changed(this.core, address, bytes)
    }

    /** FLASH_ACR was written: wait states, prefetch, caches. */
    setFlashAcr(acr: number): void {
        library().setFlashAcr(this.core, acr)
    }

    /** The core was reset: pipeline and caches are empty, FLASH_ACR is 0. */
    resetCycles(): void {
        library().call.reset_cycles(this.core)
    }

    /**
     * Run from the PC until words[Word.STOP] says why not.
     * @throws what an IoPort threw
     */
    run(): void {
        if (this.modified) library().call.store(this.core)
        this.fetched = this.modified = false
        library().call.run(this.core)
        if (this.failure === undefined) return
        const error = this.failure
        this.failure = undefined
        throw error
    }

    /** The CPU's registers, to be read; indices: Core. */
    current(): Uint32Array {
        if (!this.fetched) library().call.load(this.core)
        this.fetched = true
        return this.registers
    }

    /** `change` was called since the last `run`. */
    get isModified(): boolean {
        return this.modified
    }

    /** The CPU's registers, to be changed; `run` starts with them. Mode and stack follow XPSR and CONTROL. */
    change(): Uint32Array {
        this.modified = true
        return this.current()
    }

    loadFp(): void {
        library().call.load_fp(this.core)
    }

    storeFp(): void {
        library().call.store_fp(this.core)
    }

    /** s16 to s31. */
    readHighFp(): Uint32Array {
        const words = new Uint32Array(16)
        library().highFp(this.core, words, 0)
        return words
    }

    writeHighFp(words: Uint32Array): void {
        library().highFp(this.core, words, 1)
    }

    /**
     * Call `stored` for each store of the program that reaches into these bytes of RAM, before it is done. At most one range.
     */
    watchStores(
        address: number,
        bytes: number,
        stored: (address: number, bytes: number, value: number) => void
    ): void {
        const { koffi, writeType, watchStores } = library()
        const callback = koffi.register(
            (at: number, width: number, value: number) => {
                try {
                    stored(at, width, value)
                } catch (error) {
                    this.fail(error)
                }
            },
            koffi.pointer(writeType)
        )
        this.callbacks.push(callback)
        check(
            watchStores(this.core, address, bytes, callback),
            `watch ${bytes} bytes at 0x${address.toString(16)}`
        )
    }

    /**
     * Keep a tally of what is executed with Flag.TALLIED; before the first run.
     * @param functions begin and end of each, by address; null: counts by address only
     */
    startTally(functions: Uint32Array | null): void {
        const count = (functions?.length ?? 0) / 2
        const done = library().tally(this.core, functions, count)
        if (done === 0) throw noMemory()
    }

    /**
     * Look at the DeviceScript VM as well.
     * @param vm cam_tally_vm_t
     * @param places of each byte of the bytecode
     */
    tallyVm(vm: Uint32Array, places: Uint16Array): void {
        if (library().tallyVm(this.core, vm, places) === 0) throw noMemory()
    }

    /** Cycles in which nothing is executed. @param entry they are those of an exception's entry or return */
    tallyPassed(cycles: number, entry: boolean): void {
        library().tallyPassed(this.core, cycles, entry ? 1 : 0)
    }

    /** So many exceptions are active, and which is the innermost. */
    tallyExceptions(depth: number, exception: number): void {
        library().tallyExceptions(this.core, depth, exception)
    }

    /** Nobody called what runs next. */
    resetTally(): void {
        library().call.tally_reset(this.core)
    }

    /** All of cam_tally_node_t, one after the other. */
    tallyNodes(): DataView {
        const count = library().tallyNodes(this.core, new Uint8Array(0), 0)
        const bytes = new Uint8Array(count * TALLY_NODE_BYTES)
        library().tallyNodes(this.core, bytes, count)
        return new DataView(bytes.buffer)
    }

    /** Of each halfword of code how often it was begun, and how often what came next was not behind it. */
    tallyCounts(address: number, bytes: number): Uint32Array {
        const counts = new Uint32Array(bytes)
        library().tallyCounts(this.core, address, bytes >> 1, counts)
        return counts
    }

    /** Of each byte of the bytecode how often an operation began there. */
    tallyOperations(bytes: number): Uint32Array {
        const counts = new Uint32Array(bytes)
        library().tallyOperations(this.core, counts, bytes)
        return counts
    }

    /** Free the core. Nothing may be called afterwards. */
    close(): void {
        if (this.core === undefined) return
        const { close, koffi } = library()
        close(this.core)
        for (const callback of this.callbacks) koffi.unregister(callback)
        this.core = undefined
    }

    /** An error must not cross the C code between here and `run`: it waits there. */
    private fail(error: unknown): void {
        this.failure ??= error
        this.words[Word.STOP_NEXT] = 1
    }
}

/** A register of the CPU by its name in the manual. */
export function registerIndex(name: string): number | undefined {
    const upper = name.toUpperCase()
    const numbered = /^R(1[0-5]|[0-9])$/.exec(upper)
    if (numbered) return Number(numbered[1])
    const index = (Core as unknown as Record<string, unknown>)[upper]
    return typeof index === "number" ? index : undefined
}

function check(error: number, what: string): void {
    if (error !== 0)
        throw new CamscriptError(
            `Unicorn refuses to ${what} (error ${error}): regions must be multiples of 1 KB and must not overlap`
        )
}

function noMemory(): CamscriptError {
    return new CamscriptError(
        "a tally of the emulated core needs some 20 MB of memory, and this computer has none left"
    )
}
