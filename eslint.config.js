// SPDX-License-Identifier: MIT
// Lint: TypeScript's usual mistakes, and the project's rules that a linter can hold.

import tseslint from "typescript-eslint"
import { importLayers } from "./scripts/import-layers.js"

/** tsconfig's "dom" is there for WebAssembly only; a forgotten import of these names must not pass for a browser's. */
const browserGlobals = [
    "close",
    "document",
    "event",
    "find",
    "history",
    "length",
    "location",
    "name",
    "open",
    "origin",
    "parent",
    "print",
    "screen",
    "self",
    "status",
    "stop",
    "top",
    "window",
]

const virtualTime = ["setTimeout", "setInterval", "Date", "performance"]

const exportRules = [
    {
        selector: "ExportAllDeclaration",
        message: "No barrel files: import from the file that declares it.",
    },
    {
        selector:
            "ExportDefaultDeclaration, ExportSpecifier[exported.name='default']",
        message: "No default exports: a thing has one name everywhere.",
    },
]

const typescriptFiles = [
    "protocol/**/*.ts",
    "boards/**/*.ts",
    "toolchain/**/*.ts",
    "sim/**/*.ts",
    "host/**/*.ts",
    "host/**/*.tsx",
    "scripts/**/*.ts",
    "test/**/*.ts",
    "src/**/*.ts",
    "drivers/**/*.ts",
]

export default tseslint.config(
    {
        ignores: [
            "node_modules",
            ".devicescript",
            ".camscript",
            "out",
            "dist",
            "docs/api",
            // DeviceScript programs for tests, some wrong on purpose: their compiler judges them.
            "test/**/programs",
            "scripts/**/programs",
            "native",
            // AssemblyScript: its compiler judges it.
            "kernel",
            "**/*.kernel.ts",
        ],
    },
    {
        files: typescriptFiles,
        extends: [tseslint.configs.recommended],
        plugins: {
            camscript: { rules: { "import-layers": importLayers } },
        },
        languageOptions: {
            parserOptions: {
                projectService: true,
                tsconfigRootDir: import.meta.dirname,
            },
        },
        rules: {
            "camscript/import-layers": "error",
            "no-duplicate-imports": [
                "error",
                { allowSeparateTypeImports: true },
            ],
            "@typescript-eslint/no-explicit-any": "error",
            "@typescript-eslint/no-floating-promises": "error",
            "@typescript-eslint/no-misused-promises": "error",
            "@typescript-eslint/await-thenable": "error",
            "@typescript-eslint/consistent-type-imports": "error",
            "@typescript-eslint/no-unused-vars": [
                "error",
                { argsIgnorePattern: "^_" },
            ],
            // noUncheckedIndexedAccess is not set, but the sheets' tables are indexed by checked numbers.
            "@typescript-eslint/no-non-null-assertion": "off",
            "no-restricted-globals": ["error", ...browserGlobals],
            eqeqeq: "error",
            "no-var": "error",
            "prefer-const": "error",
        },
    },
    {
        files: typescriptFiles,
        rules: { "no-restricted-syntax": ["error", ...exportRules] },
    },
    {
        // These do run in a browser.
        files: [
            "host/view/page/**",
            "test/host/view/page/page.browser.test.ts",
        ],
        rules: { "no-restricted-globals": "off" },
    },
    {
        files: ["sim/**/*.ts"],
        rules: {
            "no-restricted-globals": [
                "error",
                ...browserGlobals,
                ...virtualTime.map(name => ({
                    name,
                    message: "Time in the simulator is virtual: use the Clock.",
                })),
            ],
            "no-restricted-properties": [
                "error",
                {
                    object: "Math",
                    property: "random",
                    message: "Seed it: the same input gives the same bytes.",
                },
            ],
        },
    },
    {
        // DeviceScript: accessors, private names and static blocks do not compile there; the subset's other
        // limits are reported by its own compiler.
        files: [
            "src/**/*.ts",
            "drivers/**/*.ts",
            "protocol/capture.ts",
            "protocol/faults.ts",
            "protocol/grabber-page.ts",
            "protocol/camera-service.ts",
            "protocol/request-block.ts",
        ],
        rules: {
            // Enums are its constants (they cost no heap), so that two limits may well be equal.
            "@typescript-eslint/no-duplicate-enum-values": "off",
            "@typescript-eslint/consistent-type-imports": "off",
            "no-restricted-syntax": [
                "error",
                ...exportRules,
                {
                    selector: "MethodDefinition[kind=/^[gs]et$/]",
                    message: "DeviceScript has no accessors.",
                },
                {
                    selector: "PrivateIdentifier",
                    message: "DeviceScript has no #private names.",
                },
                {
                    selector: "StaticBlock",
                    message: "DeviceScript has no static blocks.",
                },
                {
                    selector: "Literal[regex]",
                    message: "DeviceScript has no regular expressions.",
                },
                {
                    selector:
                        "CallExpression[callee.name='isSimulator'], CallExpression[callee.property.name='isSimulator']",
                    message:
                        "The same program runs everywhere: never ask isSimulator().",
                },
            ],
        },
    }
)
