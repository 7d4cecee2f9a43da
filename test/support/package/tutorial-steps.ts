// SPDX-License-Identifier: MIT
// A tutorial in Markdown as what its reader does: its code blocks, in order.
//
// ```sh     commands, one a line; ```sh fails: the last of them ends with an error
// ```text   what the commands above have printed: each line occurs, in this order; "..." stands for any lines
// ```diff   the lines with "-" are replaced by those with "+"
// any other the whole text of a file
//
// The file is the last path in backticks before the block.

export type TutorialStep =
    | {
          readonly kind: "type"
          readonly command: string
          readonly fails: boolean
      }
    | { readonly kind: "printed"; readonly lines: readonly string[] }
    | { readonly kind: "save"; readonly file: string; readonly text: string }
    | {
          readonly kind: "change"
          readonly file: string
          readonly from: string
          readonly to: string
      }

/** @throws Error for a block of a file that nobody names */
export function tutorialSteps(markdown: string): TutorialStep[] {
    const steps: TutorialStep[] = []
    let before = ""
    // Prose and code blocks take turns.
    for (const [index, part] of markdown.split(/^```/m).entries()) {
        if (index % 2 === 0) {
            before = part
            continue
        }
        const [info, ...rest] = part.split("\n")
        steps.push(...stepsOf(info!, rest.join("\n"), before))
    }
    return steps
}

function stepsOf(info: string, text: string, before: string): TutorialStep[] {
    const lines = text.trimEnd().split("\n")
    if (info === "sh" || info === "sh fails")
        return lines.map((command, index) => ({
            kind: "type",
            command,
            fails: info === "sh fails" && index === lines.length - 1,
        }))
    if (info === "text")
        return [
            {
                kind: "printed",
                lines: lines
                    .map(line => line.trim())
                    .filter(line => line !== "..."),
            },
        ]
    const file = [...before.matchAll(/`([\w./-]+\/[\w-]+\.[\w.]+)`/g)].at(
        -1
    )?.[1]
    if (file === undefined)
        throw new Error(`no file is named before the block\n${text}`)
    if (info !== "diff") return [{ kind: "save", file, text }]
    const marked = (mark: string): string =>
        lines
            .filter(line => line.startsWith(mark))
            .map(line => line.slice(1))
            .join("\n")
    return [{ kind: "change", file, from: marked("-"), to: marked("+") }]
}
