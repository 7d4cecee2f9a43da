// SPDX-License-Identifier: MIT
// The DeviceScript VM in virtual time: runs one program, with an I2C call, a Jacdac line and a console.
//
// Its running time is charged by what it does, at the rates of a board. Not modelled: flash settings (always empty at
// boot), sockets, and a restart of the chip (ds.reboot ends the simulation).

import type { VmCycles, VmWork } from "../../boards/vm-cycles.ts"
import { ProgramError } from "../../protocol/errors.ts"
import {
    i2cCall,
    nativeFunction,
    type I2cTransfer,
} from "../../toolchain/vm/i2c-call.ts"
import {
    complaintError,
    programError,
    readHeapStatistics,
    vmError,
    type HeapUse,
} from "./program-failure.ts"
import type { Program } from "../../toolchain/devicescript/program.ts"
import {
    BYTES_BY_PLACE,
    COUNTS_BY_PLACE,
    PLACES,
    TURN_OVER,
} from "../../toolchain/vm/operation-counts.ts"
import { vmImage, type VmImage } from "../../toolchain/vm/vm-image.ts"
import {
    CONSOLE_MARKS,
    CONTEXT_EXCEPTION,
    CONTEXT_HEAP,
    FIELD_MESSAGE,
    FRAME_MAX_BYTES,
    jacdacFrameBytes,
    RANDOM_STATE,
    RandomBytes,
    VM_TURN_US,
    vmImports,
    type VmExports,
    type VmHost,
} from "../../toolchain/vm/vm-interface.ts"
import { PANIC_LINE } from "./vm-watch.ts"
import { cyclesOf, WorkCounter } from "./work-counter.ts"

/** The CPU that the VM runs on. */
export interface VmCpu {
    readonly hclkHz: number
    readonly cycles: VmCycles
    /** Let virtual time pass, ns: the VM has computed so long. Called from within calls of the VM too. */
    spend(ns: number): void
}

/** By the byte of the bytecode that an operation begins at. */
export interface VmWorkByPlace {
    readonly operations: Uint32Array
    /** That it asked of the garbage-collected heap, bytes. */
    readonly allocatedBytes: Uint32Array
}

export interface VirtualMachineOptions {
    readonly program: Program
    /** What the program's archId ends with; its last four letters or digits are used. */
    readonly archId: string
    /** Garbage-collected heap, bytes, a multiple of 8. */
    readonly gcHeapBytes: number
    /** Of the VM's random numbers. */
    readonly seed: number
    /** Virtual time since boot, us, never going back. */
    readonly nowUs: () => number
    /** Left out: the VM's work takes no time. */
    readonly cpu?: VmCpu
    /** One line of console output; console.warn, error and debug are marked as such. At most 296 bytes, the VM cuts the rest. */
    readonly onConsole: (line: string) => void
    /** A Jacdac frame that the VM sends. */
    readonly onSend: (frame: Uint8Array) => void
    readonly i2c: I2cTransfer
    /** The program calls the I2C bus: the address of the VM's context. */
    readonly onBusCall?: (context: number) => void
    /** The program ended; after ds.restart() it starts again 1 s later. Called from within `process`. */
    readonly onProgramEnd?: () => void
    /** Count operations and allocations by place in the bytecode. */
    readonly byPlace?: boolean | undefined
    /** Of the VM on its Jacdac line, two words, the second below 0x80000000; needed when several VMs share a line. */
    readonly deviceId?: readonly [number, number]
}

/** Two words of device id: the second has to stay below 0x80000000, the VM extends its sign. */
const DEVICE_ID = [0x43_41_4d_31, 0x56_4d_30_31] as const
const SCRATCH_BYTES = 32

/** ds.restart() tells its host this. */
const PANIC_NONE = 0
const PANIC_RESTART = 60000

/** Replies to replies at one instant: more than any protocol needs, a fraction of a second of real time. */
const CALLS_PER_INSTANT = 1000
/** The VM looks at the clock some four times whenever a fiber runs. */
const CLOCK_READS_PER_INSTANT = 400_000

/** One VM with one program. Errors end it: afterwards every call throws the same error. */
export class VirtualMachine {
    private readonly vm: VmExports
    /** The VM's memory, by its addresses. */
    readonly bytes: Uint8Array
    private readonly words: DataView
    private readonly frame: number
    private readonly scratch: number
    private readonly random: RandomBytes
    /** What the VM itself printed in this call. */
    private lines: string[] = []
    private printing = false
    private moreToDo = false
    private failure: Error | undefined
    private clockReads = 0
    private clockReadUs = -1
    private readonly counter: WorkCounter
    private chargedNs = 0
    private turnEndUs = Infinity

