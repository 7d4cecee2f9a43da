// SPDX-License-Identifier: MIT
// Any STM32F4 camera firmware on the emulated core, against the chip's and the sensor's models. Nothing in it is known or
// watched by name: what it did is seen at its registers, its memory and its pins.

import { Clock } from "../clock.ts"
import { CamscriptError, SiliconError } from "../errors.ts"
import type { BoardFile } from "../board-file.ts"
import { Mcu } from "../mcu/mcu.ts"
import type { ElfFile } from "../mcu/elf.ts"
import type { Scene } from "../scene/scene.ts"
import { SENSOR_CATALOGUE } from "../sensors/catalogue.ts"
import type { SensorModel } from "../sensors/sensor-model.ts"
import { Stm32F4 } from "../stm32/chip.ts"
import { DBGMCU_IDCODE, INTERRUPT_COUNT } from "../stm32/chip-kind.ts"
import { RegisterLog } from "../trace/register-log.ts"
import { CaptureWatch, type TakenFrame } from "./capture-watch.ts"
import { ExceptionTally } from "./exception-tally.ts"
import { TallyRules, UnmodelledWords } from "./tally.ts"

/** 537 MB of address space, committed as touched: an MCU address is an index. */
const ADDRESS_SPACE_PAGES = 8200

const USARTS = 6

export interface ForeignRunOptions {
    readonly elf: ElfFile
    readonly board: BoardFile
    readonly sensorAddress: number
    readonly scene: Scene
    readonly permissive: boolean
    /** Cycles per instruction; the core's default when left out. */
    readonly cpi?: number
    readonly onFrame?: (frame: TakenFrame) => void
}

/** A firmware that runs from power-on, in stretches. */
export class ForeignRun {
    readonly clock = new Clock()
    readonly chip: Stm32F4
    readonly sensor: SensorModel
    readonly mcu: Mcu
    readonly watch: CaptureWatch
    readonly exceptions: ExceptionTally
    readonly rules: TallyRules
    readonly unmodelled = new UnmodelledWords()
    /** What each USART sent, by its number; only those that sent something. */
    readonly sent = new Map<number, number[]>()
    /** Restarts of the chip by software or a watchdog. */
    resets = 0
    private readonly memory: Uint8Array

    constructor(private readonly options: ForeignRunOptions) {
        const { board, elf, permissive } = options
        const { clock } = this
        this.rules = new TallyRules(() => clock.nowNs, permissive)
        const log = new RegisterLog(() => clock.nowNs)
        this.memory = new Uint8Array(
            new WebAssembly.Memory({
                initial: ADDRESS_SPACE_PAGES,
                maximum: ADDRESS_SPACE_PAGES,
            }).buffer
        )
        this.chip = new Stm32F4({
            board,
            clock,
            rules: this.rules,
            log,
            memory: this.memory,
            freePins: true,
        })
        if (permissive) this.chip.bus.unmapped = this.unmodelled
        this.sensor = this.makeSensor(log)
        this.watch = new CaptureWatch(
            this.sensor,
            this.chip.dcmi,
            this.chip.dma2,
            options.onFrame
        )
        this.load(elf)
        this.mcu = this.makeMcu()
        this.exceptions = new ExceptionTally(this.mcu)
        this.listen()
        this.mcu.reset()
    }

    /** Virtual time since power-on, s. */
    get seconds(): number {
        return this.clock.nowNs / 1e9
    }

    /**
     * Run on.
     * @param seconds virtual time since power-on at which it stops
     * @throws SiliconError with the place in the program (strict), CamscriptError when the core locks up
     */
    run(seconds: number): void {
        try {
            this.mcu.run(seconds * 1e9)
        } catch (error) {
            if (!(error instanceof SiliconError)) throw error
            throw new CamscriptError(
                `${error.message} (at ${this.mcu.where()}, ${this.seconds.toFixed(6)} s after power-on; --permissive counts such accesses and goes on)`
            )
        }
    }

    /**
     * A copy of memory.
     * @throws CamscriptError when the chip has none there
     */
    dump(address: number, bytes: number): Uint8Array {
        const { flashBytes, memories } = this.options.board
        const places = [
            { name: "flash", address: 0x08000000, bytes: flashBytes },
            ...memories,
        ]
        const inside = places.some(
            place =>
                address >= place.address &&
                address + bytes <= place.address + place.bytes
        )
        if (!inside)
            throw new CamscriptError(
                `there is no memory at 0x${hex8(address)} for ${bytes} bytes: the chip has ${places.map(({ name, address: at, bytes: size }) => `${name} at 0x${hex8(at)} (${size} bytes)`).join(", ")}`
            )
        return this.memory.slice(address, address + bytes)
    }

    /** The run is over. */
    close(): void {
        this.watch.finish()
        this.mcu.close()
    }

    private makeSensor(log: RegisterLog): SensorModel {
        const { board, sensorAddress, scene } = this.options
        const sensor = SENSOR_CATALOGUE[board.sensor.name].create({
            clock: this.clock,
            rules: this.rules,
            log,
            scene,
            xclkHz: board.sensor.xclkHz,
            i2cAddress: sensorAddress,
            sink: this.chip.dcmi,
        })
        this.chip.i2cBus.attach(sensor)
        return sensor
    }

    private makeMcu(): Mcu {
        const { board, cpi, elf } = this.options
        const { chip, clock, rules } = this
        const mcu = new Mcu({
            memory: this.memory,
            flashBytes: board.flashBytes,
            memories: board.memories,
            bus: chip.bus,
            nvic: chip.nvic,
            clock,
            rules,
            interrupts: INTERRUPT_COUNT[board.chip],
            idcode: DBGMCU_IDCODE[board.chip],
            hclkHz: () => chip.hclkHz(),
            cpi,
            symbols: elf.symbols,
        })
        mcu.onFlashWrite = (address, bytes, value) =>
            chip.flash.program(address, bytes, value)
        mcu.stallUntilNs = () => chip.flash.stallUntilNs
        mcu.onReset = () => {
            this.resets++
            chip.reset()
        }
        return mcu
    }

    private load({ segments }: ElfFile): void {
        // Erased flash reads 1s.
        const { flashBytes } = this.options.board
        this.memory.fill(0xff, 0x08000000, 0x08000000 + flashBytes)
        for (const { address, bytes } of segments)
            this.memory.set(bytes, address)
    }

    private listen(): void {
        for (let number = 1; number <= USARTS; number++)
            this.chip.usart(number).onTransmit = value => {
                const bytes = this.sent.get(number)
                if (bytes) bytes.push(value & 0xff)
                else this.sent.set(number, [value & 0xff])
            }
    }
}

function hex8(address: number): string {
    return address.toString(16).padStart(8, "0")
}
