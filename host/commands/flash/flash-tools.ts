// SPDX-License-Identifier: MIT
// The programs that write a chip's flash: their arguments, what their output says about progress, and what went wrong.
// Messages as of openocd 0.12, st-flash 1.7, dfu-util 0.11 and pyocd 0.36.

import type { BoardFile } from "../../../boards/board-file.ts"

export const FLASH_TOOL_NAMES = [
    "openocd",
    "st-flash",
    "dfu-util",
    "pyocd",
] as const
export type FlashToolName = (typeof FLASH_TOOL_NAMES)[number]

/** Start of the main flash (RM0090 §3.3). */
const FLASH_ADDRESS = "0x08000000"

/** ST's bootloader in system memory, on USB (AN2606). */
const DFU_DEVICE = "0483:df11"

/** A firmware to be written. */
export interface FirmwareFiles {
    /** Flash from its start, with the program in its slot. */
    readonly bin: string
    readonly binBytes: number
}

/** What a tool is to write, and where it may leave what it reads back. */
export interface FlashTarget {
    readonly board: Pick<BoardFile, "name" | "chip">
    readonly files: FirmwareFiles
    /** A file that does not exist yet. */
    readonly readBack: string
}

/** One call of a tool. */
export interface FlashStep {
    readonly phase: string
    readonly args: readonly string[]
    /** Compare the file `readBack` with the binary after it. */
    readonly compares?: true
}

/** Why a tool failed. */
export type FlashCause =
    "no-board" | "no-permission" | "no-target" | "verify-failed" | "tool-failed"

export interface FlashTool {
    readonly name: FlashToolName
    /** Calls in order; the first that fails ends it. */
    readonly steps: (target: FlashTarget) => readonly FlashStep[]
    /** What its output must contain after the last step; an exit code of 0 alone proves nothing. */
    readonly success: RegExp | undefined
    readonly signs: readonly (readonly [RegExp, FlashCause])[]
    /** What a person can do when it finds no board. */
    readonly noBoard: string
}

const ACCESS = [
    /LIBUSB_ERROR_ACCESS|permission denied/i,
    "no-permission",
] as const

const PLUG_IN_STLINK =
    "plug in the board's ST-Link by a USB cable that carries data, and end other programs that use it"

/** Every tool, in the order in which they are looked for. */
export const FLASH_TOOL_TABLE: readonly FlashTool[] = [
    {
        name: "openocd",
        steps: ({ files }) => [
            {
                phase: "write and verify",
                args: [
                    ...["-f", "interface/stlink.cfg"],
                    ...["-f", "target/stm32f4x.cfg"],
                    "-c",
                    `program ${tclWord(files.bin)} ${FLASH_ADDRESS} verify reset exit`,
                ],
            },
        ],
        success: /\*\* Verified OK \*\*/,
        signs: [
            ACCESS,
            [/Verify Failed/, "verify-failed"],
            [
                /Error: open failed|init mode failed|unable to find a matching|cannot read IDR/i,
                "no-board",
            ],
        ],
        noBoard: PLUG_IN_STLINK,
    },
    {
        name: "st-flash",
        // It verifies what it has written.
        steps: ({ files }) => [
            {
                phase: "write and verify",
                args: ["--reset", "write", files.bin, FLASH_ADDRESS],
            },
        ],
        success: /written and verified/,
        signs: [
            ACCESS,
            [/Verification of flash failed/i, "verify-failed"],
            [
                /Couldn't find any ST-Link|Failed to connect to target|unknown chip id/i,
                "no-board",
            ],
        ],
        noBoard: PLUG_IN_STLINK,
    },
    {
        name: "dfu-util",
        steps: dfuSteps,
        success: undefined,
        signs: [
            ACCESS,
            [/No DFU capable USB device available/, "no-board"],
            [/Cannot open DFU device/, "no-permission"],
        ],
        noBoard:
            "start the chip's bootloader: BOOT0 high, press reset, and connect the chip's own USB port, not the ST-Link's",
    },
    {
        name: "pyocd",
        steps: pyocdSteps,
        success: undefined,
        signs: [
            ACCESS,
            [/target type .* not recognized/i, "no-target"],
            [/no (available|connected) debug probes?/i, "no-board"],
        ],
        noBoard: PLUG_IN_STLINK,
    },
]