    constructor(private readonly options: VirtualMachineOptions) {
        const image = vmImage({
            archId: options.archId.slice(-4),
            gcHeapBytes: options.gcHeapBytes,
            byPlace: options.byPlace ?? false,
        })
        this.random = new RandomBytes(options.seed)
        const { exports } = new WebAssembly.Instance(
            image.module,
            vmImports(this.host())
        )
        this.vm = exports as unknown as VmExports
        this.bytes = new Uint8Array(this.vm.memory.buffer)
        this.words = new DataView(this.vm.memory.buffer)
        this.counter = new WorkCounter(this.vm.memory)
        this.vm.__wasm_call_ctors()
        this.random.fill(this.bytes.subarray(RANDOM_STATE, RANDOM_STATE + 4))
        this.frame = this.vm.malloc(FRAME_MAX_BYTES)
        this.scratch = this.vm.malloc(SCRATCH_BYTES)
        this.hookTable(image)
    }

    /**
     * Boot and load the program. It starts when `process` is called 1 ms later or more.
     * @throws ProgramError when the VM refuses the bytecode
     */
    start(): void {
        const { program, deviceId = DEVICE_ID } = this.options
        const { bytecode, name } = program
        this.run(() => {
            this.vm.jd_em_set_device_id_2x_i32(...deviceId)
            this.vm.jd_em_init()
            this.vm.jd_em_process()
            const address = this.vm.malloc(bytecode.length)
            this.bytes.set(bytecode, address)
            const status = this.vm.jd_em_devs_deploy(address, bytecode.length)
            this.vm.free(address)
            if (status !== 0)
                throw new ProgramError(
                    `${name}: the DeviceScript VM refuses the program, status ${status}.`
                )
        })
    }

    /**
     * A turn: let the VM do all it can do now: received frames, due timers, handlers, frames to send.
     *
     * One call of the VM takes all received frames and runs all fibers that are due; answers that arrive while it runs
     * need another, so that it is called until nothing arrives, or until VM_TURN_US have passed. Idle: one call.
     * @returns false when it left something for the next turn
     * @throws ProgramError when the program throws, panics or never pauses; whatever `i2c` and `onSend` throw
     */
    process(): boolean {
        const endUs = this.options.nowUs() + VM_TURN_US
        return this.run(() => {
            for (let call = 0; call < CALLS_PER_INSTANT; call++) {
                this.processOnce()
                if (!this.moreToDo || this.failure !== undefined) return true
                if (this.options.nowUs() >= endUs) return false
            }
            return true
        })
    }

    /** The same as vm_process() of firmware/vm/vm.c. */
    private processOnce(): void {
        this.moreToDo = false
        this.counter.add("turn")
        this.turnEndUs = this.options.nowUs() + VM_TURN_US
        this.bytes[TURN_OVER] = 0
        this.vm.jd_em_process()
        this.charge()
    }

    /** What the VM has done since it was made; its numbers grow on. */
    get work(): VmWork {
        return this.counter.work()
    }

    /**
     * What was done at each place of the bytecode; with option `byPlace` only, else zeros. The place is the byte that the
     * operation begins at.
     */
    byPlace(): VmWorkByPlace {
        const words = (address: number): Uint32Array =>
            // The VM knows the byte behind the operation's code.
            new Uint32Array(this.vm.memory.buffer, address + 4, PLACES - 1)
        return {
            operations: words(COUNTS_BY_PLACE),
            allocatedBytes: words(BYTES_BY_PLACE),
        }
    }

    /** Let the time pass that the work since the last charge takes. */
    private charge(): void {
        const { cpu } = this.options
        if (cpu === undefined) return
        const totalNs = Math.round(
            (cyclesOf(this.counter.work(), cpu.cycles) * 1e9) / cpu.hclkHz
        )
        const ns = totalNs - this.chargedNs
        this.chargedNs = totalNs
        if (ns > 0) cpu.spend(ns)
    }

    /**
     * A Jacdac frame arrives; `process` handles it. May be called from within `i2c` and `onSend`.
     * @returns false when the receive queue (2,048 bytes) is full: try again after `process`
     * @throws RangeError when the frame is not one: length or checksum
     */
    receive(frame: Uint8Array): boolean {
        if (this.failure !== undefined) throw this.failure
        const size = jacdacFrameBytes(frame)
        this.bytes.set(frame.subarray(0, size), this.frame)
        const linesBefore = this.lines.length
        const status = this.vm.jd_em_frame_received(this.frame)
        // A full queue has the same status -2 at times, but prints nothing.
        if (status !== 0 && this.lines.length > linesBefore) {
            this.lines.length = linesBefore
            this.failure = undefined
            throw new RangeError("Jacdac frame with a wrong checksum")
        }
        if (status !== 0) return false
        this.moreToDo = true
        this.counter.add("packet")
        return true
    }

    /** Collect garbage and measure the heap; undefined while no program runs. Not from within a call of the VM. */
    measureHeap(): HeapUse | undefined {
        return this.run(() => {
            const context = this.vm.devsmgr_get_ctx()
            if (context === 0) return undefined
            this.vm.devs_gc(this.words.getUint32(context + CONTEXT_HEAP, true))
            this.lines = []
            this.vm.devs_dump_heap(context, -1, 0)
            return readHeapStatistics(this.lines.join("\n"))
        })
    }

