// SPDX-License-Identifier: MIT
// General-purpose I/O ports (RM0090 §8, RM0390 §7): modes, alternate functions, levels of the pins.
// Not modelled: LCKR (refused), slew rates, analog levels, what an alternate function drives on its pin. A floating
// input reads 0.

import type { Level } from "../../wires/parallel-bus.ts"
import type { Rules } from "../../rules.ts"
import type { Peripheral } from "../peripheral.ts"
import { RegisterRules, sectionsInOrder } from "../register-rules.ts"

/** Port A; each further port is 0x400 higher. */
export const GPIO_BASE = 0x40020000
export const GPIO_STRIDE_BYTES = 0x400

export enum GpioRegister {
    MODER = 0x00, // 2 bits per pin: 0 input, 1 output, 2 alternate function, 3 analog
    OTYPER = 0x04, // 1 bit per pin: 1 open drain
    OSPEEDR = 0x08, // 2 bits per pin
    PUPDR = 0x0c, // 2 bits per pin: 0 none, 1 up, 2 down
    IDR = 0x10, // read only
    ODR = 0x14,
    BSRR = 0x18, // write only: low half sets, high half resets
    LCKR = 0x1c,
    AFRL = 0x20, // 4 bits per pin, pins 0..7
    AFRH = 0x24, // pins 8..15
}

const MODE_INPUT = 0
const MODE_OUTPUT = 1
const MODE_ALTERNATE = 2
const PULL_UP = 1
const PULL_DOWN = 2
const PULL_RESERVED = 3

/** Reset values of the ports with the debug pins (RM0090 §8.4.1..4); 0 for the others. */
const RESET_VALUES: Readonly<
    Record<string, { moder: number; ospeedr: number; pupdr: number }>
> = {
    A: { moder: 0xa8000000, ospeedr: 0x00000000, pupdr: 0x64000000 },
    B: { moder: 0x00000280, ospeedr: 0x000000c0, pupdr: 0x00000100 },
}

/** undefined: nothing outside drives the pin now. */
type LevelSource = () => Level | undefined
interface Watcher {
    readonly pin: number
    readonly changed: (level: Level) => void
    level: Level | undefined
}

/** One port of 16 pins. */
export class GpioPort implements Peripheral {
    readonly name: string
    /** Called with the pins whose drive changed: low, high, or let go. */
    onDrive: ((pins: number) => void) | undefined
    /** A board that nobody described has a pull-up wherever software drives a pin and then lets it go. */
    pullsUpWires = false
    private moder = 0
    private otyper = 0
    private ospeedr = 0
    private pupdr = 0
    private odr = 0
    private readonly afr = [0, 0]
    private readonly inputs: (LevelSource | undefined)[] = []
    private readonly watchers: Watcher[] = []
    private readonly check: RegisterRules
    /** Pins that are general-purpose outputs. */
    private outputs = 0
    /** Pins that were outputs since reset. */
    private wires = 0
    /** Pins that the port drives. */
    private low = 0
    private high = 0

    constructor(
        private readonly letter: string,
        rules: Rules
    ) {
        this.name = `GPIO${letter}`
        this.check = new RegisterRules(
            rules,
            this,
            sectionsInOrder("RM0090 8.4", GpioRegister)
        )
        this.reset()
    }

    reset(): void {
        const values = RESET_VALUES[this.letter]
        this.moder = values?.moder ?? 0
        this.ospeedr = values?.ospeedr ?? 0
        this.pupdr = values?.pupdr ?? 0
        this.otyper = 0
        this.odr = 0
        this.outputs = outputsOf(this.moder)
        this.wires = 0
        this.afr.fill(0)
        this.notify()
    }

