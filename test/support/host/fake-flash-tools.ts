// SPDX-License-Identifier: MIT
// Stand-ins for openocd, st-flash, dfu-util and pyocd in a PATH of their own: they write down how they were called, and
// print and return what a test wants. They say what the real ones say (openocd 0.12, st-flash 1.7, dfu-util 0.11).

import {
    chmodSync,
    existsSync,
    mkdtempSync,
    readFileSync,
    writeFileSync,
} from "node:fs"
import type * as nodeFs from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"

/** What a stand-in does. */
export interface FakeTool {
    readonly out?: string
    readonly err?: string
    readonly code?: number
    /** It fails only when this word is among its arguments. */
    readonly failsAt?: string
    /** Contents of a file that is read back from "the board"; undefined: it writes none. */
    readonly memory?: Uint8Array
}

export interface FakePath {
    /** Value for PATH: the stand-ins alone. */
    readonly path: string
    /** Each call so far, as [name, ...arguments]. */
    calls(): string[][]
}

/** Make a folder with stand-ins. */
export function fakeTools(tools: Readonly<Record<string, FakeTool>>): FakePath {
    const folder = mkdtempSync(join(tmpdir(), "camscript-tools-"))
    const log = join(folder, "calls.log")
    for (const [name, tool] of Object.entries(tools)) {
        const file = join(folder, name)
        writeFileSync(
            file,
            `#!${process.execPath}\n(${standIn.toString()})(require("node:fs"), ${JSON.stringify({ name, log, ...tool, memory: tool.memory && [...tool.memory] })})\n`
        )
        chmodSync(file, 0o755)
    }
    return {
        path: [folder].join(delimiter),
        calls: () =>
            existsSync(log)
                ? readFileSync(log, "utf8")
                      .trim()
                      .split("\n")
                      .map(line => JSON.parse(line) as string[])
                : [],
    }
}

interface StandInPlan {
    readonly name: string
    readonly log: string
    readonly out?: string
    readonly err?: string
    readonly code?: number
    readonly failsAt?: string
    readonly memory?: number[]
}

/** The stand-in itself; its text is what runs. */
function standIn(fs: typeof nodeFs, plan: StandInPlan): void {
    const args = process.argv.slice(2)
    fs.appendFileSync(plan.log, `${JSON.stringify([plan.name, ...args])}\n`)
    const fails = plan.failsAt === undefined || args.includes(plan.failsAt)
    // dfu-util -U FILE; pyocd -c 'savemem ADDRESS LENGTH "FILE"'.
    const upload = args[args.indexOf("-U") + 1]
    const save = /^savemem \S+ \S+ "(.+)"$/.exec(args.at(-1) ?? "")
    const target = args.includes("-U") ? upload : save?.[1]
    if (target !== undefined && plan.memory)
        fs.writeFileSync(target, Uint8Array.from(plan.memory))
    if (fails) {
        process.stdout.write(plan.out ?? "")
        process.stderr.write(plan.err ?? "")
    }
    process.exitCode = fails ? (plan.code ?? 0) : 0
}
