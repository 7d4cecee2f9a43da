// SPDX-License-Identifier: MIT
// One emulated board on which one program after the other runs, most of which no compiler would make.
//
// A program is exchanged as a debugger would do it, while the main loop is in its link's turn: the gate has a fault, so that the
// firmware ends the program; then the slot has another image, and the 5 s are over after which the firmware boots the VM again.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { readBoard } from "../../../boards/board-file.ts"
import { chipPlaces } from "../../../sim/cortex-m/chip-mcu.ts"
import { readElf } from "../../../sim/cortex-m/elf.ts"
import { EmulatedBoard } from "../../../sim/emulated-board.ts"
import type { Counters } from "../../../sim/observe/capture.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { buildFirmware } from "../../../toolchain/firmware/build-firmware.ts"
import { ramAreas } from "../../../toolchain/firmware/board-constants.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { CONSOLE_MARKS } from "../../../toolchain/vm/vm-interface.ts"
import { DONE } from "../../conformance/vm-runs.ts"
import { slotOf } from "./images.ts"

const BOARD = "nucleo-f446re"
const APP = "src/main.ts"
const FLASH = 0x08000000
const SLOT_A = 0x08040000
const SLOT_B = 0x08060000

/** cam_gate_fault_kind_t: a call that there is not. */
const CAM_GATE_CALL = 7
/** VM_LOG_CONSOLE of vm_log_t (firmware/vm/vm.h). */
const LOG_CONSOLE = 0
/** USARTDIV of 1: PCLK1 / 16, the fastest, so that lines of text take the main loop little time (RM0390 25.4.4). */
const USART2_BRR = 0x40004408
const FASTEST_BRR = 16
/** As long as the firmware waits before it boots a VM that was stopped. */
const VM_RESTART_US = 5e6
/** Boot, its log at 115,200 baud, and a second try. */
const BOOT_NS = 2e9
/** A main loop that does not come round for so long has hung: the watchdog's longest time is 5.2 s. */
const HANG_NS = 6e9
/** Of the good program. */
const GOOD_NS = 3e9
const SLICE_NS = 5e6
/** Turns of the link: the VM's boot and first turn come before the first one, another of its turns before each next one. */
const TURNS_OF_THE_LIVING = 5
/** In frame memory, which no program without a camera has written to. */
const PATTERN = 0xa5

/** How a program's run ended. */
export type RunEnd =
    | "done"
    /** Still running when its time was over. */
    | "runs on"
    /** The VM ended it: an exception, a panic, ds.restart(). */
    | "panic"
    /** The fence ended it. */
    | "fence"
    /** The VM does not start it; the board was reset. */
    | "refused"
    /** The VM's own checks ended it, or it asked for a restart; the board was reset. */
    | "reset"
    /** The watchdog. */
    | "watchdog"

export interface BoardRun {
    readonly end: RunEnd
    /** Of its console. */
    readonly lines: readonly string[]
    /** What the firmware, or the boot after it, said of the end. */
    readonly said: readonly string[]
    /** Of the program's time until it ended, ms of virtual time. */
    readonly ms: number
}

/** What no program may do. */
export class FenceBroken extends Error {}

export class MutantBoard {
    private readonly flash: Uint8Array
    private readonly slot: Uint8Array
    private readonly frames: Uint8Array
    private readonly goodLines: readonly string[]
    private flashBefore = Buffer.alloc(0)
    private mpuBefore: readonly number[] = []
    /** Of the program that ran last, but for the good one. */
    private name = "the good program"
    /** To put into the slot at the next turn of the link. */
    private waiting: Uint8Array | undefined
    private startedNs = 0
    /** Of the link, since the exchange. */
    private turns = 0
    private lines: string[] = []
    private text: string[] = [""]
    private end: RunEnd | undefined
    private crashed = false
    /** A program has started a capture. */
    private captured = false
    private sequence = 1

    /**
     * Boot it with a program that is known to be good, and prints "done". Who makes it closes it.
     * @param good its image; those that follow are as long
     */
    static async boot(good: Uint8Array): Promise<MutantBoard> {
        const { elf: file } = await buildFirmware({
            board: BOARD,
            app: join(projectRoot, APP),
        })
        const board = readBoard(BOARD)
        const elf = readElf(readFileSync(file), file, chipPlaces(board))
        const emulated = new EmulatedBoard({
            board,
            scene: await loadScene(
                "flat",
                SENSOR_CATALOGUE[board.sensor.name].field,
                1
            ),
            elf: {
                ...elf,
                segments: [
                    ...elf.segments.filter(({ address }) => address < SLOT_A),
                    { address: SLOT_A, bytes: slotOf(good, 1) },
                ],
            },
            // Explains errors, which this board does not ask for.
            program: { name: "mutants", bytecode: good, debug: undefined },
            // Without faults, but permissive: a program that makes no sense may ask the models for what they do not have.
            faults: [],
        })
        return new MutantBoard(emulated, good)
    }

