// SPDX-License-Identifier: MIT
// Source lines of addresses: .debug_line of DWARF 2 to 5 (version 5, section 6.2; version 4 for the older header).

import { DwarfReader } from "./dwarf-reader.ts"
import type { Elf, ElfSection } from "./elf.ts"
import { lastAtOrBelow } from "./symbol-table.ts"

/** A line of the program's source. */
export interface SourceLine {
    /** Path as the compiler noted it; relative to the folder of the compilation when it was given so. */
    readonly file: string
    /** From 1. */
    readonly line: number
}

/** Code that begins at an address. */
interface Row extends SourceLine {
    readonly address: number
}

/** Rows of code in one piece, by address. */
interface Sequence {
    readonly address: number
    readonly end: number
    readonly rows: readonly Row[]
}

export class LineTable {
    private readonly sequences: readonly Sequence[]
    /** The longest sequence, bytes: how far one that starts earlier may reach. */
    private readonly longest: number

    constructor(sequences: readonly Sequence[]) {
        this.sequences = [...sequences].sort((a, b) => a.address - b.address)
        this.longest = Math.max(
            0,
            ...sequences.map(({ address, end }) => end - address)
        )
    }

    /** Nothing is known: there is no debug information, or none that can be read. */
    get isEmpty(): boolean {
        return this.sequences.length === 0
    }

    /** The line that the instruction at an address was made from; undefined where nobody noted one. */
    lineOf(address: number): SourceLine | undefined {
        const even = (address & ~1) >>> 0
        for (
            let index = lastAtOrBelow(this.sequences, even);
            index >= 0;
            index--
        ) {
            const { address: start, end, rows } = this.sequences[index]!
            if (start + this.longest <= even) return undefined
            if (even >= end) continue
            const row = rows[lastAtOrBelow(rows, even)]
            // Line 0: code that belongs to no line.
            if (row === undefined || row.line === 0) return undefined
            return { file: row.file, line: row.line }
        }
        return undefined
    }

    /** Addresses at which code of a line begins, in order. @param file the end of its path */
    addressesOf(file: string, line: number): number[] {
        const found: number[] = []
        for (const { rows } of this.sequences)
            for (const [index, row] of rows.entries()) {
                const { address } = row
                if (row.line !== line || !isFile(row.file, file)) continue
                // Rows at one address: the last one holds. Rows of the same line in a row: the first one begins it.
                if (rows[index + 1]?.address === address) continue
                const before = rows[index - 1]
                if (before?.line !== line || before.file !== row.file)
                    found.push(address)
            }
        return found.sort((a, b) => a - b)
    }
}

function isFile(path: string, asked: string): boolean {
    return path === asked || path.endsWith(`/${asked}`)
}

/** Of an ELF file; empty when it has no debug information, or none that can be read. */
export function lineTable(elf: Elf): LineTable {
    const lines = sectionOf(elf, ".debug_line")
    if (lines === undefined) return new LineTable([])
    const texts: Texts = {
        lineTexts: sectionOf(elf, ".debug_line_str")?.content,
        texts: sectionOf(elf, ".debug_str")?.content,
    }
    const sequences: Sequence[] = []
    const reader = new DwarfReader(lines.content)
    try {
        while (!reader.done) {
            const unit = reader.part(reader.uint32())
            sequences.push(...unitSequences(unit, texts))
        }
    } catch (error) {
        // What was read before the damage is right.
        if (!(error instanceof RangeError)) throw error
    }
    // The linker leaves what it threw out at address 0.
    const code = elf.sections.filter(({ executable }) => executable)
    return new LineTable(
        sequences.filter(({ address }) =>
            code.some(
                section =>
                    address >= section.address &&
                    address < section.address + section.bytes
            )
        )
    )
}

function sectionOf(elf: Elf, name: string): ElfSection | undefined {
    return elf.sections.find(section => section.name === name)
}

interface Texts {
    readonly lineTexts: Uint8Array | undefined
    readonly texts: Uint8Array | undefined
}

