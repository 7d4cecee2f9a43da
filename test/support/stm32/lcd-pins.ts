// SPDX-License-Identifier: MIT
// The pins of a 16-bit LCD on bank 1, as tests make them alternate functions.

const RCC_AHB1ENR = 0x40023830
const RCC_AHB3ENR = 0x40023838
const GPIO_BASE = 0x40020000
const GPIO_STRIDE = 0x400
const AFRL = 0x20

/** D0 to D15, NOE, NWE, NE1, A18. */
export const LCD_PINS =
    "PD14 PD15 PD0 PD1 PE7 PE8 PE9 PE10 PE11 PE12 PE13 PE14 PE15 PD8 PD9 PD10 PD4 PD5 PD7 PD13".split(
        " "
    )

interface Bus {
    read(address: number): number
    write(address: number, value: number): void
}

/** Clocks of the ports and of the FSMC, and each pin as alternate function 12. */
export function wireLcd(bus: Bus, pins: readonly string[] = LCD_PINS): void {
    bus.write(RCC_AHB1ENR, bus.read(RCC_AHB1ENR) | 0xff)
    bus.write(RCC_AHB3ENR, 1)
    for (const pin of pins) {
        const port =
            GPIO_BASE + (pin.charCodeAt(1) - "A".charCodeAt(0)) * GPIO_STRIDE
        const number = Number(pin.slice(2))
        const afr = port + AFRL + (number >> 3) * 4
        bus.write(afr, bus.read(afr) | (12 << ((number & 7) * 4)))
        bus.write(port, bus.read(port) | (2 << (number * 2)))
    }
}
