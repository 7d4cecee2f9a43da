// SPDX-License-Identifier: MIT
// `npm run setup`: installs what the firmware, the emulator and the gate need beyond Node, or says how to.
// Plain Node, no dependencies. Does nothing, fast, when all is there. `npm start` needs none of it.

import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { inPath, missingTools } from "./tools.mjs"

/**
 * @typedef {import("./tools.mjs").Tool} Tool
 * @typedef {object} Machine what setup may use
 * @property {() => readonly Tool[]} missing looks again at each call
 * @property {(command: string) => boolean} has an executable in PATH
 * @property {boolean} root this process may install packages itself
 * @property {(command: string, args: readonly string[]) => number} run shows the command's output; returns its exit code,
 *     127 when it cannot be started
 * @property {(command: string, args: readonly string[]) => number} ask the same, silently
 * @property {(text: string) => void} say
 */

const APT_OPTIONS = ["-y", "--no-install-recommends"]

/**
 * Install what is missing, where that is allowed.
 * @param {Machine} machine
 * @returns {number} exit code: 0 all is there, 1 something is missing and was said
 */
export function setup(machine) {
    const missing = machine.missing()
    if (missing.length === 0) return 0
    const names = missing.map(tool => tool.name).join(", ")
    if (!machine.has("apt-get")) return elsewhere(machine, missing)
    const packages = [...new Set(missing.flatMap(tool => tool.debian))]
    const prefix = installPrefix(machine)
    if (!prefix) {
        machine.say(
            `camscript: ${names} missing. Installing packages needs root; run:\n\n    ${aptCommand(packages)}\n`
        )
        return 1
    }
    machine.say(`camscript: ${names} missing: installing ${packages.join(" ")}`)
    const problem = aptInstall(machine, prefix, packages)
    const still = machine.missing()
    if (still.length === 0) return 0
    machine.say(
        `camscript: ${problem ?? "the packages are installed, but not all is there"}; still missing: ${still.map(tool => tool.name).join(", ")}. By hand:\n\n    ${aptCommand(packages)}\n`
    )
    return 1
}

/** @returns {string} what a person types */
function aptCommand(/** @type {readonly string[]} */ packages) {
    return `sudo apt-get update && sudo apt-get install ${APT_OPTIONS.join(" ")} ${packages.join(" ")}`
}

/** How to become root without a question. @returns {readonly string[] | undefined} undefined: not at all */
function installPrefix(/** @type {Machine} */ machine) {
    // dpkg asks questions on its terminal unless it is told that there is nobody.
    const quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if (machine.root) return quiet
    if (machine.has("sudo") && machine.ask("sudo", ["-n", "true"]) === 0)
        return ["sudo", "-n", ...quiet]
    return undefined
}

/**
 * @param {Machine} machine
 * @param {readonly string[]} prefix
 * @param {readonly string[]} packages
 * @returns {string | undefined} what failed
 */
function aptInstall(machine, prefix, packages) {
    const [command, ...before] = prefix
    const apt = (/** @type {string[]} */ ...args) => [
        ...before,
        "apt-get",
        ...args,
    ]
    // A bare container has no package lists, and old ones name files that the mirrors no longer have: try, update, try.
    const install = apt("install", ...APT_OPTIONS, ...packages)
    const known = machine.ask(command, apt("install", "-s", ...packages)) === 0
    if (known && machine.run(command, install) === 0) return undefined
    if (machine.run(command, apt("update")) !== 0)
        return "apt-get update failed"
    return machine.run(command, install) === 0
        ? undefined
        : "apt-get install failed"
}

/** Another system: name the parts in words. */
function elsewhere(
    /** @type {Machine} */ machine,
    /** @type {readonly Tool[]} */ missing
) {
    const lines = missing.map(tool => `    ${tool.elsewhere}: ${tool.purpose}`)
    machine.say(
        `camscript: there is no apt-get here, and these are missing; install them with this system's package manager:\n\n${lines.join("\n")}\n`
    )
    return 1
}

/** @returns {Machine} this one */
export function thisMachine() {
    const start = (
        /** @type {string} */ command,
        /** @type {readonly string[]} */ args,
        /** @type {import("node:child_process").StdioOptions} */ stdio
    ) => spawnSync(command, args, { stdio }).status ?? 127
    return {
        missing: missingTools,
        has: command => inPath(command) !== undefined,
        root: process.getuid?.() === 0,
        // stdout belongs to the command that called setup.
        run: (command, args) =>
            start(command, args, ["ignore", process.stderr, process.stderr]),
        ask: (command, args) => start(command, args, "ignore"),
        say: text => process.stderr.write(`${text}\n`),
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
    process.exitCode = setup(thisMachine())
