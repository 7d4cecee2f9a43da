// SPDX-License-Identifier: MIT
// The STM32F4 as the board file wires it: blocks on the memory bus, interrupt lines, DMA requests, pins.

import type { BoardFile } from "../../boards/board-file.ts"
import { DCMI_SIGNALS } from "../../boards/board-file.ts"
import type { Clock } from "../clock.ts"
import { I2cBus } from "../wires/i2c-bus.ts"
import type { Level } from "../wires/parallel-bus.ts"
import type { Rules } from "../rules.ts"
import type { RegisterLog } from "../trace/register-log.ts"
import { hseOf, xclkOf } from "./rcc/board-clocks.ts"
import { GPIO_PORTS, INTERRUPT_COUNT } from "./chip-kind.ts"
import { clockOutputs } from "./clock-outputs.ts"
import { SystemBlocks } from "./chip-system.ts"
import { mcoHz, timerHz } from "./rcc/clock-tree.ts"
import { Dcmi } from "./dcmi/dcmi.ts"
import {
    DCMI_BASE,
    DCMI_SIZE_BYTES,
    DcmiRegister,
} from "./dcmi/dcmi-registers.ts"
import { Dma } from "./dma/dma.ts"
import {
    DCMI_DMA_ROUTES,
    DMA1_BASE,
    DMA2_BASE,
    DMA_SIZE_BYTES,
    DmaDirection,
    I2C_DMA_ROUTES,
    USART_DMA_ROUTES,
} from "./dma/dma-registers.ts"
import { Flash } from "./flash/flash.ts"
import {
    FLASH_BASE,
    FLASH_MEMORY,
    FLASH_SIZE_BYTES,
} from "./flash/flash-registers.ts"
import { BitBangedI2c, type I2cPins } from "./gpio/bit-banged-i2c.ts"
import {
    I2C_AF,
    I2C_INSTANCES,
    freeDcmiPinProblem,
    freeI2cPinProblem,
    freeI2cPins,
    type I2cInstance,
    type PinStates,
} from "./gpio/free-pins.ts"
import { Gpio, GPIO_BASE, GPIO_STRIDE_BYTES } from "./gpio/gpio.ts"
import { Fsmc } from "./fsmc/fsmc.ts"
import { FSMC_BASE, FSMC_SIZE_BYTES } from "./fsmc/fsmc-registers.ts"
import { I2c, type I2cDmaPorts, type I2cDmaSide } from "./i2c/i2c.ts"
import { I2C_BASES, I2C_SIZE_BYTES, I2cRegister } from "./i2c/i2c-registers.ts"
import { Irq } from "./nvic/irq.ts"
import { MemoryBus } from "./memory-bus.ts"
import { Nvic, NVIC_BASE, NVIC_SIZE_BYTES } from "./nvic/nvic.ts"
import type { Peripheral } from "./peripheral.ts"
import { Pwr, PWR_BASE, PWR_SIZE_BYTES } from "./rcc/pwr.ts"
import { Rcc } from "./rcc/rcc.ts"
import { KeptBlocks } from "./register-files/kept-blocks.ts"
import type { ResetCause } from "./rcc/rcc-backup.ts"
import type { ClockState } from "./rcc/rcc-clocks.ts"
import { RCC_BASE } from "./rcc/rcc-registers.ts"
import { Usart, type UsartDmaPorts, type UsartDmaSide } from "./usart/usart.ts"
import {
    USART_BASES,
    USART_PINS,
    USART_SIZE_BYTES,
    UsartRegister,
    type UsartName,
} from "./usart/usart-registers.ts"

const RCC_SIZE_BYTES = 0x400

/** RM0090 §2.3. */
const TIMERS_ON_APB2: readonly number[] = [1, 8, 9, 10, 11]
const USARTS = Object.keys(USART_BASES) as UsartName[]

export interface ChipOptions {
    readonly board: BoardFile
    readonly clock: Clock
    readonly rules: Rules
    readonly log: RegisterLog
    /** The MCU's memory, indexed by its addresses: DMA writes there. */
    readonly memory: Uint8Array
    /** DCMI and I2C may use any pins that can carry their signals, not just those of the board file; software may clock the
     * sensor's bus on any two. */
    readonly freePins?: boolean
    /** With free pins: the two that the sensor is wired to; left out: those of the block in the board file, or any. */
    readonly i2cPins?: I2cPins | undefined
    /**
     * "board" (the default): the frequencies that the board file states, oscillators ready at once. "rcc": frequencies
     * from the registers, with start-up times and the limits of the chip.
     */
    readonly clocks?: "board" | "rcc"
    /** Blocks without a model are there as register files: firmware that is not ours touches them. */
    readonly keptBlocks?: boolean
    /** Of the random number generator. */
    readonly seed?: number
}

