// SPDX-License-Identifier: MIT
// What --profile and its kin want of one run: which counts are kept, and the files that are made of them.

import { writeFileSync } from "node:fs"
import type { BoardFile } from "../../boards/board-file.ts"
import { UsageError } from "../../protocol/errors.ts"
import type { EmulatedBoard } from "../../sim/emulated-board.ts"
import type { ForeignRun } from "../../sim/foreign/foreign-run.ts"
import { BoardTrace, type TracedBoard } from "../../sim/inside/board-trace.ts"
import {
    LastWriter,
    lastWriterText,
    type WatchedParts,
} from "../../sim/inside/last-writer.ts"
import { callBoth } from "../../sim/trace/call-both.ts"
import type { ProgramMap } from "../../toolchain/elf/program-map.ts"
import type { CaptureRecord } from "../../sim/observe/capture-record.ts"
import { coverCore } from "../../sim/inside/core-coverage.ts"
import { Coverage } from "../../sim/inside/coverage.ts"
import { coverProgram } from "../../sim/inside/program-coverage.ts"
import { projectRoot, userProject } from "../../toolchain/paths.ts"
import { coreProfiles, type CoreNames } from "../../sim/inside/core-profile.ts"
import { speedscopeFile, type Profile } from "../../sim/inside/speedscope.ts"
import { vmProfiles } from "../../sim/inside/vm-profile.ts"
import type { CoreTally } from "../../sim/cortex-m/tally/core-tally.ts"
import type { Simulation } from "../../sim/simulation.ts"
import { programPlaces } from "../../toolchain/devicescript/bytecode.ts"
import type { Program } from "../../toolchain/devicescript/program.ts"
import type { InsideOptions } from "./inside-options.ts"

/** What is counted: its name, and what is made of the counts as of now. */
interface Counted {
    readonly name: string
    readonly profiles: () => Profile[]
    readonly cover: (coverage: Coverage) => void
}

/** One run that is looked into. Whoever makes the machine tells it; `write` comes at the end. */
export class InsideRun {
    private counted: Counted | undefined

    private writer: LastWriter | undefined
    private traced:
        { readonly name: string; readonly trace: BoardTrace } | undefined

    constructor(private readonly options: InsideOptions) {}

    /** Counts of what is executed are wanted. */
    get counts(): boolean {
        const { profile, coverage } = this.options
        return profile !== undefined || coverage !== undefined
    }

    /** A simulation was made, with `byPlace` as `counts` says. */
    simulation(
        simulation: Simulation,
        board: BoardFile,
        program: Program
    ): void {
        if (this.options.lastWriter)
            throw new UsageError(
                "--last-writer: in the simulator the C code runs as WebAssembly, whose stores nobody sees; use --target emulator"
            )
        const { sensor, chip, clock } = simulation
        const i2c = board.sensor.i2c.instance
        const parts = { sensor, chip, clock, i2c, mcu: undefined }
        const trace = this.traceOf(program.name, parts)
        if (trace) {
            simulation.onVmTurn = (startNs, endNs) =>
                trace.vmTurn(startNs, endNs)
            traceFrames(trace, simulation.record)
        }
        const places = programPlaces(program)
        if (!this.counts || places === undefined) return
        this.counted = {
            name: program.name,
            cover: coverage =>
                coverProgram(
                    coverage,
                    places,
                    simulation.vmWorkByPlace.operations
                ),
            profiles: () =>
                vmProfiles({
                    bytecode: program.bytecode,
                    program: places,
                    byPlace: simulation.vmWorkByPlace,
                    work: simulation.vmWork,
                    cycles: board.vmCycles,
                }),
        }
    }

    /** An emulated board was made, with a tally as `counts` says. */
    emulated(
        emulated: EmulatedBoard,
        board: BoardFile,
        program: Program
    ): void {
        const { sensor, chip, clock, mcu, tally, map, record } = emulated
        const i2c = board.sensor.i2c.instance
        const parts = { sensor, chip, clock, i2c, mcu }
        const trace = this.traceOf(program.name, parts)
        if (trace) {
            emulated.onVmTurn((startNs, endNs) => trace.vmTurn(startNs, endNs))
            traceFrames(trace, emulated.record)
        }
        const writer = this.watchByte(parts, map, board)
        if (writer)
            record.onLent = callBoth(record.onLent, (_index, sequence) =>
                writer.frameArrived(sequence)
            )
        const places = programPlaces(program)
        this.core(tally, program.name, { map, program: places })
    }

