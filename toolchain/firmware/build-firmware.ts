// SPDX-License-Identifier: MIT
// Makes the firmware of a board: ELF, BIN and HEX with a program in slot A, once per content.

import { createHash } from "node:crypto"
import {
    copyFileSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { basename, join } from "node:path"
import { boardConstants, memoryMap } from "./board-constants.ts"
import { readCallGraph } from "./call-graph.ts"
import { analyseStack, type StackReport } from "./stack-analysis.ts"
import { buildFolder, compilerVersion } from "./cmake.ts"
import { programImage } from "../slots/program-image.ts"
import { vmObject } from "../vm/vm-object.ts"
import {
    readBoard,
    type BoardFile,
    type BoardOptions,
} from "../../boards/board-file.ts"
import { UsageError } from "../../protocol/errors.ts"
import { cacheFolder, projectRoot, userProject } from "../paths.ts"
import { withBuildLock } from "../build-lock.ts"
import { announceBuild } from "../build-notes.ts"
import { kernelBlock } from "../kernel/kernel-block.ts"
import { buildProgram } from "../devicescript/build-program.ts"
import {
    buildProgramSlot,
    SLOT_IMAGE_OFFSET,
    VM_ID,
} from "../slots/program-slot.ts"
import {
    DEFAULT_APP,
    DEFAULT_REQUESTS,
} from "../devicescript/default-program.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"
import type { SensorName } from "../../protocol/names.ts"

/** What is built. */
export interface FirmwareOptions extends BoardOptions {
    /** Name of a board file. */
    readonly board: string
    /** The module that is plugged in: sets XCLK. Default: mt9v034. */
    readonly sensor?: SensorName
    /** Absolute path of the program in slot A. Default: src/main.ts. */
    readonly app?: string
    /** What the program finds in the request block. Default: as of `camscript run`. */
    readonly request?: CaptureRequest
}

/** A finished build; the files lie in the cache and are not to be changed. */
export interface Firmware {
    readonly board: BoardFile
    readonly elf: string
    /** Flash from its start, 0xff in the gaps, to a word in slot B that says that no program is there. */
    readonly bin: string
    readonly hex: string
    /** The content of slot A. */
    readonly slot: string
    readonly stack: StackReport
}

const FIRMWARE = join(projectRoot, "firmware")
const OUTPUTS = ["firmware.elf", "firmware.bin", "firmware.hex"] as const
const STACK = "stack.json"
const SLOT = "slot_a.bin"

/**
 * Build, or find what an earlier build of the same content left.
 * @throws UsageError for a board that does not exist or whose memories do not fit; CamscriptError when a tool is missing,
 *     something does not compile, or does not fit
 */
export async function buildFirmware(
    options: FirmwareOptions
): Promise<Firmware> {
    const { sensor = "mt9v034", app = DEFAULT_APP } = options
    const request = options.request ?? DEFAULT_REQUESTS[sensor]
    const board = readBoard(options.board, sensor, options)
    // The first of the tools: without it nothing else is worth its time.
    const compiler = await compilerVersion()
    const program = await buildProgram(app)
    const image = programImage(program)
    const kernels = await kernelBlock(program.kernels ?? [], board)
    checkSlot(board, program.name, image.length, kernels?.bytes.length ?? 0)
    const inputs: Inputs = {
        board,
        constants: boardConstants(board, {
            version: packageVersion(),
            vmId: VM_ID,
        }),
        memory: memoryMap(board),
        slot: buildProgramSlot({
            image,
            kernels,
            request,
            sensor,
            name: program.name,
        }),
        vm: await vmObject(board.chip),
        compiler,
    }
    const folder = join(cacheFolder, `firmware-${cacheKey(inputs)}`)
    if (!existsSync(folder)) {
        const work = join(userProject, ".camscript", "firmware", board.name)
        await withBuildLock(`${work}.lock`, async () => {
            if (existsSync(folder)) return
            announceBuild(`compiling the firmware of ${board.name}`)
            await make(inputs, work, folder)
        })
    }
    return {
        board,
        elf: join(folder, "firmware.elf"),
        bin: join(folder, "firmware.bin"),
        hex: join(folder, "firmware.hex"),
        slot: join(folder, SLOT),
        stack: JSON.parse(
            readFileSync(join(folder, STACK), "utf8")
        ) as StackReport,
    }
}

interface Inputs {
    readonly board: BoardFile
    /** board_constants.c */
    readonly constants: string
    /** memory.ld */
    readonly memory: string
    readonly slot: Uint8Array
    /** Path of the VM's object, which has its content's hash in its name. */
    readonly vm: string
    /** Its first line of --version. */
    readonly compiler: string
}

function checkSlot(
    board: BoardFile,
    name: string,
    imageBytes: number,
    kernelBytes: number
): void {
    const bytes = Math.min(...board.slots.map(slot => slot.bytes))
    const needed = SLOT_IMAGE_OFFSET + imageBytes + kernelBytes
    if (needed <= bytes) return
    const kernels = kernelBytes === 0 ? "" : `, its kernels of ${kernelBytes}`
    throw new UsageError(
        `${name}: its image of ${imageBytes} bytes${kernels} and the header of ${SLOT_IMAGE_OFFSET} are ` +
            `${needed}, a program slot of ${board.name} has ${bytes}`
    )
}

async function make(
    inputs: Inputs,
    work: string,
    folder: string
): Promise<void> {
    const generated = join(work, "generated")
    const build = join(work, "build")
    writeGenerated(inputs, generated)
    await buildFolder(FIRMWARE, build, {
        CAM_GENERATED: generated,
        CAM_VM_OBJECT: join(generated, "vm.o"),
    })
    const bytesOf = (owner: string): number =>
        inputs.board.ramOwners.find(({ name }) => name === owner)!.bytes
    const stack = analyseStack(
        readCallGraph(
            filesBelow(build)
                .filter(file => file.endsWith(".ci"))
                .map(file => readFileSync(join(build, file), "utf8"))
        ),
        { native: bytesOf("nativeStack"), vm: bytesOf("vmNativeStack") }
    )
    // In one step, so that nobody finds half of it.
    mkdirSync(cacheFolder, { recursive: true })
    const half = mkdtempSync(`${folder}.`)
    for (const name of OUTPUTS)
        copyFileSync(join(build, name), join(half, name))
    writeFileSync(join(half, SLOT), inputs.slot)
    writeFileSync(join(half, STACK), JSON.stringify(stack))
    rmSync(folder, { recursive: true, force: true })
    renameSync(half, folder)
}

/** Files that did not change keep their time, so that only what follows from the others is built again. */
function writeGenerated(inputs: Inputs, folder: string): void {
    mkdirSync(folder, { recursive: true })
    const slot = join(folder, SLOT)
    const files: Readonly<Record<string, string | Uint8Array>> = {
        "board_constants.c": inputs.constants,
        "memory.ld": inputs.memory,
        [SLOT]: inputs.slot,
        "slot_a.S": slotSections(slot),
        "vm.o": readFileSync(inputs.vm),
    }
    for (const [name, content] of Object.entries(files)) {
        const file = join(folder, name)
        const bytes = Buffer.from(content)
        if (!existsSync(file) || !readFileSync(file).equals(bytes))
            writeFileSync(file, bytes)
    }
}

/**
 * Slot A's content; and a 0 where slot B's header begins: a newer program that an update has left there would go on running.
 * 0, as no flash tool leaves that out, and it needs no erase.
 */
function slotSections(slotA: string): string {
    return [
        `    .section .slot_a, "a"`,
        `    .incbin ${JSON.stringify(slotA)}`,
        `    .section .slot_b, "a"`,
        "    .word 0",
        "",
    ].join("\n")
}

/** All that the result follows from. */
function cacheKey(inputs: Inputs): string {
    const hash = createHash("sha256")
    const { constants, memory, slot, vm, compiler } = inputs
    hash.update(JSON.stringify([compiler, constants, memory, basename(vm)]))
    hash.update(slot)
    for (const name of firmwareSources())
        hash.update(`${name}\n`).update(readFileSync(join(projectRoot, name)))
    return hash.digest("hex").slice(0, 32)
}

/** What a build reads: paths below the project, sorted. */
function firmwareSources(): readonly string[] {
    return ["native", "firmware", "toolchain/firmware"]
        .flatMap(folder =>
            filesBelow(join(projectRoot, folder)).map(
                file => `${folder}/${file}`
            )
        )
        .filter(file => /\.([ch]|ld|cmake|txt|json|ts)$/.test(file))
        .sort()
}

function filesBelow(folder: string): readonly string[] {
    return readdirSync(folder, { recursive: true }).map(String)
}

function packageVersion(): string {
    const text = readFileSync(join(projectRoot, "package.json"), "utf8")
    return (JSON.parse(text) as { version: string }).version
}