/** dfu-util does not verify: it writes, reads back, and starts the firmware only when both are equal. */
function dfuSteps({ files, readBack }: FlashTarget): readonly FlashStep[] {
    const bootloader = ["-d", DFU_DEVICE, "-a", "0"]
    return [
        {
            phase: "write",
            args: [...bootloader, "-s", FLASH_ADDRESS, "-D", files.bin],
        },
        {
            phase: "verify",
            args: [
                ...bootloader,
                ...["-s", `${FLASH_ADDRESS}:${files.binBytes}`],
                ...["-U", readBack],
            ],
            compares: true,
        },
        {
            phase: "start",
            // A modifier comes with a transfer: four bytes, then leave.
            args: [
                ...bootloader,
                ...["-s", `${FLASH_ADDRESS}:4:leave`],
                ...["-U", `${readBack}.leave`],
            ],
        },
    ]
}

/** pyocd does not verify either. The chip is halted until its memory was read: a watchdog would end that. */
function pyocdSteps({
    board,
    files,
    readBack,
}: FlashTarget): readonly FlashStep[] {
    const target = ["-t", PYOCD_TARGETS[board.chip]]
    return [
        {
            phase: "write",
            // Without --no-wait it waits for ever when there is no board.
            args: [
                "load",
                ...target,
                "--no-wait",
                "--no-reset",
                ...["--base-address", FLASH_ADDRESS],
                files.bin,
            ],
        },
        {
            phase: "verify",
            args: [
                "commander",
                ...target,
                "--no-wait",
                "-c",
                `savemem ${FLASH_ADDRESS} ${files.binBytes} ${JSON.stringify(readBack)}`,
            ],
            compares: true,
        },
        { phase: "start", args: ["reset", ...target, "--no-wait"] },
    ]
}

/** Names of the parts in ST's CMSIS pack, which pyocd must have installed. */
const PYOCD_TARGETS: Readonly<Record<BoardFile["chip"], string>> = {
    stm32f407: "stm32f407vetx",
    stm32f429: "stm32f429zitx",
    stm32f446: "stm32f446retx",
}

/** A path for openocd's Tcl. Braces keep everything but braces as it is. */
function tclWord(path: string): string {
    return `{${path}}`
}

/** What a piece of a tool's output says about how far it is, 0 to 1. */
export function progressIn(output: string): number | undefined {
    // st-flash counts pages or bytes; dfu-util and pyocd print per cent; openocd prints its milestones.
    const counted = [
        ...output.matchAll(/(\d+)\/\s*(\d+) (?:pages|bytes) written/g),
    ].at(-1)
    if (counted && Number(counted[2]) > 0)
        return Math.min(1, Number(counted[1]) / Number(counted[2]))
    const percent = [...output.matchAll(/(\d{1,3})\s?%/g)].at(-1)
    if (percent) return Math.min(1, Number(percent[1]) / 100)
    const milestone = OPENOCD_MILESTONES.findLast(([text]) =>
        output.includes(text)
    )
    return milestone?.[1]
}

/** openocd says nothing between them; writing takes most of the time. */
const OPENOCD_MILESTONES: readonly (readonly [string, number])[] = [
    ["** Programming Started **", 0.1],
    ["** Programming Finished **", 0.8],
    ["** Verified OK **", 1],
]

/** Why a tool failed, by its output; "tool-failed" when it gives no known reason. */
export function causeIn(tool: FlashTool, output: string): FlashCause {
    return tool.signs.find(([sign]) => sign.test(output))?.[1] ?? "tool-failed"
}
