// SPDX-License-Identifier: MIT
// docs/wiring.md and its drawings, from the board files and the modules' pads.

import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { format, resolveConfig } from "prettier"
import {
    drawingPath,
    wiringMarkdown,
    workingWirings,
} from "../../host/wiring/wiring-markdown.ts"
import { wiringSvg } from "../../host/wiring/wiring-svg.ts"
import { projectRoot } from "../../toolchain/paths.ts"

const DOCS = join(projectRoot, "docs")
const PAGE = join(DOCS, "wiring.md")

/** The page as it is in the repository. */
export async function wiringPage(): Promise<string> {
    return format(wiringMarkdown(), {
        ...(await resolveConfig(PAGE)),
        filepath: PAGE,
    })
}

export async function wiringImages(): Promise<void> {
    for (const wiring of workingWirings()) {
        const file = join(DOCS, drawingPath(wiring))
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, wiringSvg(wiring))
    }
    writeFileSync(PAGE, await wiringPage())
}
