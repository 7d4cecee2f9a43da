// SPDX-License-Identifier: MIT

import type { Cause } from "./cause.ts"

/** Where RCC has the clock of a block (RM0090 §7.3.10 to §7.3.14). */
const ENABLES: Readonly<Record<string, string>> = {
    GPIOA: "RCC_AHB1ENR bit 0 (GPIOAEN)",
    GPIOB: "RCC_AHB1ENR bit 1 (GPIOBEN)",
    GPIOC: "RCC_AHB1ENR bit 2 (GPIOCEN)",
    GPIOD: "RCC_AHB1ENR bit 3 (GPIODEN)",
    GPIOE: "RCC_AHB1ENR bit 4 (GPIOEEN)",
    GPIOF: "RCC_AHB1ENR bit 5 (GPIOFEN)",
    GPIOG: "RCC_AHB1ENR bit 6 (GPIOGEN)",
    GPIOH: "RCC_AHB1ENR bit 7 (GPIOHEN)",
    GPIOI: "RCC_AHB1ENR bit 8 (GPIOIEN)",
    DMA1: "RCC_AHB1ENR bit 21 (DMA1EN)",
    DMA2: "RCC_AHB1ENR bit 22 (DMA2EN)",
    DCMI: "RCC_AHB2ENR bit 0 (DCMIEN)",
    I2C1: "RCC_APB1ENR bit 21 (I2C1EN)",
    I2C2: "RCC_APB1ENR bit 22 (I2C2EN)",
    I2C3: "RCC_APB1ENR bit 23 (I2C3EN)",
    PWR: "RCC_APB1ENR bit 28 (PWREN)",
    SYSCFG: "RCC_APB2ENR bit 14 (SYSCFGEN)",
}

export const clockOff: Cause = {
    name: "clock-off",
    what: "a block is set up while its clock is off, DMA2 above all",
    evidence: "accesses to a block whose bit in RCC is 0",
    find({ clockOff: blocks }) {
        if (blocks.length === 0) return undefined
        const list = blocks
            .map(block => `${block}: ${ENABLES[block] ?? "its bit in RCC"}`)
            .join("; ")
        return `${blocks.join(" and ")} ${blocks.length > 1 ? "were" : "was"} accessed while RCC had the clock off: writes are lost and reads give 0. Set the bit first, and read it back once (${list}).`
    },
}