    private constructor(
        private readonly emulated: EmulatedBoard,
        private readonly good: Uint8Array
    ) {
        const board = readBoard(BOARD)
        this.flash = emulated.memoryAt(FLASH, board.flashBytes)!
        this.slot = this.flash.subarray(SLOT_A - FLASH)
        const frames = ramAreas(board).find(({ owner }) => owner === "frames")!
        this.frames = emulated.memoryAt(frames.address, frames.bytes)!
        this.watch()
        this.untilEnd(BOOT_NS)
        this.goodLines = this.lines
        this.frames.fill(PATTERN)
        this.flashBefore = Buffer.from(this.flash)
        this.mpuBefore = emulated.mcu.system.mpu.words()
    }

    /** Of all frames that a program got. */
    get counters(): Counters {
        return this.emulated.record.counters()
    }

    close(): void {
        this.emulated.close()
    }

    /**
     * Run a program for a while.
     * @throws FenceBroken when it does what no program may
     */
    run(name: string, image: Uint8Array, longestNs: number): BoardRun {
        this.name = name
        const { mcu } = this.emulated
        if (image.length !== this.good.length)
            throw new RangeError(
                `an image of ${image.length} bytes, the firmware has booted with one of ${this.good.length}`
            )
        this.exchange(image)
        let afterReset = false
        this.untilEnd(longestNs)
        const hangs = (): boolean =>
            this.end === undefined && this.turns < TURNS_OF_THE_LIVING
        if (hangs()) this.untilEnd(HANG_NS)
        if (hangs()) throw this.broken("the main loop hangs")
        const ms = (mcu.nowNs - this.startedNs) / 1e6
        // Until the firmware has said it, or has booted again and said it.
        if (this.end === "panic" || this.end === "fence")
            this.untilText(/^the program ended: [a-z-]+.*; it starts again/)
        else if (this.end !== undefined && this.end !== "done") {
            // A restart that the program asked for is no crash.
            this.untilText(/^(CRASH )?before this reset: [a-z-]+/)
            this.untilText(/^starting /)
            afterReset = true
        }
        this.check()
        const run = {
            end: this.end ?? "runs on",
            lines: this.lines,
            said: this.text.filter(line =>
                /^(the program|CRASH|before)/.test(line)
            ),
            ms,
        }
        if (afterReset) {
            this.lines = []
            this.end = undefined
            this.expectGoodLines(BOOT_NS)
        }
        return run
    }

    /**
     * Run the good program.
     * @throws FenceBroken when it does not print what it did after the first boot
     */
    runGood(): void {
        this.exchange(this.good)
        this.expectGoodLines(GOOD_NS)
        this.check()
        this.checkFrames()
    }

    /** Since the boot or the exchange. */
    private expectGoodLines(longestNs: number): void {
        this.untilEnd(longestNs)
        if (this.lines.join("\n") === this.goodLines.join("\n")) return
        throw this.broken(
            `the next good program printed ${JSON.stringify(this.lines)}`
        )
    }

    private exchange(image: Uint8Array): void {
        this.waiting = slotOf(image, this.sequence)
        this.until(() => this.waiting === undefined, HANG_NS)
        if (this.waiting !== undefined)
            throw this.broken("the main loop hangs after its time")
    }

    /** @throws FenceBroken when something is not as it was after the boot */
    private check(): void {
        if (this.crashed) throw this.broken("a fault that is not the program's")
        const flash = Buffer.from(this.flash.buffer, FLASH, this.flash.length)
        for (const [start, end] of [
            [0, SLOT_A - FLASH],
            [SLOT_B - FLASH, flash.length],
        ] as const)
            if (this.flashBefore.compare(flash, start, end, start, end) !== 0)
                throw this.broken("flash has changed")
        const mpu = this.emulated.mcu.system.mpu.words()
        if (mpu.join() !== this.mpuBefore.join())
            throw this.broken("the MPU's regions have changed")
    }

    /** Frame memory is as it was: without a capture nobody writes there. */
    private checkFrames(): void {
        if (this.frames.every(byte => byte === PATTERN)) return
        if (!this.captured)
            throw this.broken("frame memory has changed without a capture")
        this.frames.fill(PATTERN)
        this.captured = false
    }

