// SPDX-License-Identifier: MIT
// What differs between the chips of the family.

import type { BoardFile } from "../../boards/board-file.ts"

export type ChipKind = BoardFile["chip"]

/** GPIO ports with a register block (the package may bring out fewer pins). RM0090 §8.4, RM0390 §7.4. */
export const GPIO_PORTS: Readonly<Record<ChipKind, string>> = {
    stm32f407: "ABCDEFGHI",
    stm32f429: "ABCDEFGHI",
    stm32f446: "ABCDEFGH",
}

/** Interrupt lines: entries of the vector table beyond the 16 of the core. */
export const INTERRUPT_COUNT: Readonly<Record<ChipKind, number>> = {
    stm32f407: 82,
    stm32f429: 91,
    stm32f446: 97,
}
