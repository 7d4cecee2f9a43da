// SPDX-License-Identifier: MIT
// The images of a comparison: kept until every strategy has run, then written at once.

import {
    existsSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { UsageError } from "../../../protocol/errors.ts"
import { makeFolder } from "../../make-folder.ts"
import type { StrategyName } from "../../../protocol/names.ts"

/** The report beside the images, and by it the list of files that the next comparison may replace. */
export const COMPARE_REPORT_FILE = "camscript-compare.json"

const NAME = /^compare-[a-z-]+\.(png|jpg|svg)$/

/** Name of a strategy's image, without a character that an address on the web would have to escape. */
export function comparedName(
    strategy: StrategyName,
    extension: "png" | "jpg" | "svg"
): string {
    return `compare-${strategy.replace("+", "-")}.${extension}`
}

export class CompareFolder {
    private readonly contents = new Map<string, Uint8Array | string>()

    /**
     * Look whether the folder may be used; nothing is written yet.
     * @param folder need not exist
     * @throws UsageError when it is no folder, or holds images of that name that no comparison of ours listed
     */
    constructor(private readonly folder: string) {
        if (!existsSync(folder)) return
        if (!statSync(folder).isDirectory())
            throw new UsageError(`--out ${folder} is a file, not a folder`)
        const ours = this.listed()
        const foreign = readdirSync(folder).find(
            name => NAME.test(name) && !ours.includes(name)
        )
        if (foreign !== undefined)
            throw new UsageError(
                `--out ${folder} holds ${foreign}, which is not from camscript's last comparison there (${COMPARE_REPORT_FILE} does not list it) and is not overwritten: name another folder, or move it away`
            )
    }

    /** @returns the path that the file will have */
    add(name: string, content: Uint8Array | string): string {
        this.contents.set(name, content)
        return join(this.folder, name)
    }

    /**
     * Write everything, remove what is left of the comparison before, and leave the report beside it.
     * @throws UsageError when the folder cannot be written
     */
    publish(report: object): void {
        const stale = this.listed().filter(name => !this.contents.has(name))
        this.contents.set(
            COMPARE_REPORT_FILE,
            `${JSON.stringify(report, undefined, 4)}\n`
        )
        try {
            makeFolder(this.folder)
            for (const [name, content] of this.contents)
                this.replace(name, content)
            for (const name of stale)
                rmSync(join(this.folder, name), { force: true })
        } catch (error) {
            throw new UsageError(
                `--out ${this.folder} cannot be written: ${(error as Error).message}`
            )
        }
    }

    /** Whoever reads the file meanwhile sees the old one or the new one. */
    private replace(name: string, content: Uint8Array | string): void {
        const aside = join(this.folder, `.${name}-${process.pid}`)
        writeFileSync(aside, content)
        renameSync(aside, join(this.folder, name))
    }

    /** Images of the last comparison; none when its report cannot be read. */
    private listed(): string[] {
        try {
            const file = join(this.folder, COMPARE_REPORT_FILE)
            const { strategies } = JSON.parse(readFileSync(file, "utf8")) as {
                strategies: readonly { readonly files: readonly string[] }[]
            }
            return strategies
                .flatMap(({ files }) => files)
                .map(path => path.split(/[/\\]/).at(-1)!)
                .filter(name => NAME.test(name))
        } catch {
            return []
        }
    }
}