/** DW_LNS_*: standard opcodes. */
enum Standard {
    COPY = 1,
    ADVANCE_PC = 2,
    ADVANCE_LINE = 3,
    SET_FILE = 4,
    CONST_ADD_PC = 8,
    FIXED_ADVANCE_PC = 9,
}

/** DW_LNE_*: extended opcodes. */
enum Extended {
    END_SEQUENCE = 1,
    SET_ADDRESS = 2,
    DEFINE_FILE = 3,
}

interface Header {
    readonly minimumInstructionBytes: number
    readonly lineBase: number
    readonly lineRange: number
    readonly opcodeBase: number
    /** Arguments of each standard opcode, from opcode 1. */
    readonly operandCounts: readonly number[]
    /** By their number in the program: from 1 before version 5, from 0 in it. */
    readonly files: Map<number, string>
    readonly directories: readonly string[]
}

const OLDEST_VERSION = 2
const NEWEST_VERSION = 5

function unitSequences(unit: DwarfReader, texts: Texts): Sequence[] {
    const version = unit.uint16()
    if (version < OLDEST_VERSION || version > NEWEST_VERSION) return []
    if (version >= 5) unit.skip(2) // size of an address, size of a segment selector
    const program = unit.uint32()
    const programAt = unit.at + program
    const header = readHeader(unit, version, texts)
    unit.at = programAt
    return new LineProgram(header).run(unit)
}

function readHeader(unit: DwarfReader, version: number, texts: Texts): Header {
    const minimumInstructionBytes = unit.uint8()
    if (version >= 4) unit.skip(1) // operations per instruction, for VLIW
    unit.skip(1) // default of is_stmt
    const lineBase = unit.int8()
    const lineRange = unit.uint8()
    const opcodeBase = unit.uint8()
    const operandCounts = Array.from({ length: opcodeBase - 1 }, () =>
        unit.uint8()
    )
    const { directories, files } =
        version >= 5 ? filesOf5(unit, texts) : filesOf2(unit)
    return {
        ...{ minimumInstructionBytes, lineBase, lineRange, opcodeBase },
        ...{ operandCounts, files, directories },
    }
}

type Files = Pick<Header, "files" | "directories">

/** Versions 2 to 4: directory 0 is that of the compilation, which is not in this section. */
function filesOf2(unit: DwarfReader): Files {
    const directories = [""]
    for (let name = unit.text(); name !== ""; name = unit.text())
        directories.push(name)
    const files = new Map<number, string>()
    for (let name = unit.text(); name !== ""; name = unit.text())
        files.set(files.size + 1, fileEntry(unit, name, directories))
    return { directories, files }
}

function fileEntry(
    unit: DwarfReader,
    name: string,
    directories: readonly string[]
): string {
    const directory = directories[unit.uleb()] ?? ""
    unit.uleb() // time of the last change
    unit.uleb() // bytes
    return joined(directory, name)
}

/** DW_LNCT_*. */
enum Content {
    PATH = 1,
    DIRECTORY_INDEX = 2,
}

/** Version 5: both tables describe their own columns. */
function filesOf5(unit: DwarfReader, texts: Texts): Files {
    const directories = entries(unit, texts).map(({ path }) => path)
    const files = new Map<number, string>()
    for (const [index, { path, directory }] of entries(unit, texts).entries())
        // Directory 0 is that of the compilation: a path below it is left as it was given.
        files.set(
            index,
            directory === 0 ? path : joined(directories[directory] ?? "", path)
        )
    return { directories, files }
}

function entries(
    unit: DwarfReader,
    texts: Texts
): { path: string; directory: number }[] {
    const columns = Array.from({ length: unit.uint8() }, () => ({
        content: unit.uleb() as Content,
        form: unit.uleb(),
    }))
    return Array.from({ length: unit.uleb() }, () => {
        let path = ""
        let directory = 0
        for (const { content, form } of columns) {
            const value = formValue(unit, form, texts)
            if (content === Content.PATH) path = String(value)
            if (content === Content.DIRECTORY_INDEX) directory = Number(value)
        }
        return { path, directory }
    })
}

