// SPDX-License-Identifier: MIT
// `camscript flash`: builds the firmware and has it written into the board by whichever flash tool is there, or replaces
// just the program over the serial link.

import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Presets, SingleBar } from "cli-progress"
import { FLASH_PACKAGES, inPath } from "../../../toolchain/tools.mjs"
import { readBoard, type BoardFile } from "../../../boards/board-file.ts"
import { CamscriptError } from "../../../protocol/errors.ts"
import type { FlashOptions } from "./flash-options.ts"
import {
    causeIn,
    FLASH_TOOL_TABLE,
    progressIn,
    type FirmwareFiles,
    type FlashCause,
    type FlashStep,
    type FlashTool,
    type FlashToolName,
} from "./flash-tools.ts"
import type { Terminal } from "../../terminal.ts"

/** `camscript flash --json`. */
export interface FlashReport {
    readonly board: string
    /** Null with --program-only. */
    readonly tool: FlashToolName | null
    /** Serial port of --program-only. */
    readonly port: string | null
    /** Bytes of the binary, or of the program's image. */
    readonly bytes: number
    /** Commands as they were run, or would be. */
    readonly commands: readonly (readonly string[])[]
    /** What was written was read back equal. False: nothing was written (--dry-run). */
    readonly verified: boolean
}

/** What `flash` needs from the other parts of the command. */
export interface FlashParts {
    /** Build the board's firmware with the program in its first slot. */
    readonly buildFirmware: (
        board: BoardFile,
        app: string | undefined
    ) => Promise<FirmwareFiles>
    /**
     * Replace the running firmware's program over its link.
     * @param progress 0 to 1
     * @returns bytes of the image
     * @throws CamscriptError for each cause
     */
    readonly updateProgram: (update: {
        readonly board: BoardFile
        readonly app: string | undefined
        readonly port: string
        readonly progress: (done: number) => void
    }) => Promise<number>
}

/** A flash tool could not do it; the cause is its own, for tests and for scripts that look at the message. */
export class FlashError extends CamscriptError {
    constructor(
        readonly reason: FlashCause | "no-tool",
        message: string
    ) {
        super(message)
    }
}

/** Lines of a failed tool's output that are shown. */
const SHOWN_LINES = 8

/**
 * Write the firmware or the program.
 * @throws FlashError, UsageError, and what building throws
 */
export async function flash(
    options: FlashOptions,
    terminal: Terminal,
    parts: FlashParts
): Promise<void> {
    const board = readBoard(options.board, options.sensor)
    const report = options.programOnly
        ? await flashProgram(board, options, terminal, parts)
        : await flashFirmware(board, options, terminal, parts)
    if (options.json) terminal.out(`${JSON.stringify(report)}\n`)
    else terminal.out(`${reportLines(report).join("\n")}\n`)
}

async function flashProgram(
    board: BoardFile,
    { app, port }: FlashOptions,
    terminal: Terminal,
    { updateProgram }: FlashParts
): Promise<FlashReport> {
    const bar = new FlashBar(terminal)
    try {
        const bytes = await updateProgram({
            board,
            app,
            port: port!,
            progress: done => bar.show("program", done),
        })
        return {
            board: board.name,
            tool: null,
            port: port!,
            bytes,
            commands: [],
            verified: true,
        }
    } finally {
        bar.stop()
    }
}

async function flashFirmware(
    board: BoardFile,
    options: FlashOptions,
    terminal: Terminal,
    { buildFirmware }: FlashParts
): Promise<FlashReport> {
    // Before the build, which takes longer.
    const tool = chooseTool(options.tool, options.dryRun)
    const files = await buildFirmware(board, options.app)
    const folder = mkdtempSync(join(tmpdir(), "camscript-flash-"))
    const bar = new FlashBar(terminal)
    try {
        const readBack = join(folder, "read-back.bin")
        const steps = tool.steps({ board, files, readBack })
        if (!options.dryRun)
            await runSteps({ tool, steps, files, readBack, bar })
        return {
            board: board.name,
            tool: tool.name,
            port: null,
            bytes: files.binBytes,
            commands: steps.map(({ args }) => [tool.name, ...args]),
            verified: !options.dryRun,
        }
    } finally {
        bar.stop()
        rmSync(folder, { recursive: true, force: true })
    }
}

/** The wanted tool, or the first that is in PATH. A dry run does not need it there. */
function chooseTool(
    wanted: FlashToolName | undefined,
    dryRun: boolean
): FlashTool {
    const candidates = FLASH_TOOL_TABLE.filter(
        ({ name }) => wanted === undefined || name === wanted
    )
    const found = candidates.find(({ name }) => inPath(name) !== undefined)
    if (found) return found
    if (dryRun) return candidates[0]!
    throw new FlashError(
        "no-tool",
        wanted === undefined
            ? `no program that writes flash is in PATH: install one of ${FLASH_TOOL_TABLE.map(({ name }) => name).join(", ")} (Debian: sudo apt-get install ${FLASH_PACKAGES[0]})`
            : `--tool ${wanted}: it is not in PATH`
    )
}

