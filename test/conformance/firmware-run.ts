// SPDX-License-Identifier: MIT
// One run of a program in the firmware: the ELF that is flashed, on the emulated board, with the program in its slot.

import { readFileSync } from "node:fs"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"
import { buildProgramSlot } from "../../toolchain/slots/program-slot.ts"
import { programImage } from "../../toolchain/slots/program-image.ts"
import { readBoard, type BoardFile } from "../../boards/board-file.ts"
import type { I2cTarget } from "../../sim/wires/i2c-bus.ts"
import { EmulatedBoard } from "../../sim/emulated-board.ts"
import { chipPlaces } from "../../sim/cortex-m/chip-mcu.ts"
import { readElf, type ElfFile } from "../../sim/cortex-m/elf.ts"
import { loadScene } from "../../sim/scene/load-scene.ts"
import type { Scene } from "../../sim/scene/scene.ts"
import type { Program } from "../../toolchain/devicescript/program.ts"
import { DONE } from "./vm-runs.ts"

/** The VM is in CCM: heaps up to 40 KB fit. */
const BOARD = "stm32f407ve"
const SLOT_A = 0x08040000
/** Virtual seconds between two looks at the console, and the longest run. */
const STEP_S = 0.05
const LONGEST_S = 30

interface Built {
    readonly board: BoardFile
    readonly elf: ElfFile
}

const built = new Map<number, Built>()
let scene: Scene

/** Build the firmware, once for each size of the heap. */
export async function buildFor(gcHeapBytes: number): Promise<void> {
    const { elf } = await buildFirmware({ board: BOARD, gcHeapBytes })
    const board = readBoard(BOARD, "mt9v034", { gcHeapBytes })
    built.set(gcHeapBytes, {
        board,
        elf: readElf(readFileSync(elf), elf, chipPlaces(board)),
    })
    scene = await loadScene("flat", { width: 752, height: 480 }, 1)
}

/**
 * The program's console, as the simulator shows it, up to its last line.
 * @throws ProgramError when it panics
 */
export function runInFirmware(program: Program, gcHeapBytes: number): string[] {
    const { board, elf } = built.get(gcHeapBytes)!
    const lines: string[] = []
    const emulated = new EmulatedBoard({
        board,
        elf: withProgram(elf, program),
        program,
        scene,
        onConsole: line => lines.push(line),
    })
    emulated.chip.i2cBus.attach(echo())
    try {
        for (
            let seconds = STEP_S;
            seconds < LONGEST_S && lines.at(-1) !== DONE;
            seconds += STEP_S
        )
            emulated.run({ seconds })
        return lines
    } finally {
        emulated.close()
    }
}

/** The part that the other VMs' runs have at 0x10, too: it answers with the sum of what was written, and counts up. */
function echo(): I2cTarget {
    let sum = 0
    let sent = 0
    return {
        name: "echo",
        address: 0x10,
        start: () => {
            sent = 0
            return true
        },
        write: byte => {
            sum += byte
            return true
        },
        read: () => (sum + sent++) & 0xff,
        stop: () => {
            sum = 0
        },
    }
}

function withProgram(elf: ElfFile, program: Program): ElfFile {
    const content = buildProgramSlot({
        image: programImage(program),
        request: {},
        sensor: "mt9v034",
        name: program.name,
    })
    return {
        ...elf,
        segments: [
            ...elf.segments.filter(({ address }) => address < SLOT_A),
            { address: SLOT_A, bytes: content },
        ],
    }
}
