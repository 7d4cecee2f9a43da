// SPDX-License-Identifier: MIT
// Finds circles of imports: files that need each other, if only for a type, are one thing in two files.

import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, posix } from "node:path"
import ts from "typescript"

/** What a product's file may import: tests and scripts are at the end of every arrow. */
export const PRODUCT_FOLDERS = [
    "protocol",
    "boards",
    "toolchain",
    "sim",
    "host",
    "src",
    "drivers",
] as const

/** Paths with forward slashes, and what each file imports of the others. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>

/** Read every TypeScript and JavaScript file below some folders. */
export function readImports(
    root: string,
    folders: readonly string[] = PRODUCT_FOLDERS
): ImportGraph {
    const files = folders.flatMap(folder =>
        readdirSync(join(root, folder), { recursive: true })
            .map(name => posix.join(folder, String(name).replace(/\\/g, "/")))
            .filter(name => /\.(?:tsx?|m?js)$/.test(name))
    )
    const known = new Set(files)
    return new Map(
        files.map(file => {
            const source = readFileSync(join(root, file), "utf8")
            return [file, importsOf(file, source, known)]
        })
    )
}

/** Of every form: types, re-exports and import() too. */
function importsOf(
    file: string,
    source: string,
    known: ReadonlySet<string>
): string[] {
    const { importedFiles } = ts.preProcessFile(source, true, true)
    return importedFiles
        .filter(({ fileName }) => fileName.startsWith("."))
        .map(({ fileName }) => posix.join(dirname(file), fileName))
        .flatMap(path =>
            // DeviceScript's imports have no extension.
            [path, `${path}.ts`].filter(name => known.has(name))
        )
}

/**
 * Find a shortest circle through every file that is in one, each circle once.
 * @returns files in the order in which they import each other, from the first in the alphabet on
 */
export function importCircles(graph: ImportGraph): string[][] {
    const circles = new Map<string, string[]>()
    for (const file of [...graph.keys()].sort()) {
        const circle = shortestCircle(graph, file)
        if (circle === undefined) continue
        const first = circle.indexOf([...circle].sort()[0]!)
        const turned = [...circle.slice(first), ...circle.slice(0, first)]
        circles.set(turned.join(), turned)
    }
    return [...circles.values()]
}

/** Breadth first, until an import leads back. */
function shortestCircle(
    graph: ImportGraph,
    start: string
): string[] | undefined {
    const paths: string[][] = [[start]]
    const seen = new Set<string>()
    for (const path of paths)
        for (const next of graph.get(path.at(-1)!) ?? []) {
            if (next === start) return path
            if (seen.has(next)) continue
            seen.add(next)
            paths.push([...path, next])
        }
    return undefined
}