    registerName(offset: number): string | undefined {
        return GpioRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case GpioRegister.MODER:
                return this.moder
            case GpioRegister.OTYPER:
                return this.otyper
            case GpioRegister.OSPEEDR:
                return this.ospeedr
            case GpioRegister.PUPDR:
                return this.pupdr
            case GpioRegister.IDR:
                return this.readInputs()
            case GpioRegister.ODR:
                return this.odr
            case GpioRegister.BSRR:
                return 0
            case GpioRegister.AFRL:
                return this.afr[0]!
            case GpioRegister.AFRH:
                return this.afr[1]!
        }
        return this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case GpioRegister.MODER:
                this.moder = value
                this.outputs = outputsOf(value)
                this.wires |= this.outputs
                break
            case GpioRegister.OTYPER:
                this.otyper = this.check.ignoreReserved(offset, value, 0xffff)
                break
            case GpioRegister.OSPEEDR:
                this.ospeedr = value
                return
            case GpioRegister.PUPDR:
                this.writePulls(offset, value)
                break
            case GpioRegister.IDR:
                return this.check.readOnlyWrite(offset, value)
            case GpioRegister.ODR:
                this.odr = this.check.ignoreReserved(offset, value, 0xffff)
                break
            case GpioRegister.BSRR:
                // Set has priority over reset (RM0090 §8.4.7).
                this.odr = (this.odr & ~(value >>> 16)) | (value & 0xffff)
                break
            case GpioRegister.AFRL:
                this.afr[0] = value
                return
            case GpioRegister.AFRH:
                this.afr[1] = value
                return
            default:
                return this.check.refusedWrite(offset, value)
        }
        this.notify()
    }

    /** True when the pin is given to alternate function `af`. */
    isAlternate(pin: number, af: number): boolean {
        const selected = (this.afr[pin >>> 3]! >>> ((pin & 7) * 4)) & 0xf
        return this.mode(pin) === MODE_ALTERNATE && selected === af
    }

    /** In words, for messages: "input", "alternate function 4". */
    describe(pin: number): string {
        const mode = this.mode(pin)
        if (mode !== MODE_ALTERNATE)
            return mode === MODE_INPUT
                ? "input"
                : mode === MODE_OUTPUT
                  ? "output"
                  : "analog"
        return `alternate function ${(this.afr[pin >>> 3]! >>> ((pin & 7) * 4)) & 0xf}`
    }

    isOpenDrain(pin: number): boolean {
        return ((this.otyper >>> pin) & 1) === 1
    }

    isOutput(pin: number): boolean {
        return this.mode(pin) === MODE_OUTPUT
    }

    /** Pins that the port drives low, and those that it drives high. */
    get driven(): { readonly low: number; readonly high: number } {
        return { low: this.low, high: this.high }
    }

    /** What the board does to a pin that the port does not drive. */
    setInput(pin: number, source: LevelSource): void {
        this.inputs[pin] = source
        this.notify()
    }

    /** A source of setInput() gives another level now. */
    inputChanged(): void {
        this.notify()
    }

    /** Call `changed` whenever the level of the pin changes. */
    onOutput(pin: number, changed: (level: Level) => void): void {
        this.watchers.push({ pin, changed, level: this.level(pin) })
    }

    private mode(pin: number): number {
        return (this.moder >>> (pin * 2)) & 3
    }

    /** Level on the pin; undefined when nothing drives or pulls it. */
    level(pin: number): Level | undefined {
        if (this.mode(pin) === MODE_OUTPUT) {
            const bit = ((this.odr >>> pin) & 1) as Level
            if (bit === 0 || !this.isOpenDrain(pin)) return bit
        }
        const outside = this.inputs[pin]?.()
        if (outside !== undefined) return outside
        const pull = (this.pupdr >>> (pin * 2)) & 3
        if (pull === PULL_UP) return 1
        if (pull === PULL_DOWN) return 0
        return this.pullsUpWires && ((this.wires >>> pin) & 1) === 1
            ? 1
            : undefined
    }

    private readInputs(): number {
        let idr = 0
        for (let pin = 0; pin < 16; pin++)
            if (this.level(pin) === 1) idr |= 1 << pin
        return idr
    }

    private writePulls(offset: number, value: number): void {
        for (let pin = 0; pin < 16; pin++)
            if (((value >>> (pin * 2)) & 3) === PULL_RESERVED)
                this.check.doubtful(
                    offset,
                    `pull 3 of pin ${pin} is reserved`,
                    value
                )
        this.pupdr = value
    }

    private notify(): void {
        this.tellDrive()
        for (const watcher of this.watchers) {
            const level = this.level(watcher.pin)
            if (level === undefined || level === watcher.level) continue
            watcher.level = level
            watcher.changed(level)
        }
    }

    private tellDrive(): void {
        const { outputs, odr, otyper } = this
        const low = outputs & ~odr
        const high = outputs & odr & ~otyper
        const changed = (low ^ this.low) | (high ^ this.high)
        if (changed === 0) return
        this.low = low
        this.high = high
        this.onDrive?.(changed)
    }
}

