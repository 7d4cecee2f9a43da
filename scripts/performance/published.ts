// SPDX-License-Identifier: MIT
// What others say of the speed of comparable cameras, and where they say it. Nothing of it was measured by us, but for the
// counts of instructions, of which METHOD says how.

/** What somebody published. */
export interface Published {
    readonly what: string
    readonly figure: string
    readonly source: string
}

export const PUBLISHED: readonly Published[] = [
    {
        what: "PX4FLOW, STM32F407 at 168 MHz with MT9V034",
        figure: "400 Hz of 64x64, binned by 4",
        source: "PX4 user guide, px4flow.md",
    },
    {
        what: "OpenMV H7 (480 MHz) with MT9V034",
        figure: "200 fps of 80x60, 400 fps of 40x30",
        source: "forums.openmv.io t/607",
    },
    {
        what: "OpenMV H7 with MT9V034, 160x120",
        figure: "about 146 fps with 3 buffers, about 63 with 1",
        source: "forums.openmv.io t/11314",
    },
    {
        what: "ESP32-S3, gray 320x240",
        figure: "100 fps",
        source: "espressif/esp32-camera #462",
    },
    {
        what: "ESP32 with OV2640, JPEG 1600x1200",
        figure: "12.5 fps",
        source: "espressif/esp32-camera #347",
    },
    {
        what: "Zephyr, USB video of 320x240, raw",
        figure: "17.2 fps",
        source: "zephyrproject-rtos/zephyr #76798",
    },
    {
        what: "CircuitPython, STM32F405: the same work as bytecode and compiled",
        figure: "149.1 ms and 9.9 ms",
        source: "adafruit/circuitpython #11355",
    },
]

/** Instructions in capture interrupts of published code. */
export interface CountedCode {
    readonly code: string
    readonly irqs: string
    readonly instructions: string
    readonly revision: string
}

export const COUNTED: readonly CountedCode[] = [
    {
        code: "ST's HAL as it leaves its interrupts (LINE and VSYNC on), crop of 220x220 out of 752x480",
        irqs: "483 per frame",
        instructions: "11,658 per frame",
        revision: "stm32f4xx_hal_driver d232197f",
    },
    {
        code: "the same, LINE and VSYNC switched off after the start",
        irqs: "2 per frame",
        instructions: "114 per frame",
        revision: "stm32f4xx_hal_driver d232197f",
    },
    {
        code: "PX4-Flow, three buffers",
        irqs: "2 per frame",
        instructions: "184 per frame",
        revision: "PX4-Flow 6c8cdb3c",
    },
    {
        code: "OpenMV on an STM32F4, a row of 220 bytes copied",
        irqs: "1 per row",
        instructions: "442 per row",
        revision: "openmv cbbb877e",
    },
]

/** How these were counted. */
export const METHOD =
    "Counted with Unicorn 2.0.1 from a handler's first instruction to its return, gcc 12.2.1 -O2, user callbacks empty, " +
    "flags raised as RM0090 has it: these were counts of their code, not of their boards."
