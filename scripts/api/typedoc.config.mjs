// SPDX-License-Identifier: MIT
// `npm run api`: the reference of what programs and tests import, from the docstrings. Every export has one: a test holds it.

import { OptionDefaults } from "typedoc"

/** @type {Partial<import("typedoc").TypeDocOptions>} */
const config = {
    name: "camscript",
    tsconfig: "tsconfig.json",
    entryPoints: [
        "../../src/index.ts",
        "../../drivers/ov2640/ov2640.ts",
        "../../sim/testing.ts",
        "../../sim/failed-waveforms.ts",
        "../../sim/devicescript/vitest-plugin.ts",
    ],
    out: "../../docs/api",
    readme: "none",
    // Neither a commit nor a date: the same sources give the same pages.
    disableSources: true,
    hideGenerator: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    sort: ["source-order"],
    // Those of DeviceScript's drivers.
    blockTags: [...OptionDefaults.blockTags, "@devsPart", "@devsWhoAmI"],
    validation: { notExported: false, invalidLink: true, notDocumented: true },
    requiredToBeDocumented: [
        "Enum",
        "Variable",
        "Function",
        "Class",
        "Interface",
        "TypeAlias",
        "Method",
    ],
    treatWarningsAsErrors: true,
    treatValidationWarningsAsErrors: true,
}

export default config
