// SPDX-License-Identifier: MIT
// The firmware's link and slots as wasm on the chip's models: USART2, DMA1, NVIC and flash in virtual time.

import { readBoard, type BoardFile } from "../../../../boards/board-file.ts"
import { Clock } from "../../../../sim/clock.ts"
import { Rules } from "../../../../sim/rules.ts"
import { Stm32F4 } from "../../../../sim/stm32/chip.ts"
import { RegisterLog } from "../../../../sim/trace/register-log.ts"
import type { ByteStream } from "../../../../host/link/link-client.ts"
import type { Timer } from "../../../../host/link/timer.ts"
import { MessageType } from "../../../../protocol/link/wire.ts"
import {
    compileFirmware,
    mcuMemory,
    SCRATCH,
    startFirmware,
    type FirmwareExports,
} from "../slots/firmware-wasm.ts"
import { VM_ID } from "../slots/slots-rig.ts"

const FLASH = 0x08000000
const AREAS = [0x08040000, 0x20000, 0x08060000, 0x20000]
const ARGUMENT = SCRATCH + 0x100
const NAME = SCRATCH + 0x200
const SLOT = SCRATCH + 0x400
const TEXT = SCRATCH + 0x1000
const FRAME = SCRATCH + 0x2000
/** HCLK cycles of a register access with the code around it, as in the simulator. */
const ACCESS_CYCLES = 4
/** The main loop comes round at least so often. */
const POLL_NS = 1_000_000

const RCC_AHB1ENR = 0x40023830
const GPIOA = 0x40020000

export class ChipRig implements ByteStream {
    readonly clock = new Clock()
    readonly memory = mcuMemory()
    readonly bytes = new Uint8Array(this.memory.buffer)
    readonly view = new DataView(this.memory.buffer)
    readonly chip: Stm32F4
    readonly board: BoardFile
    exports!: FirmwareExports
    onBytes: ((bytes: Uint8Array) => void) | undefined
    /** Everything that the board sent, and when its last byte ended. */
    readonly sent: number[] = []
    sentNs = 0
    /** Jacdac frames that the VM got. */
    readonly jacdac: Uint8Array[] = []
    vmAccepts = true
    /** What the link told its port. */
    readonly calls: string[] = []
    /** What was on the wire when the board restarted. */
    lastByteAtReset: number | undefined
    /** Interrupts served, by number. */
    readonly interrupts = new Map<number, number>()
    /** Handlers besides the link's, by interrupt number. */
    readonly handlers = new Map<number, () => void>()
    /** The program got a frame: addresses of its descriptor and its pixels. */
    frameDelivered: (descriptor: number, pixels: number) => void = () => {}
    /** Bytes on the way to the board pass here: a test may damage them. */
    damage: (bytes: Uint8Array) => Uint8Array = bytes => bytes
    /** Time-outs for a client, in virtual time. */
    readonly timer: Timer = {
        after: (ms, callback) => {
            const timer = this.clock.after(ms * 1e6, callback)
            return () => this.clock.cancel(timer)
        },
    }
    private readonly accessNs: number
    private incoming: number[] = []

    private constructor(
        private readonly module: WebAssembly.Module,
        board: string
    ) {
        this.board = readBoard(board)
        this.accessNs = Math.round((ACCESS_CYCLES * 1e9) / this.board.hclkHz)
        const now = (): number => this.clock.nowNs
        this.chip = new Stm32F4({
            board: this.board,
            clock: this.clock,
            rules: new Rules(now),
            log: new RegisterLog(now),
            memory: this.bytes,
        })
        this.chip.flash.blank()
        this.chip.usart(2).onTransmit = (byte, timeNs) => {
            this.sent.push(byte)
            this.sentNs = timeNs
            this.incoming.push(byte)
        }
        this.boot()
    }

    static async create(board = "nucleo-f446re"): Promise<ChipRig> {
        return new ChipRig(await compileFirmware(), board)
    }

    /** Start the firmware: pins, slots, link. */
    boot(): void {
        this.exports = startFirmware(this.module, this.memory, {
            read32: address => this.read32(address),
            write32: (address, value) => this.write32(address, value),
            waitSet: (address, mask, us) =>
                this.waitFor(address, us, value => (value & mask) !== 0),
            waitClear: (address, mask, us) =>
                this.waitFor(address, us, value => (value & mask) === 0),
            delayUs: us => this.advance(this.clock.nowNs + us * 1000),
            irqSave: () => {
                const before = this.chip.nvic.masked
                this.chip.nvic.masked = true
                return before ? 1 : 0
            },
            irqRestore: state => {
                this.chip.nvic.masked = state !== 0
                this.dispatch()
            },
            nowUs: () => Math.floor(this.clock.nowNs / 1000) >>> 0,
            vmReceive: frame => {
                if (this.vmAccepts) this.jacdac.push(frame)
                return this.vmAccepts
            },
            frameDelivered: (descriptor, pixels) =>
                this.frameDelivered(descriptor, pixels),
            updateBegins: () => this.calls.push("begins"),
            updateEnded: committed => this.calls.push(`ended ${committed}`),
            reset: () => {
                this.calls.push("reset")
                this.lastByteAtReset = this.sent.at(-1)
            },
        })
        this.setPins()
        AREAS.forEach((word, i) =>
            this.view.setUint32(ARGUMENT + 4 * i, word, true)
        )
        this.exports.cam_slots_init(ARGUMENT, VM_ID)
        const { address, bytes } = this.board.frameMemory
        this.exports.cam_slots_set_memory(address, bytes)
        this.exports.cam_slots_choose(SLOT)
        this.writeText(NAME, this.board.name)
        this.exports.cam_link_init(this.board.pclk1Hz, NAME)
    }

