// SPDX-License-Identifier: MIT
// Where a function's caller is: .debug_frame (DWARF 5 section 6.4, with the register numbers of ARM's AADWARF32).

import { DwarfReader } from "./dwarf-reader.ts"
import type { Elf } from "./elf.ts"
import { lastAtOrBelow } from "./symbol-table.ts"

export const SP = 13
export const LR = 14
export const PC = 15
/** r0 to r12, SP, LR, PC. */
const CORE_REGISTERS = 16

/** Reads a word of memory; undefined where there is none. */
export type ReadWord = (address: number) => number | undefined

interface Cie {
    readonly codeAlign: number
    readonly dataAlign: number
    readonly returnRegister: number
    /** Offsets of the first instructions, and of the byte behind them. */
    readonly start: number
    readonly end: number
}

interface Fde {
    readonly address: number
    readonly bytes: number
    readonly cie: Cie
    readonly start: number
    readonly end: number
}

/** How a register of the caller is found. */
type Rule =
    | { readonly kind: "at"; readonly offset: number } // in memory, from the CFA
    | { readonly kind: "is"; readonly offset: number } // the CFA and so much
    | { readonly kind: "in"; readonly register: number }
    | { readonly kind: "lost" }

interface State {
    cfaRegister: number
    cfaOffset: number
    /** The CFA is an expression, which is not read. */
    cfaUnknown: boolean
    rules: Map<number, Rule>
}

const CIE_ID = 0xffffffff

export class CallFrames {
    private readonly content: Uint8Array
    private readonly entries: readonly Fde[]

    constructor(elf: Elf) {
        const section = elf.sections.find(({ name }) => name === ".debug_frame")
        this.content = section?.content ?? new Uint8Array(0)
        this.entries = fdesOf(this.content).sort(
            (a, b) => a.address - b.address
        )
    }

    /**
     * The registers of a function's caller as they are after the return.
     * @param registers r0 to r15 within the function; in PC an address of the instruction that is executed
     * @returns undefined where nothing is known of the function, or its memory cannot be read
     */
    caller(registers: readonly number[], read: ReadWord): number[] | undefined {
        const pc = registers[PC]!
        const fde = this.entries[lastAtOrBelow(this.entries, pc)]
        if (fde === undefined || pc - fde.address >= fde.bytes) return undefined
        let state: State
        try {
            state = stateAt(this.content, fde, pc)
        } catch (error) {
            if (error instanceof RangeError) return undefined
            throw error
        }
        if (state.cfaUnknown || state.cfaRegister >= CORE_REGISTERS)
            return undefined
        return apply(state, fde.cie, registers, read)
    }
}

function apply(
    { cfaRegister, cfaOffset, rules }: State,
    { returnRegister }: Cie,
    registers: readonly number[],
    read: ReadWord
): number[] | undefined {
    const cfa = (registers[cfaRegister]! + cfaOffset) >>> 0
    const caller = [...registers]
    caller[SP] = cfa
    for (const [register, rule] of rules) {
        if (register >= CORE_REGISTERS) continue
        const value = valueOf(rule, cfa, registers, read)
        if (value !== undefined) caller[register] = value
        else if (register === returnRegister) return undefined
    }
    caller[PC] = caller[returnRegister]!
    return caller
}

function valueOf(
    rule: Rule,
    cfa: number,
    registers: readonly number[],
    read: ReadWord
): number | undefined {
    switch (rule.kind) {
        case "at":
            return read((cfa + rule.offset) >>> 0)
        case "is":
            return (cfa + rule.offset) >>> 0
        case "in":
            return registers[rule.register]
        case "lost":
            return undefined
    }
}

function fdesOf(content: Uint8Array): Fde[] {
    const cies = new Map<number, Cie>()
    const fdes: Fde[] = []
    const reader = new DwarfReader(content)
    try {
        while (!reader.done) {
            const at = reader.at
            const bytes = reader.uint32()
            const entry = reader.part(bytes)
            const end = reader.at
            const id = entry.uint32()
            if (id === CIE_ID) {
                const cie = readCie(entry, end)
                if (cie !== undefined) cies.set(at, cie)
                continue
            }
            const cie = cies.get(id)
            if (cie === undefined) continue
            const address = entry.uint32()
            const size = entry.uint32()
            // What the linker threw out starts at 0.
            if (address !== 0)
                fdes.push({ address, bytes: size, cie, start: entry.at, end })
        }
    } catch (error) {
        if (!(error instanceof RangeError)) throw error
    }
    return fdes
}

function readCie(entry: DwarfReader, end: number): Cie | undefined {
    const version = entry.uint8()
    // An augmentation changes the layout; compilers use none in .debug_frame.
    if (entry.text() !== "") return undefined
    if (version >= 4) entry.skip(2) // size of an address, size of a segment selector
    const codeAlign = entry.uleb()
    const dataAlign = entry.sleb()
    const returnRegister = version === 1 ? entry.uint8() : entry.uleb()
    return { codeAlign, dataAlign, returnRegister, start: entry.at, end }
}

/** What holds at an address: the first instructions of the CIE, and those of the FDE up to it. */
function stateAt(content: Uint8Array, fde: Fde, pc: number): State {
    const { cie } = fde
    const machine = new FrameMachine(cie, fde.address, pc)
    machine.run(new DwarfReader(content, cie.start, cie.end))
    machine.begin()
    machine.run(new DwarfReader(content, fde.start, fde.end))
    return machine.state
}

