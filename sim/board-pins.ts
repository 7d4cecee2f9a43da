// SPDX-License-Identifier: MIT
// What is at the board's pins outside the chip: buttons that are pressed, levels that somebody drives, and what came out.

import { findPin, pinUsers } from "../boards/board-pins.ts"
import type { NamedPin } from "../boards/pin-names.ts"
import { pinCode } from "../boards/board-block.ts"
import type { BoardFile } from "../boards/board-file.ts"
import { UsageError } from "../protocol/errors.ts"
import { PinFlag, PinUse } from "../protocol/pins.ts"
import { pinUseText } from "../protocol/pin-use-text.ts"
import type { Clock } from "./clock.ts"
import type { Gpio } from "./stm32/gpio/gpio.ts"
import type { Level } from "./wires/parallel-bus.ts"

/** Something that happens at a pin from outside. */
export interface PinEvent {
    /** s of virtual time since boot. */
    readonly at: number
    /** A name of the board's ("BUTTON", "D2") or of the chip's ("PA5"). */
    readonly pin: string
    /** True: a button is pressed, another pin is high. False: released, low. */
    readonly active: boolean
}

/** A pin changed. */
export interface PinChange {
    /** s of virtual time since boot. */
    readonly at: number
    readonly active: boolean
}

export interface BoardPinsOptions {
    readonly board: BoardFile
    readonly gpio: Gpio
    readonly clock: Clock
    readonly events?: readonly PinEvent[] | undefined
}

/** Pins by their names; a pin that is active low is active at a low level. */
export class BoardPins {
    private readonly history = new Map<string, PinChange[]>()

    /** @throws UsageError for an event at a pin that there is not, or that is not a program's */
    constructor(private readonly options: BoardPinsOptions) {
        const { board, gpio, clock, events = [] } = options
        for (const [name, part] of Object.entries(board.pins))
            if (part.button === true && this.isFree(part.pin))
                this.release(name, part)
        pinUsers(board).forEach((use, code) => {
            if (use === PinUse.FREE) this.record(gpio.nameOf(code))
        })
        for (const event of events) {
            this.find(event.pin)
            clock.at(event.at * 1e9, () => this.set(event.pin, event.active))
        }
    }

    /**
     * Press or release a button; drive another pin high or low from outside.
     * @throws UsageError when there is no such pin, or it is not a program's
     */
    set(name: string, active: boolean): void {
        const { pin, activeLow } = this.find(name)
        const part = this.options.board.pins[name]
        if (part?.button === true && !active) return this.release(name, part)
        this.options.gpio.setInput(pin, (Number(active) ^ activeLow) as Level)
    }

    /** Whether it is active now; undefined when nothing drives or pulls it. */
    isActive(name: string): boolean | undefined {
        const { pin, activeLow } = this.find(name)
        const level = this.options.gpio.levelOf(pin)
        return level === undefined ? undefined : level !== activeLow
    }

    /** What became of a pin, in order: by the program or from outside. */
    changes(name: string): readonly PinChange[] {
        const { pin, activeLow } = this.find(name)
        return (this.history.get(pin) ?? []).map(({ at, active }) => ({
            at,
            active: active !== (activeLow === 1),
        }))
    }

    /** Without a resistor of the board's the chip's own pulls it back. */
    private release(name: string, part: NamedPin): void {
        const { pin, activeLow } = this.find(name)
        this.options.gpio.setInput(
            pin,
            part.pull === undefined ? activeLow : undefined
        )
    }

    /** Names to show in waveforms: the board's parts that are a program's, and pins that something happens at. */
    get shown(): readonly string[] {
        const { board, events = [] } = this.options
        const parts = Object.entries(board.pins)
            .filter(([, { pin }]) => this.isFree(pin))
            .map(([name]) => name)
        return [...new Set([...parts, ...events.map(({ pin }) => pin)])]
    }

    /** Call `changed` at each change of a pin's level. @returns the level now; undefined when nothing drives or pulls it */
    watch(name: string, changed: (level: Level) => void): Level | undefined {
        const { pin } = this.find(name)
        const { gpio } = this.options
        gpio.onOutput(pin, changed)
        return gpio.levelOf(pin)
    }

    /** Levels, as active high. */
    private record(pin: string): void {
        const { gpio, clock } = this.options
        gpio.onOutput(pin, level => {
            const changes = this.history.get(pin) ?? []
            changes.push({ at: clock.nowNs / 1e9, active: level === 1 })
            this.history.set(pin, changes)
        })
    }

    private find(name: string): { pin: string; activeLow: Level } {
        return programPin(this.options.board, name)
    }

    private isFree(pin: string): boolean {
        return isFree(this.options.board, pin)
    }
}

function isFree(board: BoardFile, pin: string): boolean {
    return useOf(board, pin) === PinUse.FREE
}

function useOf(board: BoardFile, pin: string): PinUse {
    return pinUsers(board)[pinCode(pin)]!
}

/**
 * A pin that a program may have.
 * @throws UsageError when there is no such pin, or it is not a program's
 */
export function programPin(
    board: BoardFile,
    name: string
): { readonly pin: string; readonly activeLow: Level } {
    const found = findPin(board, name)
    if (found === undefined)
        throw new UsageError(
            `board ${board.name} has no pin "${name}": it has ${Object.keys(board.pins).join(", ") || "no parts"}, ` +
                `the names of its headers, and the chip's, such as "PA5"`
        )
    const use = useOf(board, found.pin)
    if (use !== PinUse.FREE)
        throw new UsageError(
            `board ${board.name}: pin ${name === found.pin ? name : `"${name}" (${found.pin})`} ${pinUseText(use)}: ` +
                `take another one, "camscript wiring --board ${board.name}" shows where which pin is`
        )
    return {
        pin: found.pin,
        activeLow: (found.flags & PinFlag.ACTIVE_LOW) as Level,
    }
}
