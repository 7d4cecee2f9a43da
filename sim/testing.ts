// SPDX-License-Identifier: MIT
/**
 * For people who test their own capture and cropping code: run a DeviceScript program on a simulated board, in vitest.
 * @module camscript/testing
 */

import type { BoardPins, PinEvent } from "./board-pins.ts"
import { slowHandlerMessage } from "./observe/slow-handler.ts"
import type { DisplayImage } from "./observe/display.ts"
import type { AnyFault } from "./faults/board-faults.ts"
import type { FaultOutcome } from "./faults/fault-watch.ts"
import { SENSOR_CATALOGUE, type CatalogueEntry } from "./sensors/catalogue.ts"
import { readBoard, type BoardFile } from "../boards/board-file.ts"
import { loadScene } from "./scene/load-scene.ts"
import type { Scene } from "./scene/scene.ts"
import type {
    AppliedMode,
    CapturedFrame,
    Counters,
    StopCondition,
} from "./observe/capture.ts"
import type { KernelUse } from "./kernel/kernel-calls.ts"
import { Simulation } from "./simulation.ts"
import type { BrokenRule } from "./rule-tally.ts"
import type { CaptureTrace } from "./trace/capture-trace.ts"
import type { RegisterAccess } from "./trace/register-log.ts"
import type { VcdRecorder } from "./trace/vcd-recorder.ts"
import type { Part } from "./parts/part.ts"
import type { Coverage } from "./inside/coverage.ts"
import { coverProgram } from "./inside/program-coverage.ts"
import { programPlaces } from "../toolchain/devicescript/bytecode.ts"
import { buildProgram } from "../toolchain/devicescript/build-program.ts"
import type { CaptureRequest } from "../protocol/capture.ts"
import type { SensorName } from "../protocol/names.ts"

// What a test of a project's own needs beside it.
export { Coverage } from "./inside/coverage.ts"
export { locateChart } from "./scene/chart.ts"
export { shtc3 } from "./parts/shtc3.ts"
export { kernel } from "./kernel/kernel-test.ts"
export { KernelFault } from "./kernel/kernel-fault.ts"
export type { KernelCause } from "./kernel/kernel-fault.ts"
export type { KernelUse } from "./kernel/kernel-calls.ts"
export type { KernelWork } from "./kernel/kernel-instance.ts"
export type {
    KernelOutput,
    ListValue,
    RecordValue,
} from "./kernel/kernel-result.ts"
export type {
    KernelFunctions,
    KernelTestFunction,
    Picture,
    WorkListener,
} from "./kernel/kernel-test.ts"
export type { Part } from "./parts/part.ts"
export type { BoardPins, PinChange, PinEvent } from "./board-pins.ts"
export type { BoardFile } from "../boards/board-file.ts"
export type { Scene } from "./scene/scene.ts"
export type { CatalogueEntry as SensorModuleWithModel } from "./sensors/catalogue.ts"
export type {
    SensorFrame,
    SensorModel,
    SensorWiring,
} from "./sensors/sensor-model.ts"
export type { I2cTarget } from "./wires/i2c-bus.ts"
export type { Level } from "./wires/parallel-bus.ts"

/** What runs, what is asked of it, and what happens to it. */
export interface SimulateOptions extends CaptureRequest, StopCondition {
    /** DeviceScript entry file, relative to the project's folder. Default: src/main.ts. */
    readonly app?: string
    /** Name in boards/, the project's or camscript's, or a board of your own. Default: nucleo-f446re. */
    readonly board?: string | BoardFile
    /** The sensor module that is plugged in; a board of your own says it itself. Default: mt9v034. */
    readonly sensor?: SensorName
    /** A sensor of your own, plugged in instead; its clock is as the board has it for `sensor` (docs/own-sensor/README.md). */
    readonly sensorModule?: CatalogueEntry
    /** "chart", "flat:128", "ramp", "noise", "target", an image, a folder, a .y4m, or a scene of your own. */
    readonly scene?: string | Scene
    /** 7-bit address of the sensor; null leaves the bus empty. */
    readonly sensorAddress?: number | null
    readonly seed?: number
    /** Also put register reads into the log. */
    readonly logReads?: boolean
    /** Record the signals at the camera's wires. */
    readonly trace?: CaptureTrace
    /** Write waveforms; finished when the run is over, also by an error. */
    readonly vcd?: VcdRecorder
    /** What goes wrong, and when (docs/faults-file.md); or in which frame, by its number, on the cable between sensor and DCMI. */
    readonly faults?: readonly AnyFault[]
    /** What happens at the board's pins: `{ at: 1, pin: "BUTTON", active: true }` presses the button after one second. */
    readonly pins?: readonly PinEvent[]
    /** Other parts on the sensor's I2C bus: `[shtc3({ temperatureC: 21.5, humidityPercent: 40 })]`. */
    readonly parts?: readonly Part[]
    /** Adds the lines of TypeScript that this run executed, also when it fails (docs/inside/README.md). */
    readonly coverage?: Coverage
    /** Called before the board boots: the place to attach other I2C targets or to inject faults into models. */
    readonly prepare?: (simulation: Simulation) => void
}

