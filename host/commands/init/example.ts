// SPDX-License-Identifier: MIT
// The examples as programs of a project's own: what they import comes from the package there.

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { SENSORS, type SensorName } from "../../../protocol/names.ts"
import { projectRoot } from "../../../toolchain/paths.ts"

const FOLDER = join(projectRoot, "src", "examples")

/** A program, and how its first comment says that it is run. */
export interface Example {
    /** As src/main.ts of a project. */
    readonly text: string
    readonly board: string | undefined
    readonly sensor: SensorName
    /** Its other options of `camscript run`, as they are written. */
    readonly runOptions: readonly string[]
}

/** Names that --template takes. */
export function exampleNames(): string[] {
    return readdirSync(FOLDER)
        .filter(file => file.endsWith(".ts"))
        .map(file => file.slice(0, -".ts".length))
        .sort()
}

/** Read src/examples/<name>.ts. */
export function readExample(name: string): Example {
    const source = readFileSync(join(FOLDER, `${name}.ts`), "utf8")
    const [command] = /npx camscript run .*/.exec(source) ?? [""]
    const words = command.split(" ").slice(3)
    const valueOf = (option: string): string | undefined =>
        words.includes(option) ? words[words.indexOf(option) + 1] : undefined
    const own = ["--app", "--board", "--sensor"]
    return {
        text: asOwnProgram(source).replaceAll(
            `src/examples/${name}.ts`,
            "src/main.ts"
        ),
        board: valueOf("--board"),
        sensor:
            SENSORS.find(sensor => sensor === valueOf("--sensor")) ?? "mt9v034",
        runOptions: words.filter(
            (word, index) =>
                !own.includes(word) && !own.includes(words[index - 1] ?? "")
        ),
    }
}

/** The OV2640's driver has a name of its own (src/index.ts); all else is in "camscript". */
function packageOf(path: string): string {
    return path.includes("/ov2640/")
        ? `camscript/${path.replace(/^(\.\.\/)+/, "")}`
        : "camscript"
}

/** One import for each package, types first as they are. */
function asOwnProgram(source: string): string {
    const names = new Map<string, string[]>()
    const pattern = /^import (type )?\{ (.*?) \} from "(\.\.\/.*?)"\n/gm
    let last = ""
    for (const [line, type = "", list, path] of source.matchAll(pattern)) {
        const from = packageOf(path!)
        const imported = list!.split(", ").map(name => `${type}${name}`)
        names.set(from, [...(names.get(from) ?? []), ...imported])
        last = line
    }
    const imports = [...names].map(
        ([from, list]) =>
            `import { ${list.sort(byName).join(", ")} } from "${from}"\n`
    )
    return source
        .replace(last, `${imports.sort().join("")}`)
        .replace(pattern, "")
}

function byName(a: string, b: string): number {
    const name = (text: string): string => text.replace(/^type /, "")
    return name(a) < name(b) ? -1 : 1
}
