// SPDX-License-Identifier: MIT
// The C that wasm2c makes of the VM, as functions, function table and data, with edits that check what they replace.

import { createHash } from "node:crypto"
import { CamscriptError } from "../../protocol/errors.ts"

/** Where a data segment lies in the VM's memory. */
export interface DataSegment {
    readonly address: number
    readonly bytes: Uint8Array
}

interface GeneratedFunction {
    /** As "static u32 w2c_vm_name(w2c_vm* instance, u32 var_p0) {". */
    readonly head: string
    /** The lines between head and closing brace, as wasm2c wrote them. */
    readonly stock: readonly string[]
    /** The same after the patches. */
    body: readonly string[]
}

const PREFIX = "w2c_vm_"
const FUNCTION_HEAD =
    /^(?:static )?\w+ w2c_vm_(\w+)\(w2c_vm\* instance.*(?:\) \{|, )$/
const PROTOTYPE = /^static (?:void|u32|u64|f32|f64) w2c_vm_\w+\(w2c_vm\*.*\);$/
const EXPORT_COMMENT = /^\/\* export: /

/**
 * wasm2c's spelling of a name: an underscore that would follow another one, and each character that C does not
 * know, becomes 0x and its code. Exported functions have a "_0" behind their own code.
 */
export function mangle(name: string): string {
    let out = PREFIX
    for (const character of name) {
        const plain =
            /[A-Za-z0-9]/.test(character) ||
            (character === "_" && !out.endsWith("_"))
        out += plain
            ? character
            : `0x${character.charCodeAt(0).toString(16).toUpperCase()}`
    }
    return out.slice(PREFIX.length)
}

/** Stop the build: this is not the VM that the patches were made for. */
export function differs(what: string): CamscriptError {
    return new CamscriptError(
        `the DeviceScript VM cannot be built for the board: ${what}. ` +
            `The patches in firmware/vm/patches hold for one version of the VM and of wasm2c only; "npm ci" installs them.`
    )
}

/** wasm2c's C, split into its parts. Patches edit it in place. */
export class GeneratedC {
    readonly prototypes: readonly string[]
    /** Functions by slot, from slot 1 on; slot 0 is empty. */
    readonly table: string[]
    /** Their types, as "void (u32, u32)"; what a patch puts into a slot has the type of the VM's own. */
    readonly tableTypes: readonly string[]
    readonly segments: ReadonlyMap<string, DataSegment>
    /** Functions, mangled, whose calls through the table of one type are known to meet functions of that type. */
    readonly knownCalls = new Map<string, string>()
    private readonly functions = new Map<string, GeneratedFunction>()

    constructor(text: string) {
        const lines = text.split("\n")
        this.prototypes = lines.filter(line => PROTOTYPE.test(line))
        this.table = readTable(lines)
        this.segments = readSegments(lines)
        for (const [index, line] of lines.entries()) {
            const name = FUNCTION_HEAD.exec(line)?.[1]
            if (name === undefined) continue
            if (EXPORT_COMMENT.test(lines[index - 1] ?? "")) continue
            // A long parameter list goes on in the next lines.
            const brace = lines.findIndex(
                (l, i) => i >= index && l.endsWith("{")
            )
            const body = lines.slice(brace + 1, lines.indexOf("}", brace))
            this.functions.set(name, {
                head: lines.slice(index, brace + 1).join(""),
                stock: body,
                body,
            })
        }
        if (this.functions.size !== this.prototypes.length)
            throw differs(
                `${this.functions.size} functions have code, ${this.prototypes.length} are declared`
            )
        this.tableTypes = this.table.map(name =>
            typeOf(this.head(name.slice(PREFIX.length)))
        )
    }

    /** Mangled names of all functions, in the VM's order. */
    names(): string[] {
        return [...this.functions.keys()]
    }

    /** The first line of a function: its C declaration up to the brace. */
    head(mangled: string): string {
        return this.find(mangled).head
    }

    /** The lines of a function, without head and closing brace. */
    body(mangled: string): readonly string[] {
        return this.find(mangled).body
    }

    setBody(mangled: string, body: readonly string[]): void {
        this.find(mangled).body = body
    }

    /** The function with this name in the VM, for patches. */
    bodyOf(name: string): readonly string[] {
        return this.body(this.mangled(name))
    }

    /**
     * Put other lines into a function in place of exactly these, which must stand there together exactly `times` times.
     * @throws CamscriptError when they do not
     */
    replaceLines(
        name: string,
        found: readonly string[],
        replacement: readonly string[],
        times = 1
    ): void {
        const mangled = this.mangled(name)
        const text = `\n${this.body(mangled).join("\n")}\n`
        const parts = text.split(`\n${found.join("\n")}\n`)
        if (parts.length !== times + 1)
            throw differs(
                `function ${name} holds "${found.map(line => line.trim()).join(" ")}" ${parts.length - 1} times, expected ${times}`
            )
        const joined = parts.join(`\n${replacement.join("\n")}\n`)
        this.setBody(mangled, joined.slice(1, -1).split("\n"))
    }

    /**
     * Check that a function is the one that the patch was written for.
     *
     * @param expected `fingerprint` of the stock body
     * @throws CamscriptError when it is another one
     */
    expect(name: string, expected: string): void {
        const found = fingerprint(this.find(this.mangled(name)).stock)
        if (found !== expected)
            throw differs(
                `function ${name} has fingerprint ${found}, expected ${expected}`
            )
    }

    /**
     * Give a function another body, after `expect`.
     * @throws CamscriptError when it is not the expected one
     */
    replaceBody(
        name: string,
        expected: string,
        replacement: readonly string[]
    ): void {
        this.expect(name, expected)
        this.setBody(this.mangled(name), replacement)
    }

    /**
     * Put a function of ours into the slot of one of the VM's.
     * @throws CamscriptError when that is in another number of slots than one
     */
    replaceSlot(name: string, ours: string): void {
        const theirs = PREFIX + this.mangled(name)
        const slots = this.table.filter(entry => entry === theirs).length
        if (slots !== 1)
            throw differs(
                `function ${name} is in ${slots} slots of the function table, expected 1`
            )
        this.table[this.table.indexOf(theirs)] = ours
    }

    /**
     * A constant of the VM, little endian.
     * @param bytes 1, 2 or 4
     * @throws CamscriptError when there is none
     */
    constant(address: number, bytes: number): number {
        for (const { address: start, bytes: all } of this.segments.values()) {
            const at = address - start
            if (at < 0 || at + bytes > all.length) continue
            return all
                .subarray(at, at + bytes)
                .reduceRight((value, byte) => value * 256 + byte, 0)
        }
        throw differs(`it has no constant at ${address}`)
    }

    private mangled(name: string): string {
        const own = mangle(name)
        if (this.functions.has(own)) return own
        if (this.functions.has(`${own}_0`)) return `${own}_0`
        throw differs(`it has no function ${name}`)
    }

    private find(mangled: string): GeneratedFunction {
        const found = this.functions.get(mangled)
        if (found === undefined) throw differs(`it has no function ${mangled}`)
        return found
    }
}

/** A function's type, as "void (u32, u32)": the same for all that WebAssembly takes for the same. */
function typeOf(head: string): string {
    const found = /^(?:static )?(\w+) \w+\(w2c_vm\* instance(.*)\) \{$/.exec(
        head
    )
    if (found === null) throw differs(`a function begins with "${head}"`)
    const parameters = [...found[2]!.matchAll(/(\w+) var_p\d+/g)]
    return `${found[1]!} (${parameters.map(([, type]) => type).join(", ")})`
}

/** What identifies a function's body: the first 16 digits of its sha256. */
export function fingerprint(body: readonly string[]): string {
    return createHash("sha256")
        .update(body.join("\n"))
        .digest("hex")
        .slice(0, 16)
}

function readTable(lines: readonly string[]): string[] {
    const entries: string[] = []
    for (const line of block(
        lines,
        "static const wasm_elem_segment_expr_t elem_segment_exprs_w2c_vm_e0[] = {"
    )) {
        const entry = /\(wasm_rt_function_ptr_t\)wrap_(w2c_vm_\w+),/.exec(line)
        if (entry === null)
            throw differs(`its function table has an entry "${line.trim()}"`)
        entries.push(entry[1]!)
    }
    return entries
}

function readSegments(lines: readonly string[]): Map<string, DataSegment> {
    const segments = new Map<string, DataSegment>()
    const load =
        /^ {2}LOAD_DATA\(instance->w2c_memory, (\d+)u, data_segment_data_w2c_vm_(\w+), (\d+)\);$/
    for (const line of lines) {
        const found = load.exec(line)
        if (found === null) continue
        const name = found[2]!
        const bytes = block(
            lines,
            `static const u8 data_segment_data_w2c_vm_${name}[] = {`
        ).flatMap(row => (row.match(/0x[0-9a-f]{2}/g) ?? []).map(Number))
        if (bytes.length !== Number(found[3]))
            throw differs(
                `data segment ${name} has ${bytes.length} bytes, its size says ${found[3]}`
            )
        segments.set(name, {
            address: Number(found[1]),
            bytes: Uint8Array.from(bytes),
        })
    }
    return segments
}

function block(lines: readonly string[], head: string): readonly string[] {
    const start = lines.indexOf(head)
    if (start < 0) throw differs(`wasm2c wrote no "${head}"`)
    return lines.slice(start + 1, lines.indexOf("};", start))
}
