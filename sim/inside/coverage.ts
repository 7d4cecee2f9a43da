// SPDX-License-Identifier: MIT
// Which lines and branches were executed, of any number of runs, in the format of lcov (geninfo(1), "FILES").

/** Both outcomes of a decision. */
export interface Branch {
    taken: number
    notTaken: number
}

export interface FileCoverage {
    readonly lines: Map<number, number>
    readonly functions: Map<string, { readonly line: number; count: number }>
    /** By line, and by what tells the line's decisions apart. */
    readonly branches: Map<number, Map<number, Branch>>
}

/** A share of something, as "3 of 4". */
export interface CoverageShare {
    readonly covered: number
    readonly total: number
}

/** Sums of runs. Counts of one run are those of the newest look: they are added when the run is over. */
export class Coverage {
    private readonly files = new Map<string, FileCoverage>()

    /** A line has code, which was executed so often. Of several pieces of code in one run, tell the one executed most. */
    addLine(file: string, line: number, count: number): void {
        const { lines } = this.fileOf(file)
        lines.set(line, (lines.get(line) ?? 0) + count)
    }

    /** A function begins at a line, and was called so often. */
    addFunction(file: string, name: string, line: number, count: number): void {
        const { functions } = this.fileOf(file)
        const known = functions.get(name)
        if (known) known.count += count
        else functions.set(name, { line, count })
    }

    /**
     * A decision of a line had these outcomes, so often each.
     * @param id tells the decisions of a line apart
     */
    addBranch(
        file: string,
        line: number,
        id: number,
        { taken, notTaken }: Readonly<Branch>
    ): void {
        const { branches } = this.fileOf(file)
        let ofLine = branches.get(line)
        if (!ofLine) branches.set(line, (ofLine = new Map()))
        const known = ofLine.get(id)
        if (known) {
            known.taken += taken
            known.notTaken += notTaken
        } else ofLine.set(id, { taken, notTaken })
    }

    /** All that is known, by file: to be kept, sent, and added elsewhere. */
    get byFile(): ReadonlyMap<string, FileCoverage> {
        return this.files
    }

    /** Add what another one has. */
    add(byFile: ReadonlyMap<string, FileCoverage>): void {
        for (const [file, { lines, functions, branches }] of byFile) {
            for (const [line, count] of lines) this.addLine(file, line, count)
            for (const [name, { line, count }] of functions)
                this.addFunction(file, name, line, count)
            for (const [line, ofLine] of branches)
                for (const [id, outcomes] of ofLine)
                    this.addBranch(file, line, id, outcomes)
        }
    }

    /** Executions of a line; undefined: it has no code. */
    countOf(file: string, line: number): number | undefined {
        return this.files.get(file)?.lines.get(line)
    }

    /** Outcomes of a line's decisions, in order: [taken, not taken]. */
    branchesOf(file: string, line: number): (readonly [number, number])[] {
        const ofLine = this.files.get(file)?.branches.get(line)
        return [...(ofLine ?? [])]
            .sort(([a], [b]) => a - b)
            .map(([, { taken, notTaken }]) => [taken, notTaken])
    }

    /** Of all files, or some of them. */
    share(
        of: "lines" | "branches",
        counts: (file: string) => boolean = () => true
    ): CoverageShare {
        let [covered, total] = [0, 0]
        for (const [file, { lines, branches }] of this.files) {
            if (!counts(file)) continue
            const outcomes =
                of === "lines"
                    ? [...lines.values()]
                    : [...branches.values()].flatMap(ofLine =>
                          [...ofLine.values()].flatMap(
                              ({ taken, notTaken }) => [taken, notTaken]
                          )
                      )
            total += outcomes.length
            covered += outcomes.filter(count => count > 0).length
        }
        return { covered, total }
    }

    /** The file's content: paths sorted, as they were told. */
    lcov(): string {
        return [...this.files]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([file, coverage]) => recordOf(file, coverage))
            .join("")
    }

    private fileOf(file: string): FileCoverage {
        let found = this.files.get(file)
        if (!found) {
            found = {
                lines: new Map(),
                functions: new Map(),
                branches: new Map(),
            }
            this.files.set(file, found)
        }
        return found
    }
}

function recordOf(
    file: string,
    { lines, functions, branches }: FileCoverage
): string {
    const named = [...functions].sort(([, a], [, b]) => a.line - b.line)
    const decisions = [...branches]
        .sort(([a], [b]) => a - b)
        .flatMap(([line, ofLine]) => branchRows(line, ofLine))
    const ordered = [...lines].sort(([a], [b]) => a - b)
    const hit = (counts: readonly number[]): number =>
        counts.filter(count => count > 0).length
    return [
        "TN:",
        `SF:${file}`,
        ...named.map(([name, { line }]) => `FN:${line},${name}`),
        ...named.map(([name, { count }]) => `FNDA:${count},${name}`),
        `FNF:${named.length}`,
        `FNH:${hit(named.map(([, { count }]) => count))}`,
        ...decisions.map(({ row, count }) => `BRDA:${row},${count ?? "-"}`),
        `BRF:${decisions.length}`,
        `BRH:${hit(decisions.map(({ count }) => count ?? 0))}`,
        ...ordered.map(([line, count]) => `DA:${line},${count}`),
        `LF:${ordered.length}`,
        `LH:${hit(ordered.map(([, count]) => count))}`,
        "end_of_record\n",
    ].join("\n")
}

/** A decision that was never come to has "-". */
function branchRows(
    line: number,
    ofLine: ReadonlyMap<number, Readonly<Branch>>
): { row: string; count: number | undefined }[] {
    return [...ofLine]
        .sort(([a], [b]) => a - b)
        .flatMap(([, { taken, notTaken }], block) => {
            const reached = taken + notTaken > 0
            return [taken, notTaken].map((count, branch) => ({
                row: `${line},${block},${branch}`,
                count: reached ? count : undefined,
            }))
        })
}
