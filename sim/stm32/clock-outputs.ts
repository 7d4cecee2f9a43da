// SPDX-License-Identifier: MIT
// Pins that can put out a clock: MCO1, MCO2 and the timers' channels. Alternate function tables of the data sheets (DS8626
// table 9, DS9405 table 12, DS10693 table 11), the same on all chips but for packages that lack the port.

/** What drives a pin in an alternate function. */
export interface ClockOutput {
    readonly af: number
    /** MCO1 or MCO2, or a channel of a timer. */
    readonly source:
        | { readonly mco: 1 | 2 }
        | { readonly timer: number; readonly channel: number }
}

/** Per timer its alternate function, then the pins of each channel. */
const TIMER_PINS: Readonly<
    Record<number, readonly [af: number, ...channels: string[]]>
> = {
    1: [1, "PA8 PE9", "PA9 PE11", "PA10 PE13", "PA11 PE14"],
    2: [1, "PA0 PA5 PA15", "PA1 PB3", "PA2 PB10", "PA3 PB11"],
    3: [2, "PA6 PB4 PC6", "PA7 PB5 PC7", "PB0 PC8", "PB1 PC9"],
    4: [2, "PB6 PD12", "PB7 PD13", "PB8 PD14", "PB9 PD15"],
    5: [2, "PA0 PH10", "PA1 PH11", "PA2 PH12", "PA3 PI0"],
    8: [3, "PC6 PI5", "PC7 PI6", "PC8 PI7", "PC9 PI2"],
    9: [3, "PA2 PE5", "PA3 PE6"],
    10: [3, "PB8 PF6"],
    11: [3, "PB9 PF7"],
    12: [9, "PB14 PH6", "PB15 PH9"],
    13: [9, "PA6 PF8"],
    14: [9, "PA7 PF9"],
}

/** What can put a clock out at a pin, named "PA8"; empty: nothing can. */
export function clockOutputs(pin: string): readonly ClockOutput[] {
    const outputs: ClockOutput[] = []
    if (pin === "PA8") outputs.push({ af: 0, source: { mco: 1 } })
    if (pin === "PC9") outputs.push({ af: 0, source: { mco: 2 } })
    for (const [timer, [af, ...channels]] of Object.entries(TIMER_PINS))
        channels.forEach((pins, index) => {
            if (pins.split(" ").includes(pin))
                outputs.push({
                    af,
                    source: { timer: Number(timer), channel: index + 1 },
                })
        })
    return outputs
}
