// SPDX-License-Identifier: MIT
// `camscript run --target PORT`: the pictures that a board sends over its serial link, saved as those of a simulation.

import { readBoard } from "../../../boards/board-file.ts"
import type { AppliedMode } from "../../../sim/capture.ts"
import { CamscriptError } from "../../../protocol/errors.ts"
import {
    readCounters,
    readMode,
    type GrabberCounters,
} from "../../../sim/native/grabber-reader.ts"
import type { LinkPicture, PictureCounters } from "../../link/frame-receiver.ts"
import { LinkClient } from "../../link/link-client.ts"
import { openSerialPort, type OpenPort } from "../../link/serial-port.ts"
import { realTimer, type Timer } from "../../link/timer.ts"
import { linkPictureSource } from "../../images/link-image.ts"
import { PictureFolder } from "../../images/image-folder.ts"
import type { RunOptions } from "./run-options.ts"
import type { Terminal } from "../../terminal.ts"

/** `camscript run --target PORT --json`. */
export interface PortReport {
    readonly board: string
    readonly program: string
    readonly baud: number
    readonly mode: AppliedMode
    /** Pictures that came, bit-exact. */
    readonly pictures: number
    readonly corrupt: number
    readonly missed: number
    /** Pictures that are of one frame each; the others are of bands of successive frames. */
    readonly wholeFrames: number
    /** Pixel bytes per second from the first to the last picture; null with fewer than two. */
    readonly pixelBytesPerSecond: number | null
    /** Of the capture on the board, while the pictures came. */
    readonly counters: GrabberCounters
    readonly files: readonly string[]
}

/** Without a picture for so long, in its own time, the board has none. */
const PATIENCE_MS = 10_000

/** Frames are at most this far apart in numbers of a u32 that wraps. */
const WRAP = 2 ** 32

/**
 * Take pictures until --frames or --seconds are over, save and print.
 * @param timer how long is waited for the board
 * @throws UsageError when the port does not open, CamscriptError when the board does not answer, sends no picture or is
 *     unplugged
 */
export async function runPort(
    options: RunOptions,
    terminal: Terminal,
    timer: Timer = realTimer
): Promise<PortReport> {
    const folder = new PictureFolder(options.out)
    const port = await openSerialPort(options.target)
    const client = new LinkClient({ stream: port, timer })
    const tools = { folder, port, client, timer }
    try {
        const report = await record(options, terminal, tools)
        terminal.out(
            options.json
                ? `${JSON.stringify(report)}\n`
                : `${portTable(report).join("\n")}\n`
        )
        return report
    } finally {
        client.close()
        await port.close()
    }
}

interface Tools {
    readonly folder: PictureFolder
    readonly port: OpenPort
    readonly client: LinkClient
    readonly timer: Timer
}

async function record(
    options: RunOptions,
    terminal: Terminal,
    tools: Tools
): Promise<PortReport> {
    const { folder, client } = tools
    if (!options.quiet)
        client.onLog = (_kind, line) => terminal.err(`${line}\n`)
    const welcome = await client.hello()
    const board = readBoard(welcome.board, options.sensor)
    const before = readCounters(await client.grabber())
    folder.open()
    try {
        const pictures = await takePictures(options, tools)
        const bus = await client.grabber()
        const mode = readMode(bus, options.sensor, board.frameMemory)
        await client.stopStream()
        for (const picture of pictures.saved)
            await folder.add(
                picture.descriptor.sequence,
                linkPictureSource(picture)
            )
        const report = portReport({
            welcome,
            mode,
            pictures,
            received: client.pictures,
            counters: difference(readCounters(bus), before),
            files: folder.files(),
        })
        folder.publish(report)
        return report
    } catch (error) {
        folder.discard()
        throw error
    }
}

interface Pictures {
    /** The first, every Nth and the last. */
    readonly saved: readonly LinkPicture[]
    readonly count: number
    readonly whole: number
    readonly bytesPerSecond: number | null
}