/** One STM32F407, F429 or F446 on its board. */
export class Stm32F4 {
    readonly bus: MemoryBus
    readonly nvic: Nvic
    readonly rcc: Rcc
    readonly pwr: Pwr
    readonly gpio: Gpio
    readonly flash: Flash
    readonly dma1: Dma
    readonly dma2: Dma
    readonly dcmi: Dcmi
    /** The FMC on the F429 and the F446. */
    readonly fsmc: Fsmc
    /** The blocks; the board's sensor hangs on the one that the board file names. */
    readonly i2c: Readonly<Record<I2cInstance, I2c>>
    /** Timers, watchdog, external interrupts, CRC, RNG. */
    readonly system: SystemBlocks
    /** With keptBlocks. */
    readonly kept: KeptBlocks | undefined
    /** Called after a reset that the chip itself made; the core starts anew. */
    onReset: ((cause: ResetCause) => void) | undefined
    /** With free pins: the sensor's bus, clocked by software. */
    readonly bitBangedI2c: BitBangedI2c | undefined
    private readonly usarts: ReadonlyMap<UsartName, Usart>
    /** The sensor's bus. */
    readonly i2cBus: I2cBus

    constructor(private readonly options: ChipOptions) {
        const { board, rules, log } = options
        this.bus = new MemoryBus(rules, log)
        this.nvic = new Nvic(INTERRUPT_COUNT[board.chip], rules)
        this.pwr = this.makePwr()
        this.rcc = this.makeRcc()
        this.gpio = new Gpio(GPIO_PORTS[board.chip], rules)
        this.i2cBus = new I2cBus()
        this.flash = this.makeFlash()
        this.fsmc = new Fsmc({
            chip: board.chip,
            rules,
            hclkHz: () => this.hclkHz(),
            clockOn: () => this.rcc.isEnabled(this.fsmc.name),
            pins: () => this.pinStates(),
        })
        this.bus.external = this.fsmc
        this.dma1 = this.makeDma("DMA1")
        this.dma2 = this.makeDma("DMA2")
        this.dcmi = this.makeDcmi()
        this.i2c = {
            I2C1: this.makeI2c("I2C1"),
            I2C2: this.makeI2c("I2C2"),
            I2C3: this.makeI2c("I2C3"),
        }
        this.usarts = new Map(USARTS.map(name => [name, this.makeUsart(name)]))
        if (options.freePins) this.bitBangedI2c = this.wireFreeI2cPins()
        else this.wireI2cPins()
        this.system = this.makeSystem()
        this.mapBlocks()
        this.kept = options.keptBlocks ? this.makeKept() : undefined
    }

    /** HCLK, Hz. */
    hclkHz(): number {
        return (this.rcc.clocks.frequencies ?? this.options.board).hclkHz
    }

    /** Clock of APB1, Hz. */
    pclk1Hz(): number {
        return (this.rcc.clocks.frequencies ?? this.options.board).pclk1Hz
    }

    /** Clock of APB2, Hz. */
    pclk2Hz(): number {
        return (this.rcc.clocks.frequencies ?? this.options.board).pclk2Hz
    }

    /** Where the clocks come from, and what they are now. */
    clockState(): ClockState {
        const { sysclkSource, pllSource, hseReady } = this.rcc.clocks
        return {
            sysclkSource,
            pllSource,
            hseReady,
            hclkHz: this.hclkHz(),
            pclk1Hz: this.pclk1Hz(),
            pclk2Hz: this.pclk2Hz(),
        }
    }

    /** Clock of TIM1 to TIM14, Hz. */
    timerHz(timer: number): number {
        const onApb2 = TIMERS_ON_APB2.includes(timer)
        const computed = this.rcc.clocks.frequencies
        if (computed !== undefined)
            return onApb2 ? computed.timer2Hz : computed.timer1Hz
        const { hclkHz, pclk1Hz, pclk2Hz } = this.options.board
        return timerHz(hclkHz, hclkHz / (onApb2 ? pclk2Hz : pclk1Hz), false)
    }

    /** Frequency of MCO1 or MCO2, Hz; 0 when its source is not modelled. */
    mcoHz(output: 1 | 2): number {
        return mcoHz(output, this.rcc.clocks.registers)
    }

