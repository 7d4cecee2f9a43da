// SPDX-License-Identifier: MIT
// Which widths of access each block takes, as its chapter says under "registers".

const WORDS = [32] as const
const HALFWORDS = [16, 32] as const
const BYTES = [8, 16, 32] as const

/** RM0090: GPIO §8.4, RCC §7.3, FLASH §3.9, USART §30.6, I2C §27.6, SPI §28.5, TIM §18.4, PWR §5.4, IWDG §21.4, WWDG §22.6. */
const BLOCKS: readonly (readonly [RegExp, readonly number[]])[] = [
    [/^GPIO|^RCC$|^FLASH$/, BYTES],
    [/^USART|^UART|^I2C|^SPI|^TIM|^PWR$|^IWDG$|^WWDG$/, HALFWORDS],
    // RM0090 §36.5.6 names no width; AHB.
    [/^FSMC$|^FMC$/, BYTES],
    // PM0214 §4: blocks of the core take words, but for the registers below.
    [/^ITM$/, BYTES],
]

/** PM0214 §4.3.7, §4.4.8, §4.4.10: priorities by bytes, CFSR as three registers. */
const NVIC_IPR = 0x300
const SCB_SHPR1 = 0x18
const SCB_SHPR3 = 0x20
const SCB_CFSR = 0x28

/**
 * Widths in bits that a block takes at an offset; a block that is not listed takes words.
 * @param name of the block
 * @param offset of the register, bytes
 */
export function accessWidths(name: string, offset: number): readonly number[] {
    if (name === "NVIC") return offset >= NVIC_IPR ? BYTES : WORDS
    if (name === "SCB")
        return (offset >= SCB_SHPR1 && offset <= SCB_SHPR3) ||
            offset === SCB_CFSR
            ? BYTES
            : WORDS
    return BLOCKS.find(([pattern]) => pattern.test(name))?.[1] ?? WORDS
}

/** APB1 and APB2 (RM0090 table 1). */
export function isOnApb(address: number): boolean {
    return address >= 0x40000000 && address < 0x40020000
}
