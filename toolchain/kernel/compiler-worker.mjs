// SPDX-License-Identifier: MIT
// The AssemblyScript compiler in a thread of its own: on an internal error it ends its process, which is then the thread. Answers
// { file, folder } with what kernel-compiler.ts calls CompilerAnswer, one question at a time.

import asc from "assemblyscript/asc"
import { existsSync, readFileSync } from "node:fs"
import { isAbsolute, join } from "node:path"
import { parentPort, workerData } from "node:worker_threads"
import { signatureReader } from "./signatures.mjs"
import { StaticTables } from "./static-tables.mjs"

/** Where `camscript/kernel` and `camscript/vision/...` are, and the address of a kernel's own memory. */
const { ownRoot, memoryBase } = workerData

const OPTIONS = [
    // Only the library reads and writes memory by address.
    "--noUnsafe",
    "--noAssert",
    "--uncheckedBehavior=always",
    "--runtime=stub",
    "--use=abort=",
    "--importMemory",
    "--noExportMemory",
    `--memoryBase=${memoryBase}`,
    // No optimiser of its own: it inlines what the C compiler would keep out of a loop, and lets floats be less exact.
    "-O0",
    // Function names, which the C and the errors have.
    "--debug",
    "--sourceMap",
    // "exported function has a managed type": records are plain here.
    "--disableWarning=235",
]

/** Calls of what checks each access and counts each turn of a loop (sim/kernel). */
const CHECKED = ["--runPasses=instrument-memory,log-execution"]

const LIBRARY =
    /^(?:.*\/)?node_modules\/camscript\/((?:kernel|vision)(?:\/.*)?)$/

parentPort.on("message", async ({ file, folder }) => {
    parentPort.postMessage(await compile(file, folder))
})

async function compile(file, folder) {
    const sources = {}
    const signature = {}
    const plain = await run(file, folder, [], sources, [
        StaticTables,
        signatureReader(signature),
    ])
    if (plain.messages.length > 0) return { messages: plain.messages, sources }
    const checked = await run(file, folder, CHECKED, sources, [StaticTables])
    return {
        messages: checked.messages,
        sources,
        wasm: plain.written["kernel.wasm"],
        text: plain.written["kernel.wat"],
        checkedWasm: checked.written["kernel.wasm"],
        sourceMap: checked.written["kernel.wasm.map"],
        ...signature,
    }
}

/** @param sources filled in: the text of each file that was read, by its path below `folder`; camscript's own by "camscript/..." */
async function run(file, folder, options, sources, transforms) {
    const written = {}
    const messages = []
    const { error } = await asc.main(
        [file, "-o", "kernel.wasm", "-t", "kernel.wat", ...OPTIONS, ...options],
        {
            transforms,
            readFile: (name, base) => {
                const path = placeOf(join(folder, base ?? "."), name)
                if (path === undefined || !existsSync(path.file)) return null
                const text = readFileSync(path.file, "utf8")
                sources[path.name] = text
                return text
            },
            writeFile: (name, content) => void (written[name] = content),
            listFiles: () => [],
            reportDiagnostic: diagnostic => {
                // Warnings and hints are no reason to refuse.
                if (diagnostic.category === 3)
                    messages.push(describe(diagnostic, sources))
            },
        }
    )
    if (error && messages.length === 0)
        messages.push({ text: error.message.trim() })
    return { written, messages }
}

/** The compiler hands over a copy of its own: a name of the source and offsets into its text. */
function describe({ message, range }, sources) {
    const file = range?.source?.normalizedPath
    const text = sources[file] ?? sources[file?.replace(/^~lib\//, "")]
    return text === undefined
        ? { text: message }
        : {
              text: message,
              file,
              line: text.slice(0, range.start).split("\n").length,
          }
}

function placeOf(folder, name) {
    const library = LIBRARY.exec(name)
    if (library)
        return {
            file: join(ownRoot, library[1]),
            name: `camscript/${library[1]}`,
        }
    // Other packages are none of a kernel's.
    if (name.includes("node_modules")) return undefined
    const path = isAbsolute(name) ? name : join(folder, name)
    return { file: path, name }
}