    /** Call the VM and throw afterwards what went wrong inside. */
    private run<T>(action: () => T): T {
        if (this.failure !== undefined) throw this.failure
        this.lines = []
        try {
            const result = action()
            if (this.failure === undefined) return result
        } catch (error) {
            this.failure ??= this.explain(error)
        }
        throw this.failure
    }

    /** WebAssembly traps come as RuntimeError, which would show our internals; other errors are somebody's own. */
    private explain(error: unknown): Error {
        if (error instanceof WebAssembly.RuntimeError)
            return vmError(this.options.program, error.message, this.lines)
        return error instanceof Error ? error : new Error(String(error))
    }

    private hookTable(image: VmImage): void {
        const table = this.vm.__indirect_function_table
        const { i2c, onBusCall } = this.options
        const chargedI2c: I2cTransfer = (address, write, read) => {
            this.counter.add("i2cCall")
            this.counter.add("i2cByte", write.length + read.length)
            this.charge()
            return i2c(address, write, read)
        }
        table.set(
            image.i2cSlot,
            i2cCall(this.vm, this.scratch, chargedI2c, onBusCall)
        )
        // Only by the caller can a line of the program be told from one of the VM's own with the same mark.
        const print = table.get(image.printSlot) as (context: number) => void
        const printByProgram = (context: number): void => {
            this.printing = true
            print(context)
            this.printing = false
        }
        table.set(image.printSlot, nativeFunction(printByProgram))
        const format = table.get(image.formatSlot) as (context: number) => void
        const countedFormat = (context: number): void => {
            this.counter.add("format")
            format(context)
        }
        table.set(image.formatSlot, nativeFunction(countedFormat))
    }

    private host(): VmHost {
        return {
            timeMs: () => this.timeMs(),
            printed: text => this.printed(this.textAt(text)),
            sent: frame => this.sent(frame),
            fillRandom: (out, bytes) =>
                this.random.fill(this.bytes.subarray(out, out + bytes)),
            panicked: code => this.panicked(code),
            copy: (to, from, bytes) => {
                this.bytes.copyWithin(to, from, from + bytes)
            },
            stopped: reason => {
                throw vmError(this.options.program, reason, this.lines)
            },
        }
    }

    /** The VM's clock has fractions of milliseconds. */
    private timeMs(): number {
        this.charge()
        const nowUs = this.options.nowUs()
        if (nowUs >= this.turnEndUs) {
            this.bytes[TURN_OVER] = 1
            this.moreToDo = true
        }
        if (nowUs !== this.clockReadUs) {
            this.clockReadUs = nowUs
            this.clockReads = 0
        }
        // A fiber that is due again at once is run again at once, inside the VM: only from here can that be ended.
        if (++this.clockReads > CLOCK_READS_PER_INSTANT)
            throw new ProgramError(
                `${this.options.program.name}: the program goes on for ever at one instant: ` +
                    `a loop pauses with ds.sleep(0), which lets no time pass; use ds.sleep(1) or more.`
            )
        return nowUs / 1000
    }

    private textAt(address: number): string {
        const end = this.bytes.indexOf(0, address)
        return Buffer.from(this.bytes.buffer, address, end - address).toString(
            "utf8"
        )
    }

    private printed(line: string): void {
        if (this.printing) {
            const mark = CONSOLE_MARKS[line[0]!] ?? ""
            this.charge()
            this.options.onConsole(mark + line.slice(2))
            return
        }
        this.lines.push(line)
        if (line.startsWith("!") && !PANIC_LINE.test(line))
            this.failure ??= complaintError(this.options.program, line)
    }

    private sent(address: number): void {
        const frame = this.bytes.subarray(address, address + FRAME_MAX_BYTES)
        // The VM also hears itself: its own services may have something to answer.
        this.moreToDo = true
        this.charge()
        this.options.onSend(frame.slice(0, jacdacFrameBytes(frame)))
    }

    private panicked(code: number): void {
        this.options.onProgramEnd?.()
        if (code === PANIC_NONE || code === PANIC_RESTART) return
        const { program, gcHeapBytes } = this.options
        const message = this.exceptionMessage()
        this.failure ??= programError({
            program,
            code,
            gcHeapBytes,
            lines: this.lines,
            message,
        })
    }

    /** The whole message of the exception in flight: the VM prints only its first 286 bytes. */
    private exceptionMessage(): string | undefined {
        const context = this.vm.devsmgr_get_ctx()
        if (context === 0) return undefined
        const [object, field] = [this.scratch, this.scratch + 8]
        this.words.setBigUint64(
            object,
            this.words.getBigUint64(context + CONTEXT_EXCEPTION, true),
            true
        )
        this.vm.devs_object_get_built_in_field(
            field,
            context,
            object,
            FIELD_MESSAGE
        )
        const text = this.vm.devs_string_get_utf8(context, field, object)
        if (text === 0) return undefined
        return Buffer.from(
            this.bytes.buffer,
            text,
            this.words.getUint32(object, true)
        ).toString("utf8")
    }
}
