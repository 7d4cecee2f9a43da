// SPDX-License-Identifier: MIT
// Runs CMake and the compiler; what is missing and what does not fit comes as one paragraph.

import { execFile } from "node:child_process"
import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { CamscriptError } from "../../protocol/errors.ts"

const run = promisify(execFile)

/** Longest output of a build that is read, bytes. */
const OUTPUT_BYTES_MAX = 64e6

/** Of a failed build that are shown. */
const LINES_MAX = 30

/** Debian packages of the programs that a build runs. */
const PACKAGES = {
    cmake: "cmake",
    "arm-none-eabi-gcc": "gcc-arm-none-eabi libnewlib-arm-none-eabi",
    ninja: "ninja-build",
    make: "make",
} as const
type Tool = keyof typeof PACKAGES

/**
 * Configure (once) and build firmware/CMakeLists.txt.
 * @param source the folder firmware/
 * @param build everything is written here
 * @param inputs what CMakeLists.txt needs to be told
 * @throws CamscriptError with the compiler's or linker's own words, or naming the package that is missing
 */
export async function buildFolder(
    source: string,
    build: string,
    inputs: Readonly<Record<`CAM_${string}`, string>>
): Promise<void> {
    if (!isConfigured(source, build)) {
        rmSync(build, { recursive: true, force: true })
        const generator = (await exists("ninja")) ? "Ninja" : "Unix Makefiles"
        if (generator !== "Ninja" && !(await exists("make")))
            throw missing("ninja")
        const toolchain = join(source, "arm-none-eabi.cmake")
        const defined = Object.entries(inputs).map(
            ([name, value]) => `-D${name}=${value}`
        )
        await tool(
            "cmake",
            [
                ...["-S", source, "-B", build, "-G", generator],
                ...["--toolchain", toolchain, ...defined],
                "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
            ],
            source
        )
    }
    await tool("cmake", ["--build", build], source)
}

/** First line of the compiler's --version. */
export async function compilerVersion(): Promise<string> {
    const text = await tool("arm-none-eabi-gcc", ["--version"], ".")
    return text.split("\n")[0]!
}

/** A build folder remembers where its sources were. */
function isConfigured(source: string, build: string): boolean {
    const cache = join(build, "CMakeCache.txt")
    if (!existsSync(cache)) return false
    const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(
        readFileSync(cache, "utf8")
    )
    return (
        home?.[1] === source &&
        (existsSync(join(build, "build.ninja")) ||
            existsSync(join(build, "Makefile")))
    )
}

async function exists(name: Tool): Promise<boolean> {
    try {
        await run(name, ["--version"])
        return true
    } catch {
        return false
    }
}

async function tool(
    name: Tool,
    args: readonly string[],
    cwd: string
): Promise<string> {
    try {
        const { stdout } = await run(name, args, {
            cwd,
            maxBuffer: OUTPUT_BYTES_MAX,
        })
        return stdout
    } catch (error) {
        const { code, stdout, stderr } = error as {
            code?: unknown
            stdout?: string
            stderr?: string
        }
        if (code === "ENOENT") throw missing(name)
        const text = `${stdout ?? ""}\n${stderr ?? ""}`
        throw (
            overflow(text) ??
            new CamscriptError(`${name} failed:\n${complaints(text)}`)
        )
    }
}

function missing(name: Tool): CamscriptError {
    return new CamscriptError(
        `${name} is not installed, which building the firmware needs: run "npm run setup", ` +
            `or on Debian and Ubuntu: apt-get install ${PACKAGES[name]}`
    )
}

/** The lines that say what is wrong; without any the end of the output. */
function complaints(text: string): string {
    const lines = text.trim().split("\n")
    const wrong = lines.filter(line =>
        /\b(?:error|undefined reference|CMake Error)\b/i.test(line)
    )
    return (wrong.length > 0 ? wrong : lines.slice(-LINES_MAX))
        .slice(0, LINES_MAX)
        .join("\n")
}

/** What the regions of the linker script hold, for a person. */
const REGIONS: Readonly<Record<string, string>> = {
    FLASH: "the firmware (vectors, VM, C code) does not fit into the flash below the first program slot",
    NATIVE_DATA:
        "the C code's data does not fit into ram.nativeData of the board file",
    SLOT_A: "the program does not fit into its slot",
}

/** The linker says by how much a region is too small. */
function overflow(text: string): CamscriptError | undefined {
    const found = /region `(\w+)' overflowed by (\d+) bytes/.exec(text)
    const what = found && REGIONS[found[1]!]
    return what
        ? new CamscriptError(`${what}: ${found[2]} bytes too much`)
        : undefined
}
