// SPDX-License-Identifier: MIT
// I2C or SCCB that software clocks on two pins, of a board that nobody described: the sensor's wires follow the pins. Which
// two they are shows by what happens on them: START, and then eight bits that are the address of a target on the bus.

import type { Rules } from "../../rules.ts"
import { I2cBus } from "../../wires/i2c-bus.ts"
import { I2cBits } from "../../wires/i2c-bits.ts"
import type { I2cCounts } from "../../wires/i2c-port.ts"
import type { Level } from "../../wires/parallel-bus.ts"
import type { Gpio } from "./gpio.ts"

const PINS_PER_PORT = 16
/** Broken transfers that setting up the pins may look like. */
const GLITCHES = 4

/** Two pins, named "PB8". */
export interface I2cPins {
    readonly scl: string
    readonly sda: string
}

export interface BitBangedI2cWiring {
    readonly gpio: Gpio
    readonly bus: I2cBus
    readonly rules: Rules
    /** Pins with pull-ups that an I2C block may have, too: their pulses count as well. */
    readonly sclPins: readonly string[]
    /** The pair that the sensor is wired to; undefined: it is looked for. */
    readonly pins: I2cPins | undefined
}

/** Two pins of the chip that may be the bus. */
class Pair {
    readonly bits: I2cBits

    constructor(
        /** Numbers from PA0 on. */
        readonly scl: number,
        readonly sda: number,
        bus: I2cBus
    ) {
        this.bits = new I2cBits(bus)
    }

    /** The lines of another bus make all conditions of I2C by chance, and mostly in the wrong places. */
    get isPlausible(): boolean {
        const { wholeTransfers, brokenTransfers } = this.bits
        return brokenTransfers <= wholeTransfers + GLITCHES
    }
}

/** Watches what software does to the pins. */
export class BitBangedI2c {
    /** Told of the levels on the wires of the pair that is known, for traces. */
    onWires: ((scl: Level, sda: Level) => void) | undefined
    private known: Pair | undefined
    /** Pins that were outputs. */
    private readonly active: number[] = []
    private readonly isActive: boolean[] = []
    /** Pairs that each pin is part of, while the bus is looked for. */
    private readonly pairsOf: Pair[][] = []
    private readonly sclPins: ReadonlySet<number>
    /** Pins that the program makes low. */
    private readonly isLow: boolean[] = []
    /** A target has answered on the known pair. */
    private answered = false
    /** Where pairs lead that are looked for. */
    private searchedBus: I2cBus

    constructor(private readonly wiring: BitBangedI2cWiring) {
        const { gpio, bus, pins, sclPins } = wiring
        this.searchedBus = bus
        this.sclPins = new Set(sclPins.map(pin => gpio.indexOf(pin)))
        gpio.ports.forEach((port, index) => {
            port.pullsUpWires = true
            port.onDrive = changed => this.driven(index, changed)
        })
        if (pins === undefined) return
        const { scl, sda } = pins
        this.settle(new Pair(gpio.indexOf(scl), gpio.indexOf(sda), bus))
        // Others reach nobody: they are looked for to be named.
        this.searchedBus = new I2cBus()
    }

    /** The pins of the bus; undefined when none were given, and no two carried anything like it. */
    get pins(): I2cPins | undefined {
        const pair = this.likeliest
        return (
            pair && {
                scl: this.wiring.gpio.nameOf(pair.scl),
                sda: this.wiring.gpio.nameOf(pair.sda),
            }
        )
    }

    /** What was said on them to whom. */
    get counts(): readonly I2cCounts[] {
        return this.likeliest?.bits.port.counts ?? []
    }

    /** The pair that is known, or else the one with most transfers in whole bytes, whose targets are not there. */
    private get likeliest(): Pair | undefined {
        if (this.known && (this.answered || this.known.bits.evidence > 0))
            return this.known
        let best: Pair | undefined
        for (const pair of new Set(this.pairsOf.flat()))
            if (
                pair.isPlausible &&
                pair.bits.evidence > (best?.bits.evidence ?? 0)
            )
                best = pair
        return best ?? this.known
    }

    private get searches(): boolean {
        return !this.known || !this.answered
    }

    private driven(port: number, changed: number): void {
        for (let pins = changed, bit = 0; pins !== 0; pins >>>= 1, bit++) {
            if ((pins & 1) === 0) continue
            const pin = port * PINS_PER_PORT + bit
            const rises = this.isLow[pin] === true && this.level(pin) === 1
            this.isLow[pin] = this.level(pin) === 0
            // It frees a confused target, whoever makes it.
            if (rises && (this.sclPins.has(pin) || this.known?.scl === pin))
                this.wiring.bus.pulseScl()
            if (this.known) this.drive(this.known, pin)
            if (this.searches) this.search(pin)
        }
    }

    /** The pair that is known may be part of the change. */
    private drive(pair: Pair, pin: number): void {
        const { scl, sda, bits } = pair
        if (pin !== scl && pin !== sda) return
        const { rules, gpio } = this.wiring
        bits.drive(this.level(scl), this.level(sda))
        if (bits.pulled) this.answered = true
        if (bits.pulled && this.drivesHigh(sda))
            rules.warned(
                `GPIO${gpio.nameOf(sda).charAt(1)}`,
                `${gpio.nameOf(sda)} is driven high, push-pull, while the sensor pulls SDA low to acknowledge or to send a 0: both drive the wire`
            )
        this.onWires?.(this.level(scl), this.sdaLevel(pair))
    }

    private search(pin: number): void {
        if (!this.isActive[pin]) this.activate(pin)
        for (const pair of this.pairsOf[pin] ?? []) {
            if (!pair.isPlausible) continue
            const { bits, scl, sda } = pair
            bits.drive(this.level(scl), this.level(sda))
            // A target has acknowledged its address.
            if (!bits.pulled) continue
            this.settle(pair)
            return
        }
    }

    private activate(pin: number): void {
        this.isActive[pin] = true
        const own: Pair[] = []
        this.pairsOf[pin] = own
        for (const other of this.active)
            for (const [scl, sda] of [
                [pin, other],
                [other, pin],
            ] as const) {
                const pair = new Pair(scl, sda, this.searchedBus)
                // So far the pin was let go: if it is SCL, the other may have made a START.
                pair.bits.drive(
                    scl === pin ? 1 : this.level(scl),
                    sda === pin ? 1 : this.level(sda)
                )
                own.push(pair)
                this.pairsOf[other]!.push(pair)
            }
        this.active.push(pin)
    }

    private settle(pair: Pair): void {
        const { gpio, bus } = this.wiring
        this.known = pair
        this.answered = pair.bits.pulled
        this.pairsOf.length = 0
        gpio.setInput(gpio.nameOf(pair.scl), () => (bus.sclHeld ? 0 : 1))
        gpio.setInput(gpio.nameOf(pair.sda), () => this.sdaLevel(pair))
    }

    /** What the pin leaves of the wire: a pin that is let go is pulled up. */
    private level(pin: number): Level {
        const { low } = this.wiring.gpio.ports[pin >>> 4]!.driven
        return ((low >>> (pin & 15)) & 1) === 1 ? 0 : 1
    }

    private drivesHigh(pin: number): boolean {
        const { high } = this.wiring.gpio.ports[pin >>> 4]!.driven
        return ((high >>> (pin & 15)) & 1) === 1
    }

    private sdaLevel({ bits, sda }: Pair): Level {
        if (bits.pulled || this.wiring.bus.sdaHeld) return 0
        return this.level(sda)
    }
}