/** Pins that MODER makes outputs. */
function outputsOf(moder: number): number {
    let pins = 0
    for (let pin = 0; pin < 16; pin++)
        if (((moder >>> (pin * 2)) & 3) === MODE_OUTPUT) pins |= 1 << pin
    return pins
}

/** All ports of a chip; pins are named "PB10". */
export class Gpio {
    readonly ports: readonly GpioPort[]

    /** @param letters the ports of the chip, "ABCDEFGH" */
    constructor(
        private readonly letters: string,
        rules: Rules
    ) {
        this.ports = [...letters].map(letter => new GpioPort(letter, rules))
    }

    /** True when the pin is given to alternate function `af`. */
    isAlternate(pin: string, af: number): boolean {
        const { port, number } = this.find(pin)
        return port.isAlternate(number, af)
    }

    /** The pin's mode in words, for messages. */
    describe(pin: string): string {
        const { port, number } = this.find(pin)
        return port.describe(number)
    }

    /** True when OTYPER makes the pin open drain. */
    isOpenDrain(pin: string): boolean {
        const { port, number } = this.find(pin)
        return port.isOpenDrain(number)
    }

    /** True when the pin is a general-purpose output. */
    isOutput(pin: string): boolean {
        const { port, number } = this.find(pin)
        return port.isOutput(number)
    }

    /** What the board does to a pin that the chip does not drive: a fixed level, or one asked for at each look. */
    setInput(pin: string, level: Level | undefined | LevelSource): void {
        const { port, number } = this.find(pin)
        port.setInput(number, typeof level === "function" ? level : () => level)
    }

    /** Level of a pin's wire; undefined when nothing drives or pulls it. */
    levelOf(pin: string): Level | undefined {
        const { port, number } = this.find(pin)
        return port.level(number)
    }

    /** What setInput() was given for a pin has another level now. */
    inputChanged(pin: string): void {
        this.find(pin).port.inputChanged()
    }

    /** Call `changed` with the new level whenever the level of a pin changes. */
    onOutput(pin: string, changed: (level: Level) => void): void {
        const { port, number } = this.find(pin)
        port.onOutput(number, changed)
    }

    /**
     * Number of a pin, 16 for each port before its own: "PB8" is 24.
     * @throws Error when the chip has no such pin
     */
    indexOf(pin: string): number {
        const { port, number } = this.find(pin)
        return this.ports.indexOf(port) * 16 + number
    }

    /** The name of the pin with this number. */
    nameOf(index: number): string {
        return `P${this.letters.charAt(index >>> 4)}${index & 15}`
    }

    /** @throws Error when the chip has no such pin */
    private find(pin: string): { port: GpioPort; number: number } {
        const port = this.ports[this.letters.indexOf(pin.charAt(1))]
        const number = Number(pin.slice(2))
        if (!/^P[A-K]\d+$/.test(pin) || port === undefined || number > 15)
            throw new Error(
                `no pin "${pin}": the chip has ports ${this.letters}, pins 0..15`
            )
        return { port, number }
    }
}
