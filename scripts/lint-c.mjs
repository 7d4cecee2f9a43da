// SPDX-License-Identifier: MIT
// The gate for C: clang-format and cppcheck over every C file of the project. `--fix` formats instead of complaining.
// Plain Node, no dependencies. Code that is generated (the VM) is made outside these folders.

import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { inPath } from "../toolchain/tools.mjs"

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** Folders with C of ours. */
const FOLDERS = ["native", "firmware", "sim", "test"]

/** What cppcheck looks for. unusedFunction is left out: half of the callers are vector tables and TypeScript. */
const CPPCHECK_FLAGS = [
    "--std=c11",
    "--platform=unix32",
    "--enable=warning,style,performance,portability",
    "--inline-suppr",
    "--suppressions-list=.cppcheck-suppressions",
    // An attribute in front of what the port supplies.
    "-DCAM_PORT(name)=",
    "--quiet",
    "--error-exitcode=1",
    "--template={file}:{line}:{column}: {severity}: {message} [{id}]",
]

/**
 * All C files, below the project root, sorted.
 * @param {string} [root]
 * @returns {string[]}
 */
export function cFiles(root = projectRoot) {
    return FOLDERS.filter(folder => existsSync(join(root, folder)))
        .flatMap(folder =>
            readdirSync(join(root, folder), { recursive: true }).map(name =>
                join(folder, String(name))
            )
        )
        .filter(name => /\.[ch]$/.test(name))
        .sort()
}

/**
 * Run a tool on files.
 * @param {string} tool
 * @param {readonly string[]} args
 * @param {string} root
 * @returns {boolean} whether it is content
 */
function passes(tool, args, root) {
    if (inPath(tool) === undefined) {
        process.stderr.write(
            `camscript: ${tool} is not installed: run "npm run setup"\n`
        )
        return false
    }
    return spawnSync(tool, args, { cwd: root, stdio: "inherit" }).status === 0
}

/**
 * Check every C file.
 * @param {{ fix?: boolean, root?: string }} [options]
 * @returns {boolean} whether all is well
 */
export function lintC({ fix = false, root = projectRoot } = {}) {
    const files = cFiles(root)
    // The style of a file is that of the next .clang-format above it: the project's own.
    const how = fix ? ["-i"] : ["--dry-run", "-Werror"]
    const formatted = passes("clang-format", [...how, ...files], root)
    if (!formatted && !fix)
        process.stderr.write(
            'camscript: "npm run lint:c -- --fix" formats the C code (the project uses clang-format 14)\n'
        )
    // Headers are read where they are included.
    const sources = files.filter(name => name.endsWith(".c"))
    const clean = passes("cppcheck", [...CPPCHECK_FLAGS, ...sources], root)
    return formatted && clean
}

if (process.argv[1] === fileURLToPath(import.meta.url))
    process.exitCode = lintC({ fix: process.argv.includes("--fix") }) ? 0 : 1
