// SPDX-License-Identifier: MIT
// One emulated board: the ELF that is flashed, on an emulated Cortex-M4, with the same silicon and sensor models as the
// simulation. Watched at a few functions of the firmware, by name; nothing in it is replaced.

import { Board, type BoardOptions } from "./board.ts"
import type {
    AppliedMode,
    CapturedFrame,
    Counters,
    StopCondition,
} from "./capture.ts"
import { CaptureRecord } from "./capture-record.ts"
import type { Clock } from "./clock.ts"
import type { CpuUse } from "./cpu-use.ts"
import type { DisplayPicture } from "./display.ts"
import { CamscriptError, ProgramError } from "./errors.ts"
import type { ElfFile } from "./mcu/elf.ts"
import { Mcu } from "./mcu/mcu.ts"
import { decodeDescriptor, DESCRIPTOR_BYTES } from "./native/grabber-map.ts"
import type { SensorModel } from "./sensors/sensor-model.ts"
import type { Stm32F4 } from "./stm32/chip.ts"
import type { RegisterLog } from "./trace/register-log.ts"
import type { Program } from "./vm/program.ts"
import { VmWatch } from "./vm/vm-watch.ts"

export interface EmulatedBoardOptions extends BoardOptions {
    /** The firmware, with its symbols. */
    readonly elf: ElfFile
    /** What else is in flash: the content of a program slot, and where. */
    readonly slot: { readonly address: number; readonly content: Uint8Array }
    /** The program in the slot: explains its errors. */
    readonly program: Program
    /** Cycles per instruction. */
    readonly cpi: number
    readonly onConsole?: (line: string) => void
    /** Called for every frame that was lent to the program. */
    readonly onFrame?: (frame: CapturedFrame) => void
}

/** Where the watched functions of the firmware are told apart by their names (native/port.h, firmware/vm/vm.h). */
const WATCHED = {
    frameDelivered: "cam_port_frame_delivered",
    captureChanged: "cam_port_capture_changed",
    logged: "vm_port_log",
    panicked: "vm_port_panicked",
    stopped: "vm_port_stopped",
} as const

const DOOR = "cam_door_transfer"
/** VM_LOG_CONSOLE of vm_log_t. */
const LOG_CONSOLE = 0

const DMA2_STREAM1_EXCEPTION = 16 + 57
const DCMI_EXCEPTION = 16 + 78

/** Longest stretch between two looks at what happened, virtual ns. */
const SLICE_NS = 1e6

/** A board that boots when `run` is first called and goes on from there at each further call. */
export class EmulatedBoard {
    readonly log: RegisterLog
    readonly chip: Stm32F4
    readonly sensor: SensorModel
    readonly clock: Clock
    readonly mcu: Mcu

    private readonly record: CaptureRecord
    private readonly vm: VmWatch
    private booted = false
    private captureChanged: boolean | undefined
    private captureStart: CpuMark | undefined
