// SPDX-License-Identifier: MIT
// Writes a value change dump (IEEE 1364-2005, section 18): signals over time as GTKWave, PulseView and others read them.

/** Where the text goes, piece by piece. */
export interface TextSink {
    write(text: string): void
}

/**
 * `wire`: the level of a pin; `reg`: a bit that a block keeps; `real`: a number. There are no vectors: libsigrok 0.5.2,
 * which PulseView is built on, drops the rest of the file at one of more than a bit, and passes over real numbers.
 */
export type VcdType = "wire" | "reg" | "real"

/** What a variable holds; undefined: not known ("x", of a number "nan"). */
export type VcdValue = number | undefined

/** A declared variable. */
export interface VcdVariable {
    readonly code: string
    readonly type: VcdType
    value: VcdValue
    /** When it changed last; no other change of it is at the same tick. */
    lastTick: number
}

export interface VcdDeclaration {
    /** Path of the scopes around it, outermost first: "sensor", "cpu.irq". */
    readonly scope: string
    /** A simple identifier (section 3.7): letters, digits, "_". */
    readonly name: string
    readonly type: VcdType
    /** From time 0 on. */
    readonly initial: VcdValue
}

interface Declared {
    readonly declaration: VcdDeclaration
    readonly variable: VcdVariable
}

interface PendingChange {
    readonly tick: number
    readonly variable: VcdVariable
    readonly value: VcdValue
}

/** Identifier codes are numbers in base 94, of the characters "!" to "~" (section 18.2.1). */
const CODE_FIRST = 33
const CODE_BASE = 94
/** Widths of the types, bits; a real number is a double. */
const BITS: Readonly<Record<VcdType, number>> = { wire: 1, reg: 1, real: 64 }
/** Characters that are collected before the sink gets them. */
const CHUNK_CHARACTERS = 1 << 16
/** Changes that wait for earlier ones at most; a frame of 1200 rows has about 10,000. */
const PENDING_MAX = 1 << 18

/**
 * Times are whole ns, the file's time scale. Two changes of a variable are always two: one that comes within the same
 * ns as the one before is put into the next, so that a pulse of no length is 1 ns wide.
 *
 * Changes may be told late and out of order; they wait until flush() says that no earlier one will come. What comes
 * too late all the same is put at the last time written, and counted.
 *
 * After an error in the middle of any call close() makes a whole file all the same: what is done is noted after it was
 * done, so that a line may be in the file twice then, but none is missing.
 */
export class VcdWriter {
    /** Changes that came after later ones had been written. */
    lateChanges = 0

    private readonly declared: Declared[] = []
    private pending: PendingChange[] = []
    private text: string[] = []
    private characters = 0
    /** Changes in `pending` that are in `text` already. */
    private taken = 0
    private begun = false
    private writtenTick = 0

    /** @param pendingMax changes that are held back at most */
    constructor(
        private readonly sink: TextSink,
        private readonly pendingMax = PENDING_MAX
    ) {}

    /**
     * Declare a variable. All are declared before the first flush.
     * @throws Error after that
     */
    declare(declaration: VcdDeclaration): VcdVariable {
        if (this.begun)
            throw new Error(`VCD: ${declaration.name} is declared too late`)
        const { type, initial } = declaration
        const variable: VcdVariable = {
            code: identifierCode(this.declared.length),
            type,
            value: initial,
            lastTick: -1,
        }
        this.declared.push({ declaration, variable })
        return variable
    }

    /** A variable has this value from this time on, ns. One that it has already is no change. */
    set(variable: VcdVariable, timeNs: number, value: VcdValue): void {
        if (value === variable.value) return
        // The first frame's exposure may have begun before boot.
        let tick = Math.max(0, Math.round(timeNs))
        if (tick < this.writtenTick) {
            this.lateChanges++
            tick = this.writtenTick
        }
        tick = Math.max(tick, variable.lastTick + 1)
        variable.value = value
        variable.lastTick = tick
        this.pending.push({ tick, variable, value })
        if (this.pending.length > this.pendingMax)
            this.write(this.pending.length >> 1)
    }

    /** No change before this time, ns, will be told any more: what is before it is written. */
    flush(beforeNs: number): void {
        const before = Math.round(beforeNs)
        this.sort()
        const later = this.pending.findIndex(({ tick }) => tick >= before)
        this.write(later < 0 ? this.pending.length : later)
    }

    /** Write the rest and the time of the end, ns. The sink has everything then. */
    close(endNs: number): void {
        this.write(this.pending.length)
        this.moveTo(Math.round(endNs))
        if (this.lateChanges > 0)
            this.put(
                `$comment ${this.lateChanges} changes were told too late and are at a later time $end`
            )
        this.empty()
    }

    /** The first `count` of what waits, in the order of their times. */
    private write(count: number): void {
        this.begin()
        this.sort()
        while (this.taken < count) {
            const { tick, variable, value } = this.pending[this.taken]!
            this.moveTo(tick)
            this.put(valueChange(variable, value))
            this.taken++
        }
        const rest = this.pending.slice(count)
        this.pending = rest
        this.taken = 0
    }

    /** Stable: changes at one time stay in the order in which they came. */
    private sort(): void {
        this.pending.sort((a, b) => a.tick - b.tick)
    }

    private moveTo(tick: number): void {
        if (tick <= this.writtenTick) return
        this.put(`#${tick}`)
        this.writtenTick = tick
    }

    private begin(): void {
        if (this.begun) return
        const head = this.head()
        this.text.push(head)
        this.characters += head.length
        this.begun = true
    }

    private head(): string {
        return [
            // Without the day, so that the same run gives the same file.
            "$date",
            "    virtual time from boot on",
            "$end",
            "$version camscript $end",
            "$timescale 1 ns $end",
            ...this.scopes(),
            "$enddefinitions $end",
            "#0",
            "$dumpvars",
            ...this.declared.map(({ declaration, variable }) =>
                valueChange(variable, declaration.initial)
            ),
            "$end",
            "",
        ].join("\n")
    }

    /** Declarations in their order; a scope that is left is closed. */
    private scopes(): string[] {
        const lines: string[] = []
        let open: readonly string[] = []
        const turnTo = (path: readonly string[]) => {
            const common = commonLength(open, path)
            open.slice(common).forEach(() => lines.push("$upscope $end"))
            for (const name of path.slice(common))
                lines.push(`$scope module ${name} $end`)
            open = path
        }
        for (const { declaration, variable } of this.declared) {
            turnTo(["camscript", ...declaration.scope.split(".")])
            const { type, name } = declaration
            lines.push(
                `$var ${type} ${BITS[type]} ${variable.code} ${name} $end`
            )
        }
        turnTo([])
        return lines
    }

    private put(line: string): void {
        this.text.push(line, "\n")
        this.characters += line.length + 1
        if (this.characters >= CHUNK_CHARACTERS) this.empty()
    }

    private empty(): void {
        if (this.characters > 0) this.sink.write(this.text.join(""))
        this.text = []
        this.characters = 0
    }
}

function valueChange({ code, type }: VcdVariable, value: VcdValue): string {
    return type === "real"
        ? `r${value ?? "nan"} ${code}`
        : `${value ?? "x"}${code}`
}

function identifierCode(index: number): string {
    const last = String.fromCharCode(CODE_FIRST + (index % CODE_BASE))
    return index < CODE_BASE
        ? last
        : identifierCode(Math.floor(index / CODE_BASE) - 1) + last
}

function commonLength(a: readonly string[], b: readonly string[]): number {
    const differs = a.findIndex((name, index) => name !== b[index])
    return differs < 0 ? a.length : differs
}