    /** A run of another firmware was made, with a tally as `counts` says. */
    foreign(run: ForeignRun, name: string): void {
        const { sensor, chip, clock, mcu, tally, map } = run
        const i2c = run.board.sensor.i2c.instance
        if (this.options.coverage !== undefined && map.lines.isEmpty)
            throw new UsageError(
                `--coverage: ${name} has no debug information, by which its code has lines: compile it with -g, which changes no instruction`
            )
        const parts = { sensor, chip, clock, i2c, mcu }
        this.traceOf(name, parts)
        this.watchByte(parts, map, run.board)
        this.core(tally, name, { map, program: undefined })
    }

    /** A frame was taken from a run of another firmware. */
    frameTaken(sequence: number): void {
        this.writer?.frameArrived(sequence)
    }

    /** The answer to --last-writer as of now, in words; undefined: nobody asked. */
    get lastWriter(): string | undefined {
        return this.writer && lastWriterText(this.writer)
    }

    private watchByte(
        parts: Omit<WatchedParts, "map">,
        map: ProgramMap,
        board: BoardFile
    ): LastWriter | undefined {
        const asked = this.options.lastWriter
        if (asked === undefined) return undefined
        const { address, frame } = asked
        const isRam = board.memories.some(
            memory =>
                address >= memory.address &&
                address < memory.address + memory.bytes
        )
        if (!isRam)
            throw new UsageError(
                `--last-writer 0x${address.toString(16)} is no byte of RAM: the chip has ` +
                    board.memories
                        .map(
                            memory =>
                                `${memory.name} at 0x${memory.address.toString(16)} (${memory.bytes} bytes)`
                        )
                        .join(", ")
            )
        return (this.writer = new LastWriter({ ...parts, map }, address, frame))
    }

    private traceOf(name: string, board: TracedBoard): BoardTrace | undefined {
        if (this.options.trace === undefined) return undefined
        const trace = new BoardTrace(board)
        this.traced = { name, trace }
        return trace
    }

    private core(
        tally: CoreTally | undefined,
        name: string,
        names: CoreNames
    ): void {
        if (tally === undefined) return
        this.counted = {
            name,
            profiles: () => coreProfiles(tally, names),
            cover: coverage => {
                coverCore(coverage, names.map, tally, sourceName)
                if (names.program)
                    coverProgram(coverage, names.program, tally.operations())
            },
        }
    }

    /** Write what was asked for; before the machine is closed. @throws UsageError when a file cannot be written */
    write(): void {
        const { counted, traced } = this
        const { profile, trace, coverage: file } = this.options
        if (trace !== undefined && traced)
            writeTo("--trace", trace, traced.trace.content(traced.name))
        if (file !== undefined && counted) {
            const coverage = new Coverage()
            counted.cover(coverage)
            writeTo("--coverage", file, coverage.lcov())
        }
        if (profile !== undefined && counted)
            writeTo(
                "--profile",
                profile,
                speedscopeFile(counted.name, counted.profiles())
            )
    }
}

/** Paths of the project from its folder; others as the compiler noted them, but for the C library's, which nobody has. */
function sourceName(file: string): string | undefined {
    if (file.startsWith("../")) return undefined
    for (const folder of [userProject, projectRoot])
        if (file.startsWith(`${folder}/`)) return file.slice(folder.length + 1)
    return file.replace(/^\.\//, "")
}

function traceFrames(trace: BoardTrace, record: CaptureRecord): void {
    record.onLent = (index, sequence) => trace.frameLent(index, sequence)
    record.onReleased = index => trace.frameReleased(index)
}

function writeTo(option: string, file: string, content: string): void {
    try {
        writeFileSync(file, content)
    } catch (error) {
        throw new UsageError(
            `${option} ${file} cannot be written: ${(error as Error).message}`
        )
    }
}
