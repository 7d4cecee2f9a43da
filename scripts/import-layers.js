// SPDX-License-Identifier: MIT
// ESLint rule: who may import whom. Data flows up, one arrow at a time; the pure planner runs everywhere unchanged.

import { dirname, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** A part's pure arithmetic: planner and host use it as it is. */
const PURE_PART_FILES = new Set(["timing", "geometry", "quality"])

/** What the page in the browser shares with its server. */
const PAGE_MESSAGES = /^host\/view\/messages\//

/**
 * The layer of a file, by its path below the project root.
 * @param {string} path with forward slashes
 * @returns {string | undefined} "protocol", "plan", "timing:<part>", "limits", "driver", "driver:<part>", "src", "boards",
 *     "paths", "toolchain", "sim", "host", "messages", "page", "scripts", "test"
 */
export function layerOf(path) {
    const name = path.replace(/\.(?:ts|tsx|mjs|js)$/, "")
    if (/^src\/plan\//.test(name)) return "plan"
    if (/^src\//.test(name)) return "src"
    if (name === "drivers/sensor-limits") return "limits"
    if (name === "toolchain/paths") return "paths"
    if (/^drivers\/[^/]+$/.test(name)) return "driver"
    const part = /^drivers\/([^/]+)\/(.+)$/.exec(name)
    if (part)
        return PURE_PART_FILES.has(part[2])
            ? `timing:${part[1]}`
            : `driver:${part[1]}`
    if (PAGE_MESSAGES.test(name)) return "messages"
    if (/^host\/view\/page\//.test(name)) return "page"
    return /^(protocol|boards|toolchain|sim|host|scripts|test)\//.exec(
        name
    )?.[1]
}

/** Layers that each layer may import besides its own; a name ending in ":" stands for any part. */
const ALLOWED = {
    protocol: [],
    limits: ["protocol"],
    timing: ["protocol", "limits", "timing:"],
    plan: ["protocol", "limits", "timing:"],
    driver: ["protocol", "limits"],
    part: ["protocol", "limits", "driver"],
    src: ["protocol", "plan", "limits", "driver", "driver:", "timing:"],
    paths: [],
    boards: ["protocol", "paths"],
    toolchain: ["protocol", "paths", "boards"],
    sim: ["protocol", "paths", "boards", "toolchain"],
    messages: ["protocol"],
    page: ["protocol", "messages"],
    host: [
        "protocol",
        "paths",
        "boards",
        "toolchain",
        "sim",
        "plan",
        "limits",
        "timing:",
        "messages",
    ],
    scripts: [
        "protocol",
        "paths",
        "boards",
        "toolchain",
        "sim",
        "host",
        "plan",
    ],
}

const DEVICE_LAYERS = new Set(["driver", "part", "src"])
const PURE_LAYERS = new Set(["limits", "timing", "plan"])

/**
 * Why one file may not import another.
 * @param {string} from the importing file, below the project root
 * @param {string} specifier as it stands in the import
 * @returns {string | undefined} the broken rule; undefined when the import is allowed
 */
export function forbiddenImport(from, specifier) {
    const layer = layerOf(from)
    if (layer === undefined || layer === "test") return undefined
    const [kind, part] = layer.split(":")
    const group = kind === "driver" && part ? "part" : kind
    if (!specifier.startsWith(".")) return forbiddenPackage(group, specifier)
    const target = relative(
        projectRoot,
        join(projectRoot, dirname(from), specifier)
    )
        .split(sep)
        .join("/")
    const targetLayer = layerOf(target)
    if (targetLayer === undefined) return undefined
    if (
        part !== undefined &&
        targetLayer.endsWith(`:${part}`) &&
        group === "part"
    )
        return undefined
    const allowed = ALLOWED[group].some(name =>
        name.endsWith(":") ? targetLayer.startsWith(name) : targetLayer === name
    )
    if (allowed || (targetLayer === layer && group !== "part")) return undefined
    return `${from} (${describe(layer)}) may not import ${target} (${describe(targetLayer)})`
}

/** Packages: the pure layers have none, device code has only DeviceScript's, the rest has no device libraries. */
function forbiddenPackage(group, specifier) {
    const device =
        specifier.startsWith("@devicescript/") &&
        specifier !== "@devicescript/cli"
    if (PURE_LAYERS.has(group))
        return `${specifier}: the planner and the timing run in DeviceScript, in vitest and on the host, and import no package`
    if (DEVICE_LAYERS.has(group) && !device)
        return `${specifier}: device code imports only @devicescript packages`
    if (!DEVICE_LAYERS.has(group) && device)
        return `${specifier}: only src and drivers import DeviceScript's libraries`
    return undefined
}

function describe(layer) {
    const [kind, part] = layer.split(":")
    if (kind === "plan") return "the pure planner"
    if (kind === "timing") return `pure timing of ${part}`
    if (kind === "limits") return "the sensors' shared types"
    if (kind === "driver")
        return part ? `driver of ${part}` : "the drivers' contract"
    return kind
}

/** The ESLint rule. Type-only imports count too: they are dependencies for the reader. */
export const importLayers = {
    meta: { type: "problem", schema: [], messages: { forbidden: "{{why}}." } },
    create(context) {
        const from = relative(projectRoot, context.filename)
            .split(sep)
            .join("/")
        const check = node => {
            if (typeof node.source?.value !== "string") return
            const why = forbiddenImport(from, node.source.value)
            if (why)
                context.report({
                    node: node.source,
                    messageId: "forbidden",
                    data: { why },
                })
        }
        return {
            ImportDeclaration: check,
            ExportNamedDeclaration: check,
            ExportAllDeclaration: check,
            ImportExpression: check,
        }
    },
}
