// SPDX-License-Identifier: MIT
// The faults inside the chip: DCMI, DMA, interrupts, registers, flash.

import type { Clock } from "../clock.ts"
import type { Stm32F4 } from "../stm32/chip.ts"
import { Irq } from "../stm32/nvic/irq.ts"
import type { Injectors } from "./effect.ts"

const US = 1000

type ChipFaultName =
    | "dcmi-overrun"
    | "register-upset"
    | "dma-late"
    | "dma-error"
    | "fifo-error"
    | "irq-late"
    | "flash-error"

/** Interrupts that a capture may use: the DCMI's, and those of the streams that its request reaches (RM0090 table 43). */
const CAPTURE_IRQS: readonly number[] = [
    Irq.DCMI,
    Irq.DMA2_Stream1,
    Irq.DMA2_Stream7,
]

export function chipFaults(
    clock: Clock,
    chip: Stm32F4
): Injectors<ChipFaultName> {
    const { dcmi, dma2, flash } = chip
    const late = lateInterrupts(clock, chip)
    return {
        "dcmi-overrun": (_, effect) =>
            dcmi.injectOverrun(() => effect.happenedOnce()),
        "register-upset": ({ address, value }, effect) => {
            effect.happenedOnce()
            chip.bus.write32(address, value)
        },
        "dma-late": ({ us }, effect) => {
            effect.happened()
            dma2.stall()
            clock.after(us * US, () => {
                dma2.endStall()
                effect.over()
            })
        },
        "dma-error": (_, effect) =>
            dma2.injectError("transfer", () => effect.happenedOnce()),
        "fifo-error": (_, effect) =>
            dma2.injectError("fifo", () => effect.happenedOnce()),
        "irq-late": ({ us }) => late(us * US),
        "flash-error": ({ count }, effect) => {
            let left = count
            const taken = (): void => {
                effect.happened()
                if (--left === 0) effect.over()
                else flash.injectError(taken)
            }
            flash.injectError(taken)
        },
    }
}

/** @returns begins a time in which interrupts are late by so much, and returns what ends it */
function lateInterrupts(
    clock: Clock,
    { nvic }: Stm32F4
): (byNs: number) => () => void {
    const delays: number[] = []
    const holds = new Map<number, number>()
    nvic.onRise = irq => {
        if (delays.length === 0 || !CAPTURE_IRQS.includes(irq)) return
        const change = (by: 1 | -1): void => {
            const held = (holds.get(irq) ?? 0) + by
            holds.set(irq, held)
            nvic.hold(irq, held > 0)
        }
        change(1)
        clock.after(Math.max(...delays), () => change(-1))
    }
    return byNs => {
        delays.push(byNs)
        return () => delays.splice(delays.indexOf(byNs), 1)
    }
}
