// SPDX-License-Identifier: MIT
// The DeviceScript compiler in a process of its own, which compiles one entry file after another: each goes faster than the one before.
// It is asked by messages, { entry }, and answers { exitCode, text }.

require("./compiler-preload.cjs")
const fs = require("node:fs")
const { Module } = require("node:module")
const path = require("node:path")

const bundle = process.argv[2]

/** What the compiler prints for the entry that is compiled. */
let text = ""
for (const stream of [process.stdout, process.stderr])
    stream.write = chunk => {
        text += chunk
        return true
    }

const { compileFile, setConsoleColors, setInteractive, setQuiet } = load()
setQuiet(true)
setInteractive(false)
setConsoleColors(false)

/** The bundle offers only its command line, which ends the process: what is behind that is asked for at the end of its text. */
function load() {
    const offered =
        "\nmodule.exports = { compileFile, setConsoleColors, setInteractive, setQuiet }"
    const module = new Module(bundle)
    module.filename = bundle
    module.paths = Module._nodeModulePaths(path.dirname(bundle))
    module._compile(fs.readFileSync(bundle, "utf8") + offered, bundle)
    return module.exports
}

process.on("message", async ({ entry }) => {
    text = ""
    let exitCode = 0
    try {
        const { success } = await compileFile(entry, { verify: true, flag: {} })
        if (!success) exitCode = 1
    } catch (error) {
        exitCode = 1
        text += `exception: ${error.message}\n`
    }
    process.send({ exitCode, text })
})
