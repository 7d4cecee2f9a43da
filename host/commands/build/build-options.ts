// SPDX-License-Identifier: MIT
// The options of `camscript build`.

import { resolve } from "node:path"
import type { Command } from "commander"
import { boardNames } from "../../../boards/board-file.ts"
import { UsageError } from "../../../protocol/errors.ts"
import { choiceArgument, numberArgument } from "../../arguments.ts"
import type { FirmwareOptions } from "../../../toolchain/firmware/build-firmware.ts"
import { appFile, boardName } from "../../target-options.ts"
import { DEFAULT_REQUESTS } from "../../../toolchain/devicescript/default-program.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import { SENSORS } from "../../../protocol/names.ts"

/** Everything a build needs to know, checked. */
export interface BuildOptions extends FirmwareOptions {
    readonly request: CaptureRequest
    /** Folder of the files. */
    readonly out: string
    readonly json: boolean
}

interface Flags {
    readonly board: string
    readonly sensor: (typeof SENSORS)[number]
    readonly app?: string
    readonly vmRam?: "sram"
    readonly gcHeap?: number
    readonly out: string
    readonly json?: boolean
}

/** The VM's heap needs some room to start at all; the largest chip has 256 KB. */
const GC_HEAP_MIN = 4096
const GC_HEAP_MAX = 262144
const GC_HEAP_GRAIN = 32

/** Add the options to the command. */
export function addBuildOptions(command: Command): Command {
    return command
        .requiredOption("--board <name>", `board: ${boardNames().join(", ")}`)
        .option(
            "--sensor <name>",
            `sensor module that is plugged in: ${SENSORS.join(", ")}`,
            choiceArgument("--sensor", SENSORS),
            "mt9v034"
        )
        .option(
            "--app <file>",
            "DeviceScript program for slot A (default: src/main.ts of the project, else of camscript)"
        )
        .option(
            "--vm-ram <memory>",
            "sram: the VM and the stack in SRAM instead of CCM",
            choiceArgument("--vm-ram", ["sram"] as const)
        )
        .option(
            "--gc-heap <bytes>",
            "size of the garbage-collected heap, instead of the board file's",
            numberArgument("--gc-heap", {
                min: GC_HEAP_MIN,
                max: GC_HEAP_MAX,
                what: "bytes",
                integer: true,
            })
        )
        .option("--out <dir>", "folder for ELF, BIN and HEX", "out")
        .option("--json", "print one JSON object on stdout and nothing else")
}

/**
 * Turn parsed flags into checked options.
 * @param cwd folder that relative paths start from
 * @throws UsageError for an unknown board, a missing program, a heap of odd size
 */
export function buildOptions(flags: Flags, cwd: string): BuildOptions {
    const board = boardName(flags.board)
    const { gcHeap, vmRam, sensor } = flags
    if (gcHeap !== undefined && gcHeap % GC_HEAP_GRAIN !== 0)
        throw new UsageError(
            `--gc-heap ${gcHeap} is not a multiple of ${GC_HEAP_GRAIN} bytes`
        )
    if (flags.out === "")
        throw new UsageError("--out needs the name of a folder")
    return {
        board,
        sensor,
        app: appFile(flags.app, cwd),
        request: DEFAULT_REQUESTS[sensor],
        ...(vmRam === undefined ? {} : { vmRam }),
        ...(gcHeap === undefined ? {} : { gcHeapBytes: gcHeap }),
        out: resolve(cwd, flags.out),
        json: flags.json ?? false,
    }
}
