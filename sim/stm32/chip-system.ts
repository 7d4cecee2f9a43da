// SPDX-License-Identifier: MIT
// The blocks of the chip that only firmware on an emulated core needs: timers, watchdog, external interrupts, CRC, RNG.

import type { BoardFile } from "../../boards/board-file.ts"
import type { Clock } from "../clock.ts"
import type { Rules } from "../rules.ts"
import { GPIO_PORTS } from "./chip-kind.ts"
import { Crc, CRC_BASE, CRC_SIZE_BYTES } from "./crc.ts"
import {
    Exti,
    EXTI_BASE,
    EXTI_PIN_LINES,
    EXTI_SIZE_BYTES,
} from "./gpio/exti.ts"
import type { Gpio } from "./gpio/gpio.ts"
import type { Irq } from "./nvic/irq.ts"
import { IrqLines } from "./nvic/irq-lines.ts"
import { Iwdg, IWDG_BASE, IWDG_SIZE_BYTES } from "./timer/iwdg.ts"
import type { MemoryBus } from "./memory-bus.ts"
import type { Peripheral } from "./peripheral.ts"
import { Rng, RNG_BASE, RNG_SIZE_BYTES } from "./rng.ts"
import { Syscfg, SYSCFG_BASE, SYSCFG_SIZE_BYTES } from "./gpio/syscfg.ts"
import { TimerBlock } from "./timer/timer.ts"
import { TIMER_SIZE_BYTES, TIMERS } from "./timer/timer-registers.ts"

export interface SystemWiring {
    readonly board: BoardFile
    readonly clock: Clock
    readonly rules: Rules
    readonly gpio: Gpio
    readonly setLine: (irq: Irq, active: boolean) => void
    readonly timerHz: (timer: number) => number
    /** The watchdog expired. */
    readonly watchdogExpired: () => void
    /** Of the random numbers. */
    readonly seed: number
}

export class SystemBlocks {
    readonly timers: ReadonlyMap<number, TimerBlock>
    readonly iwdg: Iwdg
    readonly exti: Exti
    readonly syscfg: Syscfg
    readonly crc: Crc
    /** Undefined on the F446. */
    readonly rng: Rng | undefined
    private readonly watched = new Set<string>()
    private edgeLines = 0

    constructor(private readonly wiring: SystemWiring) {
        const { board, clock, rules, setLine, seed } = wiring
        this.timers = this.makeTimers()
        this.iwdg = new Iwdg({ clock, rules, expired: wiring.watchdogExpired })
        this.exti = new Exti({
            rules,
            irq: setLine,
            watch: lines => this.watch(lines),
        })
        this.syscfg = new Syscfg(GPIO_PORTS[board.chip], rules, () =>
            this.watch(this.edgeLines)
        )
        this.crc = new Crc(rules)
        this.rng =
            board.chip === "stm32f446" ? undefined : new Rng(clock, rules, seed)
    }

    /** Blocks that are reset by RCC or with the chip. */
    get all(): readonly (Peripheral & { reset(): void })[] {
        const { exti, syscfg, crc, rng, iwdg } = this
        return [
            ...this.timers.values(),
            exti,
            syscfg,
            crc,
            iwdg,
            ...(rng === undefined ? [] : [rng]),
        ]
    }

    /** @param isEnabled whether RCC lets the block of a name run */
    map(bus: MemoryBus, isEnabled: (block: string) => boolean): void {
        for (const [number, { base }] of TIMERS)
            bus.map(base, TIMER_SIZE_BYTES, this.timers.get(number)!, () =>
                isEnabled(`TIM${number}`)
            )
        // Neither has a gate of its own (RM0090 §7.3).
        bus.map(IWDG_BASE, IWDG_SIZE_BYTES, this.iwdg)
        bus.map(EXTI_BASE, EXTI_SIZE_BYTES, this.exti)
        bus.map(SYSCFG_BASE, SYSCFG_SIZE_BYTES, this.syscfg, () =>
            isEnabled("SYSCFG")
        )
        bus.map(CRC_BASE, CRC_SIZE_BYTES, this.crc, () => isEnabled("CRC"))
        if (this.rng !== undefined)
            bus.map(RNG_BASE, RNG_SIZE_BYTES, this.rng, () => isEnabled("RNG"))
    }

    /** Clocks are about to change. */
    clocksChange(): void {
        for (const timer of this.timers.values()) timer.sync()
    }

    /** Clocks have changed. */
    clocksChanged(): void {
        for (const timer of this.timers.values()) timer.rearm()
    }

    private makeTimers(): ReadonlyMap<number, TimerBlock> {
        const { clock, rules, setLine, timerHz } = this.wiring
        const lines = new IrqLines(setLine)
        return new Map(
            [...TIMERS].map(([number, kind]) => [
                number,
                new TimerBlock({
                    kind,
                    clock,
                    rules,
                    clockHz: () => timerHz(number),
                    updateIrq: lines.share(kind.updateIrq),
                    compareIrq: lines.share(kind.compareIrq),
                }),
            ])
        )
    }

    /** A pin's edges are looked for from when its line first wants them, so that other pins cost nothing. */
    private watch(lines: number): void {
        this.edgeLines = lines
        for (let line = 0; line < EXTI_PIN_LINES; line++) {
            const pin = this.syscfg.pinOf(line)
            if ((lines & (1 << line)) === 0 || this.watched.has(pin)) continue
            this.watched.add(pin)
            this.wiring.gpio.onOutput(pin, level => {
                if (this.syscfg.pinOf(line) === pin)
                    this.exti.edge(line, level === 1)
            })
        }
    }
}
