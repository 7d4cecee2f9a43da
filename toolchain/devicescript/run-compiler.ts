// SPDX-License-Identifier: MIT
// Runs the DeviceScript compiler as a child process and turns what it prints into one error.

import { spawn } from "node:child_process"
import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { CamscriptError, ProgramError } from "../../protocol/errors.ts"
import { projectRoot, userProject } from "../paths.ts"
import { findCli } from "./devicescript-cli.ts"

/** The compiler has no working option for another folder. */
const OUTPUT_FOLDER = join(userProject, ".devicescript", "bin")
const BYTECODE = join(OUTPUT_FOLDER, "bytecode.devs")
const DEBUG_FILE = join(OUTPUT_FOLDER, "bytecode-dbg.json")
const PRELOAD = join(
    dirname(fileURLToPath(import.meta.url)),
    "compiler-preload.cjs"
)
/** A build takes 1 to 3 s; a hundred times that is a compiler that hangs. */
const TIMEOUT_MS = 300_000
/** Enough to see what is wrong; one mistake often has dozens of consequences. */
const MESSAGES_SHOWN = 5

export interface CompilerOutput {
    readonly bytecode: Uint8Array
    /** Content of bytecode-dbg.json. */
    readonly debugJson: string
}

/**
 * Compile one entry file. The caller holds the build lock: the compiler writes into fixed folders of the project.
 *
 * @param entry path from the project's folder, with forward slashes
 * @throws ProgramError with file, line and the compiler's messages
 * @throws CamscriptError when the compiler cannot be run
 */
export async function runCompiler(entry: string): Promise<CompilerOutput> {
    // After a failure the compiler leaves the bytecode of the build before.
    rmSync(BYTECODE, { force: true })
    rmSync(DEBUG_FILE, { force: true })
    mkdirSync(OUTPUT_FOLDER, { recursive: true })
    const { exitCode, text } = await spawnCompiler(entry)
    if (exitCode !== 0) throw compilerError(entry, text)
    return {
        bytecode: readFileSync(BYTECODE),
        debugJson: readFileSync(DEBUG_FILE, "utf8"),
    }
}

interface Exit {
    readonly exitCode: number | null
    readonly text: string
}

function spawnCompiler(entry: string): Promise<Exit> {
    const { bundle } = findCli()
    const main = `require(${JSON.stringify(bundle)}).mainCli()`
    const options = ["--ci", "--quiet", "--no-colors", "build", entry]
    // The compiler's bundle starts only through its main function; argv[1] stands for the script's name.
    const child = spawn(
        process.execPath,
        ["--require", PRELOAD, "-e", main, "devs", ...options],
        {
            cwd: userProject,
            env: compilerEnvironment(),
            stdio: ["ignore", "pipe", "pipe"],
            timeout: TIMEOUT_MS,
        }
    )
    let text = ""
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()))
    return new Promise((resolve, reject) => {
        child.on("error", error =>
            reject(
                new CamscriptError(
                    `cannot run the DeviceScript compiler: ${error.message}`
                )
            )
        )
        child.on("close", exitCode => resolve({ exitCode, text }))
    })
}

/** No look for updates on the network, no colours, no options meant for camscript's own Node. */
function compilerEnvironment(): NodeJS.ProcessEnv {
    const environment: NodeJS.ProcessEnv = {
        ...process.env,
        NO_UPDATE_NOTIFIER: "1",
        CAMSCRIPT_SERVICES: join(projectRoot, "services"),
        CI: "1",
    }
    delete environment["NODE_OPTIONS"]
    delete environment["FORCE_COLOR"]
    return environment
}

/** The messages come as `file(line,column): error TS2322: text`, longer ones go on in indented lines. */
function compilerError(entry: string, text: string): CamscriptError {
    const messages: string[] = []
    // Colour codes, in case the compiler sends some.
    for (const line of text.replace(/\x1b\[[0-9;]*m/g, "").split(/\r?\n/)) {
        const match =
            /^(.+?)\((\d+)(?:,(\d+))?\): (?:error )?(?:TS\d+: )?(.*)$/.exec(
                line
            )
        if (match !== null)
            messages.push(`${match[1]}:${match[2]}: ${match[4]}`)
        else if (/^\s+\S/.test(line) && messages.length > 0)
            messages.push(`${messages.pop()} ${line.trim()}`)
    }
    // The compiler's own words for "there were errors before this one".
    const own = messages.filter(
        message => !message.includes("confused by previous errors")
    )
    if (own.length === 0) own.push(lastLine(text))
    const shown = own.slice(0, MESSAGES_SHOWN)
    const more =
        own.length > shown.length
            ? `\n  and ${own.length - shown.length} more`
            : ""
    return new ProgramError(
        `${entry} does not compile:\n  ${shown.join("\n  ")}${more}`
    )
}

function lastLine(text: string): string {
    return (
        text
            .trim()
            .split("\n")
            .at(-1)
            ?.replace(/^exception: /, "") ||
        "the compiler ended without a message"
    )
}
