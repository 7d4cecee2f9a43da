// SPDX-License-Identifier: MIT
// Pins of the FSMC and FMC, all alternate function 12 (DS8626 tables 9 and 10, DS9405 table 12, DS10693 table 11).

import type { PinStates } from "../gpio/free-pins.ts"

const FSMC_AF = 12

const DATA_PINS =
    "PD14 PD15 PD0 PD1 PE7 PE8 PE9 PE10 PE11 PE12 PE13 PE14 PE15 PD8 PD9 PD10".split(
        " "
    )
/** A0 to A25. */
const ADDRESS_PINS =
    "PF0 PF1 PF2 PF3 PF4 PF5 PF12 PF13 PF14 PF15 PG0 PG1 PG2 PG3 PG4 PG5 PD11 PD12 PD13 PE3 PE4 PE5 PE6 PE2 PG13 PG14".split(
        " "
    )
const SELECT_PINS = "PD7 PG9 PG10 PG12".split(" ")
const NOE = "PD4"
const NWE = "PD5"

/** What an access needs. */
export interface BusUse {
    /** 1 to 4. */
    readonly select: number
    /** Data lines. */
    readonly width: number
    /** Address lines that the device looks at, as bits. */
    readonly addressLines: number
    readonly access: "read" | "write"
}

/** The first signal that no pin carries, in words; undefined when all are there. */
export function fsmcPinProblem(
    use: BusUse,
    { gpio, runs }: PinStates
): string | undefined {
    for (const [signal, pin] of signalsOf(use))
        if (!runs(pin) || !gpio.isAlternate(pin, FSMC_AF))
            return `no pin carries ${signal}: ${pin} must be alternate function ${FSMC_AF}, and RCC must run its port`
    return undefined
}

function signalsOf(use: BusUse): [string, string][] {
    const { select, width, addressLines, access } = use
    return [
        [`NE${select}`, SELECT_PINS[select - 1]!],
        access === "read" ? ["NOE", NOE] : ["NWE", NWE],
        ...DATA_PINS.slice(0, Math.min(width, 16)).map(
            (pin, line): [string, string] => [`D${line}`, pin]
        ),
        ...ADDRESS_PINS.map((pin, line): [string, string, number] => [
            `A${line}`,
            pin,
            line,
        ])
            .filter(([, , line]) => (addressLines & (1 << line)) !== 0)
            .map(([signal, pin]): [string, string] => [signal, pin]),
    ]
}
