// SPDX-License-Identifier: MIT
// `camscript init`: a project of one's own.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { UsageError } from "../../../protocol/errors.ts"
import type { Terminal } from "../../terminal.ts"
import type { InitOptions } from "./init-options.ts"
import { packageSource } from "./package-source.ts"
import {
    projectFiles,
    projectPackage,
    type ProjectPackage,
} from "./project-files.ts"

/**
 * Write the project's files. What is there already stays as it is; a package.json gets what it lacks.
 * @param cwd folder that the next commands are typed in
 * @throws UsageError when package.json is no JSON, or camscript cannot be installed from where it is
 */
export function init(
    options: InitOptions,
    terminal: Terminal,
    cwd: string,
    sourceOf: typeof packageSource = packageSource
): void {
    const { folder } = options
    const file = join(folder, "package.json")
    const before = existsSync(file) ? readFileSync(file, "utf8") : undefined
    const present = before === undefined ? {} : parsePackage(file, before)
    const after = `${JSON.stringify(projectPackage(options, present, sourceOf(folder)), null, 4)}\n`

    const made: string[] = []
    const kept: string[] = []
    for (const [name, text] of projectFiles(options)) {
        const path = join(folder, name)
        if (existsSync(path)) kept.push(name)
        else {
            mkdirSync(dirname(path), { recursive: true })
            writeFileSync(path, text, { flag: "wx" })
            made.push(name)
        }
    }
    writeFileSync(file, after)
    if (before === undefined) made.push("package.json")

    const say = (text: string): void => terminal.out(`${text}\n`)
    if (made.length > 0) say(`made in ${folder}:\n    ${made.join("\n    ")}`)
    if (before !== undefined)
        say("package.json was there: what it lacked was added")
    if (kept.length > 0) say(`left as they were:\n    ${kept.join("\n    ")}`)
    say(nextSteps(relative(cwd, folder)))
}

function parsePackage(file: string, text: string): ProjectPackage {
    try {
        return JSON.parse(text) as ProjectPackage
    } catch (error) {
        throw new UsageError(
            `${file} is there already and cannot be added to: ${(error as Error).message}. Mend it, or take another folder.`
        )
    }
}

/** @param folder from where the user is */
function nextSteps(folder: string): string {
    const steps = [
        ...(folder === "" ? [] : [`cd ${folder}`]),
        "npm install",
        "npm start         # src/main.ts in the simulator; images in out/",
        "npm test          # test/, by simulate()",
        "npm run view      # the same, live, in a web page",
        "npm run check     # what the device's compiler and TypeScript say",
        "npm run setup     # once: the tools that the next one needs",
        "npm run build     # the firmware; npm run flash writes it into a board",
    ]
    return `next:\n    ${steps.join("\n    ")}`
}