interface Run {
    readonly tool: FlashTool
    readonly steps: readonly FlashStep[]
    readonly files: FirmwareFiles
    readonly readBack: string
    readonly bar: FlashBar
}

async function runSteps(run: Run): Promise<void> {
    const { tool, steps, files, readBack, bar } = run
    let output = ""
    for (const { phase, args, compares } of steps) {
        bar.show(phase, 0)
        const { code, text } = await runTool(tool.name, args, piece => {
            const done = progressIn(piece)
            if (done !== undefined) bar.show(phase, done)
        })
        if (code !== 0) throw toolError(tool, text, `exit code ${code}`)
        if (compares) compare(tool, files.bin, readBack, text)
        output += text
    }
    if (tool.success && !tool.success.test(output))
        throw toolError(tool, output, "it does not say that it verified")
}

/** Run a tool; both of its streams are its output. */
function runTool(
    command: string,
    args: readonly string[],
    onPiece: (text: string) => void
): Promise<{ code: number; text: string }> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, {
            stdio: ["ignore", "pipe", "pipe"],
        })
        let text = ""
        for (const stream of [child.stdout, child.stderr])
            stream.setEncoding("utf8").on("data", (piece: string) => {
                text += piece
                onPiece(piece)
            })
        child.on("error", reject)
        child.on("close", (code, signal) =>
            resolve({ code: code ?? (signal ? 128 : 1), text })
        )
    })
}

function compare(
    tool: FlashTool,
    written: string,
    readBack: string,
    output: string
): void {
    const wanted = readFileSync(written)
    let got: Buffer
    try {
        got = readFileSync(readBack)
    } catch {
        throw toolError(tool, output, "it read nothing back")
    }
    if (got.equals(wanted)) return
    const at = wanted.findIndex((byte, index) => byte !== got[index])
    throw new FlashError(
        "verify-failed",
        got.length === wanted.length
            ? `${tool.name}: verify failed: byte ${at} of ${wanted.length} reads ${got[at]}, ${wanted[at]} was written; the board must be flashed again before it is used`
            : `${tool.name}: verify failed: ${got.length} of ${wanted.length} bytes could be read back; the board must be flashed again before it is used`
    )
}

function toolError(tool: FlashTool, output: string, how: string): FlashError {
    const cause = causeIn(tool, output)
    const last = lastLines(output)
    const said = last === "" ? "it said nothing" : `its last words: ${last}`
    const messages: Readonly<Record<FlashCause, string>> = {
        "no-board": `${tool.name} finds no board: ${tool.noBoard} (${said})`,
        "no-permission": `${tool.name} may not use the board's USB device: install the tool's udev rules, or run as root (${said})`,
        "no-target": `${tool.name} does not know the chip: "pyocd pack install stm32f4*" gets ST's pack (${said})`,
        "verify-failed": `${tool.name}: verify failed: the flash does not hold what was written; the board must be flashed again before it is used (${said})`,
        "tool-failed": `${tool.name} failed: ${how}; ${said}`,
    }
    return new FlashError(cause, messages[cause])
}

/** One paragraph: the last lines that say something, joined. */
function lastLines(output: string): string {
    return output
        .split(/[\r\n]+/)
        .map(line => line.trim())
        .filter(line => line !== "")
        .slice(-SHOWN_LINES)
        .join(" | ")
}

/** How far the writing is; on a terminal only. */
class FlashBar {
    private readonly bar: SingleBar | undefined

    constructor(terminal: Terminal) {
        if (!terminal.errIsTty) return
        this.bar = new SingleBar(
            {
                format: "  {bar} {percentage}%  {phase}",
                clearOnComplete: true,
                hideCursor: true,
                barsize: 30,
                gracefulExit: false,
            },
            Presets.shades_classic
        )
        this.bar.start(100, 0, { phase: "start" })
    }

    /** @param done 0 to 1 */
    show(phase: string, done: number): void {
        this.bar?.update(Math.round(done * 100), { phase })
    }

    stop(): void {
        this.bar?.stop()
    }
}

function reportLines(report: FlashReport): string[] {
    const { board, tool, port, bytes, commands, verified } = report
    if (tool === null)
        return [
            `  ${board}: program of ${bytes} bytes replaced over ${port}, checked by the board`,
        ]
    if (verified)
        return [
            `  ${board}: ${bytes} bytes written by ${tool}, verified, started`,
        ]
    return [
        `  ${board}: nothing was written (--dry-run); ${tool} would run:`,
        ...commands.map(command => `    ${command.map(shellWord).join(" ")}`),
    ]
}

/** A word that can be pasted into a shell. */
function shellWord(word: string): string {
    return /^[\w./:=@,+-]+$/.test(word)
        ? word
        : `'${word.replaceAll("'", "'\\''")}'`
}