    /** Frequency at the sensor's clock input, Hz; 0 while the pin that should carry it does not. */
    xclkHz(): number {
        const xclk = xclkOf(this.options.board)
        if (xclk.source === "module") return xclk.hz
        const { pin, af } = xclk
        if (!this.gpioRuns(pin) || !this.gpio.isAlternate(pin, af)) return 0
        if (xclk.source !== "timer")
            return this.mcoHz(xclk.source === "mco1" ? 1 : 2)
        const timer = this.system.timers.get(Number(xclk.timer.slice(3)))!
        return this.rcc.isEnabled(xclk.timer) ? timer.outputHz(xclk.channel) : 0
    }

    /** Frequency of the clock that the chip puts out at a pin, by MCO or a timer, Hz; 0: none. */
    clockOutputHz(pin: string): number {
        if (!this.gpioRuns(pin)) return 0
        const output = clockOutputs(pin).find(({ af }) =>
            this.gpio.isAlternate(pin, af)
        )
        if (output === undefined) return 0
        const { source } = output
        if ("mco" in source) return this.mcoHz(source.mco)
        return this.rcc.isEnabled(`TIM${source.timer}`)
            ? this.system.timers.get(source.timer)!.outputHz(source.channel)
            : 0
    }

    /**
     * System reset: every block has its reset values, memories keep theirs. The core, its NVIC among it, is the caller's.
     * @param cause what RCC_CSR shows afterwards, besides causes of before
     */
    reset(cause: ResetCause): void {
        for (const block of this.blocks()) block.reset()
        this.kept?.reset()
        this.flash.reset(cause === "power-on")
        this.pwr.reset()
        this.rcc.reset(cause)
    }

    /** Call `watcher` with the new level whenever the chip changes the level of a pin, named "PC4". */
    onPin(pin: string, watcher: (level: Level) => void): void {
        this.gpio.onOutput(pin, watcher)
    }

    /** The USART or UART with this number, 1 to 6. */
    usart(number: number): Usart {
        const usart =
            this.usarts.get(`USART${number}` as UsartName) ??
            this.usarts.get(`UART${number}` as UsartName)
        if (usart === undefined)
            throw new Error(`no USART${number}: the chip has 1 to 6`)
        return usart
    }

    private makeKept(): KeptBlocks {
        const { bus, dma1, dma2, rcc } = this
        return new KeptBlocks({
            ...{ bus, dma1, dma2 },
            chip: this.options.board.chip,
            setLine: (irq, active) => this.nvic.setLine(irq, active),
            isEnabled: block => rcc.isEnabled(block),
        })
    }

    private makePwr(): Pwr {
        const { board, clock, rules } = this.options
        const computed = this.options.clocks === "rcc"
        return new Pwr({
            chip: board.chip,
            rules,
            changed: () => this.rcc.clocks.checkLimits(),
            ...(computed && {
                clock,
                clocks: {
                    pllOn: () => this.rcc.clocks.pllOn,
                    pllReady: () => this.rcc.clocks.pllReady,
                    runsOnPll: () => this.rcc.clocks.runsOnPll,
                },
            }),
        })
    }

    private makeRcc(): Rcc {
        const { board, clock, rules } = this.options
        return new Rcc(board.chip, rules, {
            onReset: block => this.resetBlock(block),
            irq: active => this.nvic.setLine(Irq.RCC, active),
            backupWritable: () => this.pwr.backupWritable,
            ...(this.options.clocks === "rcc" && {
                clocks: {
                    clock,
                    hse: hseOf(board),
                    power: () => this.pwr.state,
                    changing: () => this.system.clocksChange(),
                    changed: () => {
                        this.system.clocksChanged()
                        this.flash.checkLatency()
                    },
                },
            }),
        })
    }

    private makeSystem(): SystemBlocks {
        const { board, clock, rules, seed = 1 } = this.options
        return new SystemBlocks({
            board,
            clock,
            rules,
            seed,
            gpio: this.gpio,
            setLine: (irq, active) => this.nvic.setLine(irq, active),
            timerHz: timer => this.timerHz(timer),
            watchdogExpired: () => {
                this.reset("iwdg")
                this.onReset?.("iwdg")
            },
        })
    }

    private makeDma(name: "DMA1" | "DMA2"): Dma {
        const { board, clock, rules, memory } = this.options
        return new Dma({
            name,
            clock,
            rules,
            memory,
            regions: board.memories,
            readOnly: [{ address: FLASH_MEMORY, bytes: board.flashBytes }],
            external: this.fsmc,
            hclkHz: () => this.hclkHz(),
            irq: (stream, active) =>
                this.nvic.setLine(
                    Irq[`${name}_Stream${stream}` as keyof typeof Irq],
                    active
                ),
        })
    }

