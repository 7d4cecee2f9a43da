// SPDX-License-Identifier: MIT
// What is known of a program's addresses: function and source line of a PC, and who called it.

import {
    backtrace,
    type BacktraceFrame,
    type CoreRegisters,
} from "./backtrace.ts"
import { CallFrames, type ReadWord } from "./call-frames.ts"
import { parseElf, type Elf } from "./elf.ts"
import { lineTable, type LineTable } from "./line-table.ts"
import { symbolTable, type SymbolTable } from "./symbol-table.ts"
import {
    thumbInstructions,
    type ThumbInstruction,
} from "./thumb-instructions.ts"

/** A place in the program. */
export interface ProgramPlace {
    readonly pc: number
    /** "main+0x12"; undefined outside all functions. */
    readonly symbol: string | undefined
    /** "src/main.c:42", as the compiler noted it; undefined without debug information. */
    readonly source: string | undefined
}

/** One function of a backtrace, with its names. */
export type PlacedFrame = ProgramPlace & BacktraceFrame

/** Debug information is read when it is first asked for. */
export class ProgramMap {
    readonly symbols: SymbolTable
    private knownLines: LineTable | undefined
    private knownFrames: CallFrames | undefined

    constructor(private readonly elf: Elf) {
        this.symbols = symbolTable(elf.symbols)
    }

    get lines(): LineTable {
        return (this.knownLines ??= lineTable(this.elf))
    }

    /** All of its code, instruction by instruction. */
    instructions(): Generator<ThumbInstruction> {
        return thumbInstructions(this.elf)
    }

    placeOf(pc: number): ProgramPlace {
        const line = this.lines.lineOf(pc)
        return {
            pc,
            symbol: this.symbols.nameOf(pc),
            source: line && `${line.file}:${line.line}`,
        }
    }

    /** Calls from the innermost function outwards. */
    backtrace(registers: CoreRegisters, read: ReadWord): PlacedFrame[] {
        this.knownFrames ??= new CallFrames(this.elf)
        return backtrace(
            this.knownFrames,
            registers,
            address => this.isCode(address),
            read
        ).map(frame => ({ ...this.placeOf(frame.pc), ...frame }))
    }

    private isCode(address: number): boolean {
        return this.elf.sections.some(
            section =>
                section.executable &&
                address >= section.address &&
                address < section.address + section.bytes
        )
    }
}

/**
 * Of an ELF file.
 * @param name of the file, for messages
 * @throws UsageError as parseElf
 */
export function programMap(file: Uint8Array, name: string): ProgramMap {
    return new ProgramMap(parseElf(file, name))
}

/** "0x08000123 (main+0x12, src/main.c:42)". */
export function placeText({ pc, symbol, source }: ProgramPlace): string {
    const names = [symbol, source && shortened(source)].filter(
        name => name !== undefined
    )
    const address = `0x${(pc >>> 0).toString(16).padStart(8, "0")}`
    return names.length > 0 ? `${address} (${names.join(", ")})` : address
}

/** A path's last two parts are enough for a person. */
function shortened(source: string): string {
    return source.split("/").slice(-2).join("/")
}