/** What a run was, from boot to its end. */
export interface SimulateResult {
    /** Every frame that the program looked at, in order. */
    readonly frames: readonly CapturedFrame[]
    /** Every register write of the chip and of the sensor, in order, with its time. */
    readonly log: readonly RegisterAccess[]
    readonly console: readonly string[]
    /** What was reserved or doubtful in the use of the silicon, and did no harm: empty for our own firmware. */
    readonly warnings: readonly BrokenRule[]
    readonly counters: Counters
    /** The board's pins: `pins.changes("LED")` is when it went on and off. */
    readonly pins: BoardPins
    /** What each fault did, but for those in numbered frames. */
    readonly faults: readonly FaultOutcome[]
    /** What the program applied; undefined when it never started a capture. */
    readonly mode: AppliedMode | undefined
    /** What the display shows at the end; undefined when the newest capture goes to none. */
    readonly display: DisplayImage | undefined
    /** By the frames' time stamps; undefined with fewer than two frames. */
    readonly fps: number | undefined
    /** Time of the board's CPU that the VM took for each frame, ms, by the board file's rates; undefined with fewer than two frames. */
    readonly vmMsPerFrame: number | undefined
    /** Frames were lost because that is more than the sensor's frame: in words. */
    readonly tooSlow: string | undefined
    /** What each kernel's function of the program did: calls, how many were stopped and why, and what they took. */
    readonly kernels: readonly KernelUse[]
    /** Virtual time since boot, s; the run ends with a turn of the VM, which may be later than what was asked for. */
    readonly seconds: number
}

/** Told of each run's options before it begins: the same options give the same run again. */
export const runWatchers = new Set<(options: SimulateOptions) => void>()

/**
 * Compile `app`, run it on a simulated board until `frames` frames were delivered or `seconds` are over
 * (default: 10 frames), and return everything that can be looked at. Same options, same result.
 * @throws ProgramError when the program does not compile, throws or panics; SiliconError when registers were misused;
 *         UsageError for an unknown board or scene
 */
export async function simulate(
    options: SimulateOptions = {}
): Promise<SimulateResult> {
    for (const watcher of runWatchers) watcher(options)
    const {
        app = "src/main.ts",
        board = "nucleo-f446re",
        scene = "chart",
        seed = 1,
    } = options
    const frames: CapturedFrame[] = []
    const lines: string[] = []
    const boardFile =
        typeof board === "string" ? readBoard(board, options.sensor) : board
    const { field } =
        options.sensorModule ?? SENSOR_CATALOGUE[boardFile.sensor.name]
    const program = await buildProgram(app)
    const places = options.coverage && programPlaces(program)
    const simulation = await Simulation.create({
        byPlace: places !== undefined,
        board: boardFile,
        scene:
            typeof scene === "string"
                ? await loadScene(scene, field, seed)
                : scene,
        program,
        request: options,
        sensorModule: options.sensorModule,
        sensorAddress: options.sensorAddress,
        seed,
        keepLog: true,
        logReads: options.logReads,
        trace: options.trace,
        vcd: options.vcd,
        faults: options.faults,
        pins: options.pins,
        parts: options.parts,
        onConsole: line => lines.push(line),
        onFrame: frame => frames.push(frame),
    })
    try {
        options.prepare?.(simulation)
        const unlimited =
            options.frames === undefined && options.seconds === undefined
        simulation.run(
            unlimited
                ? { frames: 10 }
                : { frames: options.frames, seconds: options.seconds }
        )
    } finally {
        if (options.coverage && places)
            coverProgram(
                options.coverage,
                places,
                simulation.vmWorkByPlace.operations
            )
        options.vcd?.finish()
    }
    const { record } = simulation
    const counters = record.counters()
    const mode = record.mode()
    const vmMsPerFrame = simulation.vmMsPerFrame()
    return {
        frames,
        log: simulation.log.entries,
        console: lines,
        warnings: simulation.rules.warnings,
        counters,
        pins: simulation.pins,
        faults: record.faults.outcomes(),
        mode,
        display: record.display(),
        fps: record.measuredFps(),
        vmMsPerFrame,
        tooSlow:
            mode &&
            slowHandlerMessage({
                vmMsPerFrame,
                fps: mode.fps,
                lost: counters.dropped + counters.skipped,
                board: boardFile.name,
            }),
        kernels: simulation.kernelUse,
        seconds: simulation.seconds,
    }
}
