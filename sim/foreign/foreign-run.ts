// SPDX-License-Identifier: MIT
// Any STM32F4 camera firmware on the emulated core, against the chip's and the sensor's models. Nothing in it is known or
// watched by name: what it did is seen at its registers, its memory and its pins.

import type { BoardFile, DcmiSignal } from "../../boards/board-file.ts"
import { Clock } from "../clock.ts"
import { CamscriptError, SiliconError } from "../../protocol/errors.ts"
import { BoardFaults } from "../faults/board-faults.ts"
import type { Refusals } from "../faults/fault-schedule.ts"
import type { Fault } from "../faults/fault-table.ts"
import { FaultWatch } from "../faults/fault-watch.ts"
import { chipMcu, chipPlaces } from "../cortex-m/chip-mcu.ts"
import { readElf } from "../cortex-m/elf.ts"
import { placeText, type ProgramMap } from "../../toolchain/elf/program-map.ts"
import type { Mcu } from "../cortex-m/mcu.ts"
import type { CoreTally } from "../cortex-m/tally/core-tally.ts"
import { createLcd, type LcdPlace } from "../displays/lcd-catalogue.ts"
import { LcdModule } from "../displays/lcd-module.ts"
import { Rules } from "../rules.ts"
import type { Scene } from "../scene/scene.ts"
import { SENSOR_CATALOGUE } from "../sensors/catalogue.ts"
import type { I2cPins } from "../stm32/gpio/bit-banged-i2c.ts"
import { freeDcmiPins, freeI2cPins } from "../stm32/gpio/free-pins.ts"
import type { Level } from "../wires/parallel-bus.ts"
import type { SensorModel } from "../sensors/sensor-model.ts"
import { Stm32F4 } from "../stm32/chip.ts"
import type { VcdRecorder } from "../trace/vcd-recorder.ts"
import { BusWatch } from "./bus-watch.ts"
import { CaptureWatch, type TakenFrame } from "./capture-watch.ts"
import { Evidence } from "./evidence.ts"
import { ExceptionTally } from "./exception-tally.ts"
import { FaultTally } from "./fault-tally.ts"
import { PinnedSensor, type SensorPins } from "./sensor-pins.ts"
import { RecentBytes } from "./recent-bytes.ts"
import { UnmodelledWords } from "./unmodelled-words.ts"
import { checkVectorTable } from "./vector-table.ts"
import { WriteWatch } from "./write-watch.ts"

/** 537 MB of address space, committed as touched: an MCU address is an index. */
const ADDRESS_SPACE_PAGES = 8200

const USARTS = 6

/** Longest stretch between two looks at the counters, virtual ns. */
const LOOK_NS = 10e6

const OUR_PROGRAM =
    "it acts in the DeviceScript VM, and camscript emulate runs firmware that has none that it knows: use camscript run --target emulator"

const FOREIGN_REFUSALS: Refusals = {
    "program-throw": OUR_PROGRAM,
    "program-loop": OUR_PROGRAM,
    "program-memory": OUR_PROGRAM,
    "power-cut":
        "camscript emulate has one power-on: use camscript run --target emulator",
    "link-noise":
        "which USART is a link, and what comes over it, only our own firmware is known to say: use camscript run --target emulator",
}

export interface ForeignRunOptions {
    /** Content and name of the ELF file. */
    readonly elf: Uint8Array
    readonly name: string
    readonly board: BoardFile
    /** 7 bits. */
    readonly sensorAddress: number
    /** The two pins that the sensor is wired to; left out: the block of the board file, and any two that software clocks. */
    readonly i2cPins?: I2cPins | undefined
    readonly scene: Scene
    /** The sensor's pins at the chip; left out: none is wired, and it has a clock of its own. */
    readonly sensorPins?: SensorPins
    /** Count what breaks a rule or is not modelled, and go on. */
    readonly permissive: boolean
    /** What goes wrong, and when; broken rules are counted then, too. */
    readonly faults?: readonly Fault[] | undefined
    /** Of what faults leave open; default 1. */
    readonly seed?: number
    /** An LCD on bank 1 of FSMC or FMC. */
    readonly lcd?: LcdPlace | undefined
    /** Cycles per instruction; the core's default when left out. */
    readonly cpi?: number
    /** Where the core starts instead of at the beginning of flash: the program is one that a boot loader starts. */
    readonly vectorTable?: number | undefined
    /** Keep a tally of what is executed. */
    readonly tally?: boolean | undefined
    /** Records signals; without it nothing is recorded. */
    readonly waveforms?: VcdRecorder
    /** Called for each frame that the DCMI took; its bytes are valid during the call only. */
    readonly onFrame?: (frame: TakenFrame) => void
}

