// SPDX-License-Identifier: MIT
// The part of npm's vcd-parser that the tests use; the package has no types of its own.

declare module "vcd-parser" {
    export interface ParsedSignal {
        readonly type: string
        readonly size: number
        /** With its scopes: "camscript.wires.sda". */
        readonly name: string
        /** Time and value, both as text. */
        readonly wave: readonly (readonly [string, string])[]
    }
    export interface ParsedVcd {
        readonly timescale: string
        readonly version: string
        readonly endtime: string
        readonly signal: readonly ParsedSignal[]
    }
    export function parse(content: string): Promise<ParsedVcd>
}