    /** ByteStream: bytes of the host, at the baud rate. */
    send(bytes: Uint8Array): void {
        this.chip.usart(2).receive(this.damage(bytes))
    }

    log(kind: number, text: string): void {
        this.writeText(TEXT, text)
        this.exports.cam_link_log(kind, TEXT)
    }

    sendJacdac(frame: Uint8Array): void {
        this.bytes.set(frame, FRAME)
        this.exports.cam_link_send_jacdac(FRAME)
    }

    /** A JACDAC message of the host, without the line's time. */
    takeJacdac(frame: Uint8Array): void {
        this.bytes.set(frame, FRAME)
        this.view.setUint32(ARGUMENT, FRAME, true)
        this.view.setUint32(ARGUMENT + 4, frame.length, true)
        this.bytes.set([MessageType.JACDAC, 0], ARGUMENT + 8)
        this.exports.cam_link_jacdac_take(ARGUMENT)
    }

    /** What the C code counts, by the names of its words. */
    counters(names: readonly string[]): Record<string, number> {
        const at = this.exports.cam_link_counters()
        return Object.fromEntries(
            names.map((name, i) => [
                name,
                this.view.getUint32(at + 4 * i, true),
            ])
        )
    }

    /** The main loop, for `ns`: the link is polled, then the CPU sleeps for a millisecond or is interrupted. */
    run(ns: number, work: () => void = () => {}): void {
        const endNs = this.clock.nowNs + ns
        while (this.clock.nowNs < endNs) {
            work()
            this.exports.cam_link_poll()
            this.advance(Math.min(endNs, this.clock.nowNs + POLL_NS))
            this.deliver()
        }
    }

    /** Run until the promise is settled. @throws when it takes more than `limitNs` */
    async until<T>(promise: Promise<T>, limitNs = 120e9): Promise<T> {
        let settled = false
        const watched = promise.finally(() => (settled = true))
        watched.catch(() => {})
        const endNs = this.clock.nowNs + limitNs
        while (!settled) {
            if (this.clock.nowNs > endNs) throw new Error("nothing happens")
            this.run(POLL_NS)
            await new Promise(resolve => setImmediate(resolve))
        }
        return watched
    }

    private deliver(): void {
        if (this.incoming.length === 0) return
        const bytes = Uint8Array.from(this.incoming)
        this.incoming = []
        this.onBytes?.(bytes)
    }

    /** PA2 and PA3: USART2, AF7. */
    private setPins(): void {
        this.modify(RCC_AHB1ENR, 0, 1)
        this.modify(GPIOA + 0x20, 0xff00, 0x7700)
        this.modify(GPIOA, 0xf0, 0xa0)
    }

    private modify(address: number, clear: number, set: number): void {
        const { bus } = this.chip
        bus.write32(address, ((bus.read32(address) & ~clear) | set) >>> 0)
    }

    private writeText(at: number, text: string): void {
        this.bytes.set(new TextEncoder().encode(`${text}\0`), at)
    }

    private isFlash(address: number): boolean {
        return address >= FLASH && address < FLASH + this.board.flashBytes
    }

    private read32(address: number): number {
        this.advance(this.clock.nowNs + this.accessNs)
        return this.chip.bus.read32(address)
    }

    private write32(address: number, value: number): void {
        this.advance(this.clock.nowNs + this.accessNs)
        if (this.isFlash(address)) this.chip.flash.program(address, 4, value)
        else this.chip.bus.write32(address, value)
        // The code itself is in flash: nothing runs, no interrupt is served.
        const { stallUntilNs } = this.chip.flash
        while (this.clock.step(stallUntilNs));
    }

    private waitFor(
        address: number,
        us: number,
        holds: (value: number) => boolean
    ): number {
        const endNs = this.clock.nowNs + us * 1000
        let value = this.read32(address)
        while (!holds(value) && this.clock.nowNs < endNs) {
            this.clock.step(endNs)
            this.dispatch()
            value = this.chip.bus.read32(address)
        }
        return value
    }

    private advance(untilNs: number): void {
        this.dispatch()
        while (this.clock.step(untilNs)) this.dispatch()
    }

    private dispatch(): void {
        const { nvic } = this.chip
        while (!nvic.masked) {
            const irq = nvic.take()
            if (irq === undefined) return
            const handler =
                irq === 17
                    ? this.exports.DMA1_Stream6_IRQHandler
                    : this.handlers.get(irq)
            if (handler === undefined) throw new Error(`interrupt ${irq}`)
            handler()
            nvic.complete(irq)
            this.interrupts.set(irq, (this.interrupts.get(irq) ?? 0) + 1)
        }
    }
}