/** A firmware that runs from power-on, in stretches. */
export class ForeignRun {
    readonly clock = new Clock()
    readonly chip: Stm32F4
    readonly mcu: Mcu
    /** Rules of the models that were broken. */
    readonly rules: Rules
    readonly sensor: SensorModel
    readonly lcd: LcdModule | undefined
    readonly watch: CaptureWatch
    /** What comes over the sensor's wires. */
    readonly bus: BusWatch
    /** Names and lines of the program's addresses. */
    readonly map: ProgramMap
    /** What causes are found in. */
    readonly evidence: Evidence
    /** HardFault and its kin. */
    readonly coreFaults: FaultTally
    /** What injected faults did to it. */
    readonly faults: FaultWatch
    readonly exceptions: ExceptionTally
    /** What was executed, and where; with option `tally`. */
    readonly tally: CoreTally | undefined
    readonly unmodelled = new UnmodelledWords()
    /** What each USART sent, by its number; only those that sent something. */
    readonly sent = new Map<number, RecentBytes>()
    /** Restarts of the chip by software or a watchdog. */
    resets = 0
    private readonly pinned: PinnedSensor
    private readonly log: WriteWatch
    private readonly memory: Uint8Array
    /** It has taken a frame that was exactly what the sensor sent: it crops nothing. */
    private takesAll = false

    /** @throws UsageError when the ELF is none for this chip; CamscriptError when libunicorn2 or cc is missing */
    constructor(private readonly options: ForeignRunOptions) {
        const { name, board, permissive, cpi } = options
        const { clock } = this
        const nowNs = (): number => clock.nowNs
        const places = chipPlaces(board)
        const elf = readElf(options.elf, name, places)
        checkVectorTable(elf, name, options.vectorTable, places)
        this.map = elf.map
        const rules = new Rules(nowNs, permissive)
        const log = new WriteWatch()
        const memory = new Uint8Array(
            new WebAssembly.Memory({
                initial: ADDRESS_SPACE_PAGES,
                maximum: ADDRESS_SPACE_PAGES,
            }).buffer
        )
        const chip = new Stm32F4({
            board,
            clock,
            rules,
            log,
            memory,
            clocks: "rcc",
            freePins: true,
            keptBlocks: true,
            i2cPins: options.i2cPins,
        })
        if (permissive) chip.bus.unmapped = this.unmodelled
        this.rules = rules
        this.log = log
        this.memory = memory
        this.chip = chip
        this.lcd = this.makeLcd()
        const { faults: boardFaults, bus, pinned } = this.makeSensor()
        this.bus = bus
        this.pinned = pinned
        this.sensor = boardFaults.sensor
        this.watch = new CaptureWatch(
            this.sensor,
            chip.dcmi,
            chip.dma2,
            frame => {
                this.judge(frame)
                options.onFrame?.(frame)
            }
        )
        this.faults = new FaultWatch({
            clock,
            sensor: this.sensor,
            counters: () => ({ overruns: this.watch.overruns }),
        })
        options.waveforms?.watch({
            sensor: this.sensor,
            chip,
            clock,
            i2c: board.sensor.i2c,
        })
        const { vectorTable } = options
        const mcu = chipMcu({
            ...{ board, chip, clock, rules, memory, elf, cpi, vectorTable },
        })
        this.mcu = mcu
        this.tally = options.tally ? mcu.startTally() : undefined
        rules.accessPc = () => mcu.accessPc
        this.coreFaults = new FaultTally({
            mcu,
            map: elf.map,
            read: address => this.word(address),
        })
        this.exceptions = new ExceptionTally(mcu)
        this.evidence = new Evidence({
            ...{ chip, clock, bus, writes: log },
            frameStarts: () => this.exceptions.frameStarts(),
            handlerRuns: () => this.exceptions.captureHandlerRuns,
        })
        this.listen()
        boardFaults.start(
            { injectors: {}, refusals: FOREIGN_REFUSALS },
            options.faults,
            schedule => this.faults.watch(schedule)
        )
    }

    get board(): BoardFile {
        return this.options.board
    }

    /** 7 bits. */
    get sensorAddress(): number {
        return this.options.sensorAddress
    }

    /** A debugger holds it. */
    get isHeld(): boolean {
        return this.mcu.debug.held
    }

    /** Virtual time since power-on, s: the core's, which is ahead of the clock's between two events. */
    get seconds(): number {
        return this.mcu.nowNs / 1e9
    }

    /** At the sensor's clock input, Hz: what the firmware makes at its pin, or what is given. */
    get xclkHz(): number {
        const { sensorPins, board } = this.options
        return sensorPins?.xclk === undefined
            ? board.sensor.xclkHz
            : this.chip.clockOutputHz(sensorPins.xclk)
    }

    /** Which of the sensor's pins keep it from answering now; undefined: none does. */
    get sensorSilentBecause(): string | undefined {
        return this.pinned.silentBecause
    }

    /**
     * Run on.
     * @param seconds virtual time since power-on at which it stops
     * @throws CamscriptError: a rule was broken (strict), with the place in the program; the core locked up
     */
    run(seconds: number): void {
        const { mcu, faults } = this
        const endNs = seconds * 1e9
        try {
            if (!this.options.faults) return mcu.run(endNs)
            // The counters are looked at just before a fault begins.
            while (mcu.nowNs < endNs && !mcu.debug.held) {
                faults.look()
                const beforeNs = faults.nextNs - 1
                const untilNs = beforeNs > mcu.nowNs ? beforeNs : Infinity
                mcu.run(Math.min(endNs, mcu.nowNs + LOOK_NS, untilNs))
            }
        } catch (error) {
            if (!(error instanceof SiliconError)) throw error
            const at = this.rules.stoppedAt
            const where =
                at === undefined
                    ? mcu.where()
                    : `at ${placeText(this.map.placeOf(at))}`
            throw new CamscriptError(
                `${error.message} (${where}, ${this.seconds.toFixed(6)} s after power-on; --permissive counts this and goes on)`
            )
        }
    }

