// SPDX-License-Identifier: MIT
// The compiler's call graph (gcc -fcallgraph-info=su): every function's own stack, and whom it calls.

/** One function. */
export interface GraphNode {
    /** Of its own frame, bytes. */
    readonly stackBytes: number
    /** Titles of the functions that it calls by name. */
    readonly calls: ReadonlySet<string>
    /** It also calls through pointers. */
    readonly indirect: boolean
}

/** By title: the name, with the file in front for a static function ("native/capture/rows/capture_rows.c:copied_row"). */
export type CallGraph = ReadonlyMap<string, GraphNode>

const INDIRECT = "__indirect_call"

/**
 * Join the .ci files of a build.
 * @throws RangeError for a frame whose size the compiler does not know
 */
export function readCallGraph(files: readonly string[]): CallGraph {
    const graph = new Map<
        string,
        { stackBytes: number; calls: Set<string>; indirect: boolean }
    >()
    const text = files.join("\n")
    for (const [, title, label] of text.matchAll(
        /^node: \{ title: "([^"]+)" label: "([^"]+)"/gm
    )) {
        const usage = /\\n(\d+) bytes \(([^)]+)\)/.exec(label!)
        if (usage === null) continue
        if (usage[2] !== "static" && usage[2] !== "dynamic,bounded")
            throw new RangeError(`${title}: its stack is ${usage[2]}`)
        graph.set(title!, {
            stackBytes: Number(usage[1]),
            calls: new Set(),
            indirect: false,
        })
    }
    for (const [, caller, callee] of text.matchAll(
        /^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"/gm
    )) {
        const node = graph.get(caller!)!
        if (callee === INDIRECT) node.indirect = true
        else node.calls.add(callee!)
    }
    return graph
}