    private broken(what: string): FenceBroken {
        return new FenceBroken(`${this.name}: ${what}`)
    }

    private until(done: () => boolean, ns: number): void {
        const { mcu } = this.emulated
        const untilNs = mcu.nowNs + ns
        while (!done() && mcu.nowNs < untilNs)
            mcu.run(Math.min(untilNs, mcu.nowNs + SLICE_NS))
    }

    private untilEnd(ns: number): void {
        this.until(() => this.end !== undefined, ns)
    }

    private untilText(what: RegExp): void {
        const said = (): boolean => this.text.some(line => what.test(line))
        this.until(said, BOOT_NS)
        if (!said())
            throw this.broken(
                `the firmware did not say ${what.source}, but: ${this.text.join(" | ")}`
            )
    }

    private ended(how: RunEnd): void {
        if (this.waiting !== undefined || this.end !== undefined) return
        this.end = how
        this.emulated.mcu.stop()
    }

    private watch(): void {
        const { emulated } = this
        const { mcu } = emulated
        const at = (name: string, seen: () => void): void =>
            mcu.onAddress(emulated.symbol(name), seen)
        at("cam_vm_log", () => {
            if (mcu.register("r0") !== LOG_CONSOLE) return
            const text = this.textAt(mcu.register("r1"))
            this.lines.push((CONSOLE_MARKS[text[0]!] ?? "") + text.slice(2))
            if (text === `> ${DONE}`) this.ended("done")
        })
        at("cam_vm_panicked", () => this.ended("panic"))
        at("cam_vm_faulted", () => this.ended("fence"))
        at("cam_vm_refused", () => this.ended("refused"))
        at("cam_vm_stopped", () => this.ended("reset"))
        at("cam_vm_restart", () => this.ended("reset"))
        at("cam_crash_entry", () => {
            this.crashed = true
        })
        at("cam_port_capture_changed", () => {
            this.captured = true
        })
        at("cam_boot_log_name", () =>
            emulated.chip.bus.write32(USART2_BRR, FASTEST_BRR)
        )
        at("cam_link_poll", () => this.linkTurn())
        const resetChip = mcu.onReset
        mcu.onReset = cause => {
            resetChip?.(cause)
            if (cause === "IWDG") this.ended("watchdog")
            // The boot finds the good one, which is not to blame.
            this.sequence++
            this.slot.set(slotOf(this.good, this.sequence))
            this.forgetFailures()
        }
        emulated.chip.usart(2).onTransmit = value => {
            if (value === 10) this.text.push("")
            else if (value !== 13)
                this.text[this.text.length - 1] += String.fromCharCode(value)
        }
    }

    /** The main loop comes round: here a program is exchanged, in two turns. */
    private linkTurn(): void {
        this.turns++
        if (this.waiting === undefined) return
        const { emulated } = this
        const { mcu } = emulated
        if (emulated.memoryAt(emulated.symbol("vm_runs"), 1)![0] !== 0) {
            // The firmware ends the program, its capture and its pins, as after a fault of the VM.
            this.putWord(
                mcu.call(emulated.symbol("cam_gate_fault")),
                CAM_GATE_CALL
            )
            return
        }
        this.slot.set(this.waiting)
        this.waiting = undefined
        // What the one before it said at its end is not its own.
        this.lines = []
        this.text = [""]
        this.end = undefined
        this.turns = 0
        this.emulated.mcu.stop()
        this.forgetFailures()
        const nowUs = mcu.call(emulated.symbol("cam_port_now_us"))
        this.putWord(emulated.symbol("vm_stopped_us"), nowUs - VM_RESTART_US)
        this.startedNs = mcu.nowNs
    }

    /** A program that fails often gives way (decision 0024): not here. */
    private forgetFailures(): void {
        this.putWord(this.emulated.symbol("counted"), 0)
    }

    private putWord(address: number, value: number): void {
        const word = this.emulated.memoryAt(address, 4)!
        new DataView(word.buffer, word.byteOffset).setUint32(0, value, true)
    }

    private textAt(address: number): string {
        // The VM's lines have at most 300 bytes.
        for (let bytes = 304; bytes > 0; bytes--) {
            const found = this.emulated.memoryAt(address, bytes)
            if (found === undefined) continue
            const end = found.indexOf(0)
            return Buffer.from(found.subarray(0, end)).toString("utf8")
        }
        return ""
    }
}