    private makeFlash(): Flash {
        const { board, clock, rules, memory } = this.options
        return new Flash({
            chip: board.chip,
            clock,
            rules,
            memory,
            flashBytes: board.flashBytes,
            irq: active => this.nvic.setLine(Irq.FLASH, active),
            ...(this.options.clocks === "rcc" && {
                hclkHz: () => this.hclkHz(),
            }),
        })
    }

    private makeUsart(name: UsartName): Usart {
        const { clock, rules } = this.options
        const onApb2 = name === "USART1" || name === "USART6"
        return new Usart({
            name,
            clock,
            rules,
            pclkHz: () => (onApb2 ? this.pclk2Hz() : this.pclk1Hz()),
            irq: active => this.nvic.setLine(Irq[name], active),
            connectDma: side => this.connectUsart(name, side),
            pinProblem: signal => this.usartPinProblem(name, signal),
        })
    }

    private connectUsart(name: UsartName, side: UsartDmaSide): UsartDmaPorts {
        const { controller, tx, rx } = USART_DMA_ROUTES[name]!
        const dma = controller === "DMA1" ? this.dma1 : this.dma2
        const common = {
            dataRegister: USART_BASES[name] + UsartRegister.DR,
            largestItemBytes: 2,
        }
        return {
            tx: dma.connectItems({
                ...common,
                name: `${name}_TX`,
                direction: DmaDirection.MEMORY_TO_PERIPHERAL,
                routes: tx,
                pending: side.txPending,
                write: side.write,
            }),
            rx: dma.connectItems({
                ...common,
                name: `${name}_RX`,
                direction: DmaDirection.PERIPHERAL_TO_MEMORY,
                routes: rx,
                pending: side.rxPending,
                read: side.read,
            }),
        }
    }

    private usartPinProblem(
        name: UsartName,
        signal: "TX" | "RX"
    ): string | undefined {
        const { chip } = this.options.board
        const wires = USART_PINS[chip][name]
        const candidates = (signal === "TX" ? wires.tx : wires.rx).filter(
            ({ pin }) => GPIO_PORTS[chip].includes(pin.charAt(1))
        )
        const given = candidates.some(
            ({ pin, af }) =>
                this.gpioRuns(pin) && this.gpio.isAlternate(pin, af)
        )
        if (given) return undefined
        const names = candidates.map(({ pin }) => pin).join(" or ")
        return `no pin has the signal ${signal}: ${names} must be alternate function ${candidates[0]!.af}`
    }

    private makeDcmi(): Dcmi {
        const { board, clock, rules } = this.options
        const hclkHz = (): number => this.hclkHz()
        return new Dcmi({
            chip: board.chip,
            clock,
            rules,
            get hclkHz() {
                return hclkHz()
            },
            irq: active => this.nvic.setLine(Irq.DCMI, active),
            connectDma: served =>
                this.dma2.connect({
                    dataRegister: DCMI_BASE + DcmiRegister.DR,
                    routes: DCMI_DMA_ROUTES,
                    served,
                }),
            pinProblem: () =>
                this.options.freePins
                    ? freeDcmiPinProblem(board.chip, this.pinStates())
                    : this.dcmiPinProblem(),
        })
    }

    private makeI2c(name: I2cInstance): I2c {
        const { board, clock, rules } = this.options
        const used = board.sensor.i2c.instance === name
        const pclk1Hz = (): number => this.pclk1Hz()
        const ownBus = new I2cBus()
        const sensorBus = this.i2cBus
        const leads = (): boolean => this.leadsToSensor(name)
        return new I2c({
            name,
            clock,
            rules,
            get bus() {
                return leads() ? sensorBus : ownBus
            },
            get pclk1Hz() {
                return pclk1Hz()
            },
            hasFilter: board.chip !== "stm32f407",
            pinProblem: () => {
                if (this.options.freePins)
                    return freeI2cPinProblem(board.chip, name, this.pinStates())
                return used
                    ? this.i2cPinProblem()
                    : `board ${board.name} wires no pins to ${name}`
            },
            eventIrq: active => this.nvic.setLine(Irq[`${name}_EV`], active),
            errorIrq: active => this.nvic.setLine(Irq[`${name}_ER`], active),
            connectDma: side => this.connectI2c(name, side),
        })
    }

    /** The block's wires are the sensor's. */
    private leadsToSensor(name: I2cInstance): boolean {
        const { board, i2cPins } = this.options
        if (i2cPins === undefined) return board.sensor.i2c.instance === name
        const signals = { scl: "SCL", sda: "SDA" } as const
        return (["scl", "sda"] as const).every(wire => {
            const pin = i2cPins[wire]
            return (
                freeI2cPins(board.chip, name, signals[wire]).includes(pin) &&
                this.gpio.isAlternate(pin, I2C_AF)
            )
        })
    }

