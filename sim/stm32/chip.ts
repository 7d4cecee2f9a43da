// SPDX-License-Identifier: MIT
// The STM32F4 as the board file wires it: blocks on the memory bus, interrupt lines, DMA requests, pins.

import type { BoardFile } from "../board-file.ts"
import { DCMI_SIGNALS } from "../board-file.ts"
import type { Clock } from "../clock.ts"
import { I2cBus } from "../i2c-bus.ts"
import type { Level } from "../parallel-bus.ts"
import type { Rules } from "../rules.ts"
import type { RegisterLog } from "../trace/register-log.ts"
import { GPIO_PORTS, INTERRUPT_COUNT } from "./chip-kind.ts"
import { Dcmi } from "./dcmi.ts"
import { DCMI_BASE, DCMI_SIZE_BYTES, DcmiRegister } from "./dcmi-registers.ts"
import { Dma } from "./dma.ts"
import { DCMI_DMA_ROUTES, DMA2_BASE, DMA_SIZE_BYTES } from "./dma-registers.ts"
import { Gpio, GPIO_BASE, GPIO_STRIDE_BYTES } from "./gpio.ts"
import { I2c } from "./i2c.ts"
import { I2C_BASES, I2C_SIZE_BYTES } from "./i2c-registers.ts"
import { Irq } from "./irq.ts"
import { MemoryBus } from "./memory-bus.ts"
import { Nvic, NVIC_BASE, NVIC_SIZE_BYTES } from "./nvic.ts"
import { Rcc } from "./rcc.ts"
import { RCC_BASE } from "./rcc-registers.ts"

const RCC_SIZE_BYTES = 0x400
const I2C_INSTANCES = ["I2C1", "I2C2", "I2C3"] as const
type I2cInstance = (typeof I2C_INSTANCES)[number]

const DMA2_IRQS: readonly Irq[] = [
    Irq.DMA2_Stream0,
    Irq.DMA2_Stream1,
    Irq.DMA2_Stream2,
    Irq.DMA2_Stream3,
    Irq.DMA2_Stream4,
    Irq.DMA2_Stream5,
    Irq.DMA2_Stream6,
    Irq.DMA2_Stream7,
]

export interface ChipOptions {
    readonly board: BoardFile
    readonly clock: Clock
    readonly rules: Rules
    readonly log: RegisterLog
    /** The MCU's memory, indexed by its addresses: DMA writes there. */
    readonly memory: Uint8Array
}

/** One STM32F407, F429 or F446 on its board. */
export class Stm32F4 {
    readonly bus: MemoryBus
    readonly nvic: Nvic
    readonly rcc: Rcc
    readonly gpio: Gpio
    readonly dma2: Dma
    readonly dcmi: Dcmi
    /** The blocks; the board's sensor hangs on the one that the board file names. */
    readonly i2c: Readonly<Record<I2cInstance, I2c>>
    /** The sensor's bus. */
    readonly i2cBus: I2cBus

    constructor(private readonly options: ChipOptions) {
        const { board, clock, rules, log, memory } = options
        this.bus = new MemoryBus(rules, log)
        this.nvic = new Nvic(INTERRUPT_COUNT[board.chip], rules)
        this.rcc = new Rcc(board.chip, rules, block => this.resetBlock(block))
        this.gpio = new Gpio(GPIO_PORTS[board.chip], rules)
        this.i2cBus = new I2cBus()
        this.dma2 = new Dma({
            name: "DMA2",
            clock,
            rules,
            memory,
            regions: board.memories,
            irq: (stream, active) =>
                this.nvic.setLine(DMA2_IRQS[stream]!, active),
        })
        this.dcmi = this.makeDcmi()
        this.i2c = {
            I2C1: this.makeI2c("I2C1"),
            I2C2: this.makeI2c("I2C2"),
            I2C3: this.makeI2c("I2C3"),
        }
        this.wireI2cPins()
        this.mapBlocks()
    }

    /** Call `watcher` with the new level whenever the chip changes the level of a pin, named "PC4". */
    onPin(pin: string, watcher: (level: Level) => void): void {
        this.gpio.onOutput(pin, watcher)
    }