    /**
     * A copy of memory.
     * @throws CamscriptError when the chip has none there
     */
    dump(address: number, bytes: number): Uint8Array {
        const places = chipPlaces(this.options.board)
        if (!this.isMemory(address, bytes))
            throw new CamscriptError(
                `there is no memory of ${bytes} bytes at ${hex(address)}: the chip has ${places.map(place => `${place.name} at ${hex(place.address)} (${place.bytes} bytes)`).join(", ")}`
            )
        return this.memory.slice(address, address + bytes)
    }

    /** Memory itself, for a debugger; undefined where the chip has none. */
    memoryAt(address: number, bytes: number): Uint8Array | undefined {
        return this.isMemory(address, bytes)
            ? this.memory.subarray(address, address + bytes)
            : undefined
    }

    /** The run is over. */
    close(): void {
        this.watch.finish()
        this.mcu.close()
    }

    private makeLcd(): LcdModule | undefined {
        const { lcd: place } = this.options
        if (place === undefined) return undefined
        const lcd = new LcdModule(createLcd(place.name), place.dataLine)
        this.chip.fsmc.attach(place.select, lcd)
        return lcd
    }

    private isMemory(address: number, bytes: number): boolean {
        return chipPlaces(this.options.board).some(
            place =>
                address >= place.address &&
                address + bytes <= place.address + place.bytes
        )
    }

    private word(address: number): number | undefined {
        if (!this.isMemory(address, 4)) return undefined
        const { buffer, byteOffset } = this.memory
        return new DataView(buffer, byteOffset).getUint32(address, true)
    }

    private makeSensor(): {
        faults: BoardFaults
        bus: BusWatch
        pinned: PinnedSensor
    } {
        const { board, sensorAddress, scene, waveforms, seed } = this.options
        const { clock, rules, log, chip } = this
        const { name, xclkHz, i2c } = board.sensor
        let bus: BusWatch | undefined
        const faults = new BoardFaults(
            {
                ...{ clock, rules, chip, seed, sensorName: name },
                i2c: i2c.instance,
                tap: dcmi =>
                    (bus = new BusWatch(waveforms?.tap(dcmi, clock) ?? dcmi)),
            },
            sink =>
                SENSOR_CATALOGUE[name].create({
                    ...{ clock, rules, log, scene, xclkHz, sink },
                    i2cAddress: sensorAddress,
                })
        )
        const pinned = new PinnedSensor(
            chip,
            faults.sensor,
            clock,
            this.options.sensorPins ?? {}
        )
        chip.i2cBus.attach(pinned)
        this.wireDcmiPins(faults)
        return { faults, bus: bus!, pinned }
    }

    /** A pin that is made one of the DCMI's shows what is on its wire. */
    private wireDcmiPins(faults: BoardFaults): void {
        const { chip: name, sensor } = this.options.board
        const { gpio } = this.chip
        const levels: Partial<Record<DcmiSignal, () => Level>> = {
            PIXCLK: () => faults.pixclk,
            HSYNC: () => faults.levels.hsync,
            VSYNC: () => faults.levels.vsync,
        }
        const { scl, sda } = this.options.i2cPins ?? {}
        const i2cPins = (["SCL", "SDA"] as const)
            .flatMap(signal => freeI2cPins(name, sensor.i2c.instance, signal))
            .concat(scl ?? [], sda ?? [])
        for (const [signal, level] of Object.entries(levels))
            for (const pin of freeDcmiPins(name, signal as DcmiSignal))
                // A pin that is the bus's as well has pull-ups.
                if (!i2cPins.includes(pin)) gpio.setInput(pin, level)
    }

    /** What a firmware crops, nobody knows: then a frame is taken for right when the DCMI took it from start to end. */
    private judge({ sent, exact }: TakenFrame): void {
        if (exact) this.takesAll = true
        const right = exact || !this.takesAll
        this.faults.judged({ sent, right, whole: right, size: undefined })
    }

    private listen(): void {
        const { chip, mcu } = this
        const { onReset } = mcu
        mcu.onReset = cause => {
            this.resets++
            onReset?.(cause)
        }
        for (let number = 1; number <= USARTS; number++)
            chip.usart(number).onTransmit = value => {
                const bytes = this.sent.get(number)
                if (bytes) bytes.push(value)
                else this.sent.set(number, startedWith(value))
            }
    }
}

function startedWith(value: number): RecentBytes {
    const bytes = new RecentBytes()
    bytes.push(value)
    return bytes
}

function hex(address: number): string {
    return `0x${address.toString(16).padStart(8, "0")}`
}
