// SPDX-License-Identifier: MIT
// Interrupt lines that several blocks share: TIM1_UP_TIM10 and its like. A line is active while any of them is.

import type { Irq } from "./irq.ts"
import type { IrqLine } from "../peripheral.ts"

export class IrqLines {
    private readonly active = new Map<Irq, Set<object>>()

    constructor(
        private readonly setLine: (irq: Irq, active: boolean) => void
    ) {}

    /** One more block's end of a line. */
    share(irq: Irq): IrqLine {
        const users = this.active.get(irq) ?? new Set<object>()
        this.active.set(irq, users)
        const user = {}
        return active => {
            if (active === users.has(user)) return
            if (active) users.add(user)
            else users.delete(user)
            this.setLine(irq, users.size > 0)
        }
    }
}