    private connectI2c(name: I2cInstance, side: I2cDmaSide): I2cDmaPorts {
        const { tx, rx } = I2C_DMA_ROUTES[name]
        const common = {
            dataRegister: I2C_BASES[name] + I2cRegister.DR,
            largestItemBytes: 2,
        }
        return {
            tx: this.dma1.connectItems({
                ...common,
                name: `${name}_TX`,
                direction: DmaDirection.MEMORY_TO_PERIPHERAL,
                routes: tx,
                pending: side.txPending,
                write: side.write,
            }),
            rx: this.dma1.connectItems({
                ...common,
                name: `${name}_RX`,
                direction: DmaDirection.PERIPHERAL_TO_MEMORY,
                routes: rx,
                pending: side.rxPending,
                read: side.read,
                moved: side.wasRead,
            }),
        }
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
        this.gpio.setInput(scl.pin, () => (this.i2cBus.sclHeld ? 0 : 1))
        this.gpio.setInput(sda.pin, () => (this.i2cBus.sdaHeld ? 0 : 1))
        this.gpio.onOutput(scl.pin, level => {
            this.checkOpenDrain(scl.pin, "SCL")
            if (level === 1) this.i2cBus.pulseScl()
        })
        this.gpio.onOutput(sda.pin, () => this.checkOpenDrain(sda.pin, "SDA"))
    }

    /** Pull-ups on every pin that can carry the sensor's bus, and an ear on those that software clocks. */
    private wireFreeI2cPins(): BitBangedI2c {
        const { board, rules, i2cPins } = this.options
        const { chip, sensor } = board
        const { gpio, i2cBus: bus } = this
        const [sclPins, sdaPins] = (["SCL", "SDA"] as const).map(signal =>
            freeI2cPins(chip, sensor.i2c.instance, signal)
        )
        for (const pin of sdaPins!)
            gpio.setInput(pin, () => (bus.sdaHeld ? 0 : 1))
        for (const pin of sclPins!)
            gpio.setInput(pin, () => (bus.sclHeld ? 0 : 1))
        return new BitBangedI2c({
            ...{ gpio, bus, rules, pins: i2cPins, sclPins: sclPins! },
        })
    }

    private pinStates(): PinStates {
        return { gpio: this.gpio, runs: pin => this.gpioRuns(pin) }
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
        bus.map(PWR_BASE, PWR_SIZE_BYTES, this.pwr, () => rcc.isEnabled("PWR"))
        bus.map(FLASH_BASE, FLASH_SIZE_BYTES, this.flash)
        bus.map(NVIC_BASE, NVIC_SIZE_BYTES, this.nvic)
        bus.map(DCMI_BASE, DCMI_SIZE_BYTES, this.dcmi, () =>
            rcc.isEnabled("DCMI")
        )
        bus.map(FSMC_BASE, FSMC_SIZE_BYTES, this.fsmc, () =>
            rcc.isEnabled(this.fsmc.name)
        )
        bus.map(DMA1_BASE, DMA_SIZE_BYTES, this.dma1, () =>
            rcc.isEnabled("DMA1")
        )
        bus.map(DMA2_BASE, DMA_SIZE_BYTES, this.dma2, () =>
            rcc.isEnabled("DMA2")
        )
        for (const [name, usart] of this.usarts)
            bus.map(USART_BASES[name], USART_SIZE_BYTES, usart, () =>
                rcc.isEnabled(name)
            )
        for (const name of I2C_INSTANCES)
            bus.map(I2C_BASES[name], I2C_SIZE_BYTES, this.i2c[name], () =>
                rcc.isEnabled(name)
            )
        this.system.map(bus, name => rcc.isEnabled(name))
        this.gpio.ports.forEach((port, index) =>
            bus.map(
                GPIO_BASE + index * GPIO_STRIDE_BYTES,
                GPIO_STRIDE_BYTES,
                port,
                () => rcc.isEnabled(port.name)
            )
        )
    }

    /** Blocks that RCC can reset one by one. */
    private blocks(): readonly (Peripheral & { reset(): void })[] {
        return [
            this.dcmi,
            this.fsmc,
            this.dma1,
            this.dma2,
            ...this.usarts.values(),
            ...Object.values(this.i2c),
            ...this.gpio.ports,
            ...this.system.all,
        ]
    }

    private resetBlock(name: string): void {
        if (name === this.pwr.name) this.pwr.reset()
        this.kept?.resetGate(name)
        this.blocks()
            .find(block => block.name === name)
            ?.reset()
    }
}