    private makeDcmi(): Dcmi {
        const { board, clock, rules } = this.options
        return new Dcmi({
            chip: board.chip,
            clock,
            rules,
            hclkHz: board.hclkHz,
            irq: active => this.nvic.setLine(Irq.DCMI, active),
            connectDma: served =>
                this.dma2.connect({
                    dataRegister: DCMI_BASE + DcmiRegister.DR,
                    routes: DCMI_DMA_ROUTES,
                    served,
                }),
            pinProblem: () => this.dcmiPinProblem(),
        })
    }

    private makeI2c(name: I2cInstance): I2c {
        const { board, clock, rules } = this.options
        const used = board.sensor.i2c.instance === name
        return new I2c({
            name,
            clock,
            rules,
            bus: used ? this.i2cBus : new I2cBus(),
            pclk1Hz: board.pclk1Hz,
            hasFilter: board.chip !== "stm32f407",
            pinProblem: used
                ? () => this.i2cPinProblem()
                : () => `board ${board.name} wires no pins to ${name}`,
            eventIrq: active => this.nvic.setLine(Irq[`${name}_EV`], active),
            errorIrq: active => this.nvic.setLine(Irq[`${name}_ER`], active),
        })
    }

    private dcmiPinProblem(): string | undefined {
        for (const signal of DCMI_SIGNALS) {
            const { pin, af } = this.options.board.sensor.dcmi[signal]
            if (!this.gpioRuns(pin))
                return `${pin} (${signal}): RCC has the clock of its port off`
            if (!this.gpio.isAlternate(pin, af))
                return `${pin} (${signal}) is ${this.gpio.describe(pin)}, it must be alternate function ${af}`
        }
        return undefined
    }

    private i2cPinProblem(): string | undefined {
        const { scl, sda } = this.options.board.sensor.i2c
        for (const { pin, af } of [scl, sda]) {
            const signal = pin === scl.pin ? "SCL" : "SDA"
            if (!this.gpio.isAlternate(pin, af))
                return `${pin} (${signal}) is ${this.gpio.describe(pin)}, it must be alternate function ${af}`
            if (!this.gpio.isOpenDrain(pin))
                return `${pin} (${signal}) is push-pull, it must be open drain`
        }
        return undefined
    }

    /** The lines are pulled up; software that drives SCL as a GPIO clocks a stuck target free. */
    private wireI2cPins(): void {
        const { scl, sda } = this.options.board.sensor.i2c
        this.gpio.setInput(scl.pin, 1)
        this.gpio.setInput(sda.pin, () => (this.i2cBus.sdaHeld ? 0 : 1))
        this.gpio.onOutput(scl.pin, level => {
            this.checkOpenDrain(scl.pin, "SCL")
            if (level === 1) this.i2cBus.pulseScl()
        })
        this.gpio.onOutput(sda.pin, () => this.checkOpenDrain(sda.pin, "SDA"))
    }

    private checkOpenDrain(pin: string, signal: string): void {
        if (this.gpio.isOutput(pin) && !this.gpio.isOpenDrain(pin))
            this.options.rules.violated(
                `GPIO${pin.charAt(1)}`,
                `${pin} is ${signal} of the I2C bus and must not be driven push-pull`
            )
    }

    private gpioRuns(pin: string): boolean {
        return this.rcc.isEnabled(`GPIO${pin.charAt(1)}`)
    }

    private mapBlocks(): void {
        const { bus, rcc } = this
        bus.map(RCC_BASE, RCC_SIZE_BYTES, rcc)
        bus.map(NVIC_BASE, NVIC_SIZE_BYTES, this.nvic)
        bus.map(DCMI_BASE, DCMI_SIZE_BYTES, this.dcmi, () =>
            rcc.isEnabled("DCMI")
        )
        bus.map(DMA2_BASE, DMA_SIZE_BYTES, this.dma2, () =>
            rcc.isEnabled("DMA2")
        )
        for (const name of I2C_INSTANCES)
            bus.map(I2C_BASES[name], I2C_SIZE_BYTES, this.i2c[name], () =>
                rcc.isEnabled(name)
            )
        this.gpio.ports.forEach((port, index) =>
            bus.map(
                GPIO_BASE + index * GPIO_STRIDE_BYTES,
                GPIO_STRIDE_BYTES,
                port,
                () => rcc.isEnabled(port.name)
            )
        )
    }

    private resetBlock(name: string): void {
        const blocks = [
            this.dcmi,
            this.dma2,
            ...Object.values(this.i2c),
            ...this.gpio.ports,
        ]
        blocks.find(block => block.name === name)?.reset()
    }
}