/** DW_FORM_* that a line table may use (DWARF 5 §6.2.4.1). */
function formValue(
    unit: DwarfReader,
    form: number,
    { lineTexts, texts }: Texts
): string | number {
    switch (form) {
        case 0x08: // string
            return unit.text()
        case 0x1f: // line_strp
            return textAt(lineTexts, unit.uint32())
        case 0x0e: // strp
            return textAt(texts, unit.uint32())
        case 0x0f: // udata
            return unit.uleb()
        case 0x0b: // data1
            return unit.uint8()
        case 0x05: // data2
            return unit.uint16()
        case 0x06: // data4
            return unit.uint32()
        case 0x07: // data8
            return skipped(unit, 8)
        case 0x1e: // data16: MD5
            return skipped(unit, 16)
        case 0x09: // block
            return skipped(unit, unit.uleb())
        default:
            throw new RangeError(`DWARF form 0x${form.toString(16)} is unknown`)
    }
}

function skipped(unit: DwarfReader, bytes: number): number {
    unit.skip(bytes)
    return 0
}

function textAt(section: Uint8Array | undefined, offset: number): string {
    return section ? new DwarfReader(section, offset).text() : ""
}

function joined(directory: string, name: string): string {
    return directory === "" || name.startsWith("/")
        ? name
        : `${directory}/${name}`
}

/** The state machine of DWARF 5 §6.2.5. */
class LineProgram {
    private address = 0
    private file = 1
    private line = 1
    private rows: Row[] = []
    private readonly sequences: Sequence[] = []

    constructor(private readonly header: Header) {}

    run(unit: DwarfReader): Sequence[] {
        while (!unit.done) this.step(unit)
        return this.sequences
    }

    private step(unit: DwarfReader): void {
        const { opcodeBase, lineBase, lineRange, operandCounts } = this.header
        const opcode = unit.uint8()
        if (opcode >= opcodeBase) {
            this.special(opcode)
            this.line += lineBase + ((opcode - opcodeBase) % lineRange)
            return this.addRow()
        }
        switch (opcode as Standard | 0) {
            case 0:
                return this.extended(unit.part(unit.uleb()))
            case Standard.COPY:
                return this.addRow()
            case Standard.ADVANCE_PC:
                return this.advance(unit.uleb())
            case Standard.ADVANCE_LINE:
                this.line += unit.sleb()
                return
            case Standard.SET_FILE:
                this.file = unit.uleb()
                return
            case Standard.CONST_ADD_PC:
                return this.special(255)
            case Standard.FIXED_ADVANCE_PC:
                this.address += unit.uint16()
                return
            default:
                // Columns, blocks, instruction sets, and opcodes of later versions.
                for (let i = operandCounts[opcode - 1]!; i > 0; i--) unit.uleb()
        }
    }

    private special(opcode: number): void {
        const { opcodeBase, lineRange } = this.header
        this.advance(Math.floor((opcode - opcodeBase) / lineRange))
    }

    private advance(operations: number): void {
        this.address += operations * this.header.minimumInstructionBytes
    }

    private extended(operation: DwarfReader): void {
        switch (operation.uint8() as Extended) {
            case Extended.END_SEQUENCE:
                this.endSequence()
                break
            case Extended.SET_ADDRESS:
                this.address = operation.uint32()
                break
            case Extended.DEFINE_FILE: {
                const { files, directories } = this.header
                const name = operation.text()
                files.set(
                    files.size + 1,
                    fileEntry(operation, name, directories)
                )
            }
        }
    }

    private addRow(): void {
        const file = this.header.files.get(this.file) ?? ""
        this.rows.push({ address: this.address, file, line: this.line })
    }

    private endSequence(): void {
        const [first] = this.rows
        if (first !== undefined && this.address > first.address)
            this.sequences.push({
                address: first.address,
                end: this.address,
                rows: this.rows,
            })
        this.rows = []
        this.address = 0
        this.file = this.line = 1
    }
}
