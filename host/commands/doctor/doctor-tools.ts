// SPDX-License-Identifier: MIT
// What `camscript doctor` looks for beyond Node: the tools of the firmware, the emulator and the gate. None is needed
// by `npm start`, so that none makes the doctor fail.

import { spawnSync } from "node:child_process"
import {
    FLASH_PACKAGES,
    FLASH_TOOLS,
    inPath,
    TOOLS,
    type Tool,
} from "../../../toolchain/tools.mjs"
import { projectRoot } from "../../../toolchain/paths.ts"
import type { Check } from "./doctor.ts"

/** One check per tool of `npm run setup`, and one for the programs that write flash. */
export const TOOL_CHECKS: readonly Check[] = [
    ...TOOLS.map(toolCheck),
    {
        name: "flash tool",
        purpose: "writes the firmware into a board (camscript flash)",
        remedy: `any one of ${FLASH_TOOLS.join(", ")}; Debian: sudo apt-get install ${FLASH_PACKAGES[0]} (or ${FLASH_PACKAGES.slice(1).join(", ")})`,
        look: flashTools,
    },
]

/** @param tool one of toolchain/tools.mjs */
export function toolCheck(tool: Tool): Check {
    return {
        name: tool.name,
        purpose: tool.purpose,
        remedy: `run "npm run setup" in ${projectRoot}, or install ${tool.elsewhere} (Debian: ${tool.debian.join(", ")})`,
        look: async () => {
            const place = tool.find()
            if (place === undefined) throw new Error("not found")
            return tool.name === "Unicorn 2"
                ? `${await unicornVersion(place)}, ${place}`
                : `${place}${versionOf(place)}`
        },
    }
}

/**
 * Load the library as the emulator does; a file that is there need not be one for this Node.
 * @throws Error with the loader's words
 */
async function unicornVersion(file: string): Promise<string> {
    const { default: koffi } = await import("koffi")
    const library = koffi.load(file)
    try {
        // unsigned int uc_version(unsigned int *major, unsigned int *minor): 8 bits each for major, minor, patch, extra.
        const version = library.func("uint32_t uc_version(void *, void *)")
        const packed = (version as (...out: null[]) => number)(null, null)
        return `loads, version ${packed >>> 24}.${(packed >>> 16) & 0xff}.${(packed >>> 8) & 0xff}`
    } finally {
        library.unload()
    }
}

/** ", version 1.2.3" by the tool's own word; empty when it does not give one, or is no program. */
function versionOf(file: string): string {
    const { stdout } = spawnSync(file, ["--version"], {
        encoding: "utf8",
        timeout: 10_000,
    })
    const version = /\d+(?:\.\d+)+/.exec((stdout ?? "").split("\n")[0] ?? "")
    return version ? `, version ${version[0]}` : ""
}

function flashTools(): string {
    const found = FLASH_TOOLS.filter(name => inPath(name) !== undefined)
    if (found.length === 0)
        throw new Error(`none of ${FLASH_TOOLS.join(", ")} is in PATH`)
    return found.join(", ")
}