/** DW_CFA_* without the three that carry an operand in their low six bits. */
enum Cfa {
    NOP = 0x00,
    SET_LOC = 0x01,
    ADVANCE_LOC1 = 0x02,
    ADVANCE_LOC2 = 0x03,
    ADVANCE_LOC4 = 0x04,
    OFFSET_EXTENDED = 0x05,
    RESTORE_EXTENDED = 0x06,
    UNDEFINED = 0x07,
    SAME_VALUE = 0x08,
    REGISTER = 0x09,
    REMEMBER_STATE = 0x0a,
    RESTORE_STATE = 0x0b,
    DEF_CFA = 0x0c,
    DEF_CFA_REGISTER = 0x0d,
    DEF_CFA_OFFSET = 0x0e,
    DEF_CFA_EXPRESSION = 0x0f,
    EXPRESSION = 0x10,
    OFFSET_EXTENDED_SF = 0x11,
    DEF_CFA_SF = 0x12,
    DEF_CFA_OFFSET_SF = 0x13,
    VAL_OFFSET = 0x14,
    VAL_OFFSET_SF = 0x15,
    VAL_EXPRESSION = 0x16,
    GNU_ARGS_SIZE = 0x2e,
}

class FrameMachine {
    state: State = {
        cfaRegister: SP,
        cfaOffset: 0,
        cfaUnknown: false,
        rules: new Map(),
    }
    private initial: ReadonlyMap<number, Rule> = new Map()
    private readonly remembered: State[] = []
    private location: number

    constructor(
        private readonly cie: Cie,
        start: number,
        private readonly pc: number
    ) {
        this.location = start
    }

    /** The first instructions are over: their rules are those that are restored. */
    begin(): void {
        this.initial = new Map(this.state.rules)
    }

    /** Up to what holds at the PC. */
    run(reader: DwarfReader): void {
        while (!reader.done && this.location <= this.pc) this.step(reader)
    }

    private step(reader: DwarfReader): void {
        const opcode = reader.uint8()
        const low = opcode & 0x3f
        switch (opcode >>> 6) {
            case 1:
                return this.advance(low)
            case 2:
                return this.savedAt(low, reader.uleb())
            case 3:
                return this.restore(low)
            default:
                this.long(low as Cfa, reader)
        }
    }

    private advance(units: number): void {
        this.location += units * this.cie.codeAlign
    }

    private savedAt(register: number, units: number): void {
        const offset = units * this.cie.dataAlign
        this.state.rules.set(register, { kind: "at", offset })
    }

    private restore(register: number): void {
        const rule = this.initial.get(register)
        if (rule === undefined) this.state.rules.delete(register)
        else this.state.rules.set(register, rule)
    }

    private long(opcode: Cfa, reader: DwarfReader): void {
        const { state, cie } = this
        switch (opcode) {
            case Cfa.NOP:
                return
            case Cfa.SET_LOC:
                this.location = reader.uint32()
                return
            case Cfa.ADVANCE_LOC1:
                return this.advance(reader.uint8())
            case Cfa.ADVANCE_LOC2:
                return this.advance(reader.uint16())
            case Cfa.ADVANCE_LOC4:
                return this.advance(reader.uint32())
            case Cfa.OFFSET_EXTENDED:
                return this.savedAt(reader.uleb(), reader.uleb())
            case Cfa.OFFSET_EXTENDED_SF:
                return this.savedAt(reader.uleb(), reader.sleb())
            case Cfa.RESTORE_EXTENDED:
                return this.restore(reader.uleb())
            case Cfa.REMEMBER_STATE:
                this.remembered.push({ ...state, rules: new Map(state.rules) })
                return
            case Cfa.RESTORE_STATE:
                this.state = this.remembered.pop() ?? state
                return
            case Cfa.DEF_CFA:
                state.cfaRegister = reader.uleb()
                return this.cfaAt(reader.uleb())
            case Cfa.DEF_CFA_SF:
                state.cfaRegister = reader.uleb()
                return this.cfaAt(reader.sleb() * cie.dataAlign)
            case Cfa.DEF_CFA_REGISTER:
                state.cfaRegister = reader.uleb()
                return
            case Cfa.DEF_CFA_OFFSET:
                return this.cfaAt(reader.uleb())
            case Cfa.DEF_CFA_OFFSET_SF:
                return this.cfaAt(reader.sleb() * cie.dataAlign)
            case Cfa.DEF_CFA_EXPRESSION:
                reader.skip(reader.uleb())
                state.cfaUnknown = true
                return
            case Cfa.GNU_ARGS_SIZE:
                reader.uleb()
                return
            default:
                return this.registerRule(opcode, reader)
        }
    }

    private cfaAt(offset: number): void {
        this.state.cfaOffset = offset
        this.state.cfaUnknown = false
    }

    private registerRule(opcode: Cfa, reader: DwarfReader): void {
        const { rules } = this.state
        const { dataAlign } = this.cie
        const register = reader.uleb()
        switch (opcode) {
            case Cfa.UNDEFINED:
                rules.set(register, { kind: "lost" })
                return
            case Cfa.SAME_VALUE:
                rules.delete(register)
                return
            case Cfa.REGISTER:
                rules.set(register, { kind: "in", register: reader.uleb() })
                return
            case Cfa.VAL_OFFSET:
                rules.set(register, {
                    kind: "is",
                    offset: reader.uleb() * dataAlign,
                })
                return
            case Cfa.VAL_OFFSET_SF:
                rules.set(register, {
                    kind: "is",
                    offset: reader.sleb() * dataAlign,
                })
                return
            case Cfa.EXPRESSION:
            case Cfa.VAL_EXPRESSION:
                reader.skip(reader.uleb())
                rules.set(register, { kind: "lost" })
                return
            default:
                throw new RangeError(
                    `DW_CFA 0x${opcode.toString(16)} is unknown`
                )
        }
    }
}