/** Until as many as asked for are there, or the time is over. */
function takePictures(
    options: RunOptions,
    { port, client, timer }: Tools
): Promise<Pictures> {
    const { frames = Infinity, seconds = Infinity, every = Infinity } = options
    const saved: LinkPicture[] = []
    let first: { ms: number } | undefined
    let last: LinkPicture | undefined
    let lastMs = 0
    let count = 0
    let whole = 0
    let bytes = 0
    return new Promise((resolve, reject) => {
        const finish = (): void => {
            stop()
            if (last !== undefined && saved.at(-1) !== last) saved.push(last)
            const ms = first === undefined ? 0 : lastMs - first.ms
            const bytesPerSecond =
                count < 2 || ms === 0 ? null : Math.round((1000 * bytes) / ms)
            resolve({ saved, count, whole, bytesPerSecond })
        }
        const fail = (error: Error): void => {
            stop()
            reject(error)
        }
        const silent = (): void =>
            fail(
                new CamscriptError(
                    `the board sent no picture for ${PATIENCE_MS / 1000} s: ` +
                        `it captures nothing (its log says why), or damaged ${client.pictures.corrupt} on the way`
                )
            )
        let endPatience = timer.after(PATIENCE_MS, silent)
        const end =
            seconds === Infinity
                ? undefined
                : setTimeout(
                      () => (count > 0 ? finish() : silent()),
                      1000 * seconds
                  )
        const stop = (): void => {
            endPatience()
            clearTimeout(end)
            process.off("SIGINT", interrupt)
            client.onFrame = undefined
            port.onLost = undefined
        }
        const interrupt = (): void =>
            fail(
                new CamscriptError(
                    "the run was interrupted (SIGINT); no pictures were saved"
                )
            )
        process.once("SIGINT", interrupt)
        port.onLost = reason =>
            fail(
                new CamscriptError(
                    `port ${options.target} is gone: ${reason}; no pictures were saved`
                )
            )
        client.onFrame = picture => {
            endPatience()
            endPatience = timer.after(PATIENCE_MS, silent)
            if (count === 0 || count % every === 0) saved.push(picture)
            // What came before the first one's end is not in the measured time.
            if (first === undefined) first = { ms: performance.now() }
            else bytes += picture.bytes.length
            lastMs = performance.now()
            last = picture
            count++
            if (picture.bands.length === 1) whole++
            if (count >= frames) finish()
        }
        client.stream().catch(fail)
    })
}

/** What was counted in between. */
function difference(
    now: GrabberCounters,
    before: GrabberCounters
): GrabberCounters {
    const entries = Object.entries(now) as [keyof GrabberCounters, number][]
    return Object.fromEntries(
        entries.map(([name, value]) => [
            name,
            (value - before[name] + WRAP) % WRAP,
        ])
    ) as unknown as GrabberCounters
}

function portReport(facts: {
    welcome: { board: string; program: string; baud: number }
    mode: AppliedMode
    pictures: Pictures
    received: PictureCounters
    counters: GrabberCounters
    files: readonly string[]
}): PortReport {
    const { welcome, mode, pictures, received, counters, files } = facts
    const { board, program, baud } = welcome
    return {
        board,
        program,
        baud,
        mode,
        pictures: pictures.count,
        corrupt: received.corrupt,
        missed: received.missed,
        wholeFrames: pictures.whole,
        pixelBytesPerSecond: pictures.bytesPerSecond,
        counters,
        files,
    }
}

/** For people. */
function portTable(report: PortReport): string[] {
    const { mode, counters, pixelBytesPerSecond: rate } = report
    const { x, y, width, height } = mode.window
    const row = (label: string, text: string): string =>
        `  ${label.padEnd(14)}${text}`
    const share =
        rate === null
            ? ""
            : `, ${rate} pixel bytes/s: ${(100 * (rate / (report.baud / 10))).toFixed(0)} % of ${report.baud} baud`
    return [
        `${report.program} on ${report.board}, ${mode.strategy}`,
        "",
        row(
            "window",
            `${width}x${height}+${x}+${y} pixels, ${mode.fps} fps planned, ${mode.buffers} buffers`
        ),
        row(
            "link",
            `${report.pictures} pictures, ${report.wholeFrames} of one frame each${share}`
        ),
        row(
            "lost",
            `${report.corrupt} corrupt, ${report.missed} not even begun here`
        ),
        row(
            "frames",
            `${counters.delivered} delivered, ${counters.dropped} dropped, ${counters.skipped} skipped, ${counters.settling} settling`
        ),
        row(
            "faults",
            `${counters.overruns} overruns, ${counters.shortFrames} short frames, ${counters.dmaErrors} DMA errors`
        ),
        ...report.files.map((file, i) => row(i === 0 ? "pictures" : "", file)),
    ]
}
