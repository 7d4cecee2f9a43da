// SPDX-License-Identifier: MIT
// One access of test/sim/cortex-m/programs/protection.c under an MPU that the test describes.

import { boot } from "./core.ts"
import type { EmulatedChip } from "./emulated-chip.ts"

/** In the order of `operations` in the program. */
const OPERATIONS = [
    ..."ldr str ldrb strb ldrh strh ldr_index str_before ldr_after ldm stm".split(
        " "
    ),
    ..."stmdb ldmdb push pop ldrd strd ldrex strex ldrexb tbb vldr".split(" "),
    ..."vstr vldm vstm ldrt strt call str_in_it ldr_in_it supervise service mask div_in_it ldrd_in_it spin".split(
        " "
    ),
] as const

/** Fields of MPU_RASR and MPU_RBAR (PM0214 §4.2.8, §4.2.9). */
export interface Region {
    readonly start: number
    /** A power of 2 from 32 on. */
    readonly bytes: number
    /** Access permission, 0 to 7. */
    readonly ap: number
    readonly xn?: boolean
    /** Sub-region disable: bit n for the n-th eighth. */
    readonly srd?: number
}

export const CTRL_ENABLE = 1
export const CTRL_HFNMIENA = 2
export const CTRL_PRIVDEFENA = 4
export const NPRIV = 1
export const SPSEL = 2

/** The program and its data, for all: its code may only be read. */
export const PROGRAM: readonly Region[] = [
    { start: 0x08000000, bytes: 0x4000, ap: 6 },
    { start: 0x20000000, bytes: 0x2000, ap: 3 },
]

export interface Access {
    readonly operation: string
    readonly target: number
    readonly regions?: readonly Region[]
    /** MPU_CTRL; default: ENABLE, PRIVDEFENA. */
    readonly ctrl?: number
    /** CONTROL; default: an unprivileged thread on PSP. */
    readonly control?: number
    /** MEMFAULTENA, BUSFAULTENA, USGFAULTENA from bit 0 on; default: all. */
    readonly enabled?: number
    /** More bits of CCR. */
    readonly ccr?: number
    readonly faultmask?: boolean
    /** Halfwords at the target. */
    readonly code?: readonly number[]
    /** The handler of SVC makes the access. */
    readonly inHandler?: boolean
    /** SVC returns by a frame at the target. */
    readonly returnFrom?: boolean
}

export interface Outcome {
    /** 3 HardFault, 4 MemManage, 5 BusFault, 6 UsageFault, 11: no fault. */
    readonly handler: number
    readonly cfsr: number
    readonly hfsr: number
    readonly mmfar: number
    readonly bfar: number
    readonly excReturn: number
    readonly psp: number
    readonly control: number
    readonly r1: number
    /** The stacked PC is that of the access. */
    readonly atAccess: boolean
    readonly pc: number
    readonly emulated: EmulatedChip
}

function rasr({ bytes, ap, xn = false, srd = 0 }: Region): number {
    const size = Math.log2(bytes) - 1
    return (
        ((xn ? 1 << 28 : 0) | (ap << 24) | (srd << 8) | (size << 1) | 1) >>> 0
    )
}

export function access(options: Access): Outcome {
    const emulated = boot("protection", { permissive: true })
    const { symbols } = emulated.elf
    const view = new DataView(emulated.memory.buffer)
    const set = (name: string, value: number, offset = 0): void =>
        view.setUint32(symbols.address(name) + offset, value, true)
    for (let index = 0; index < 8; index++) {
        const region = options.regions?.[index]
        const start = region?.start ?? 0
        set("regions", (start | 0x10 | index) >>> 0, index * 8)
        set("regions", region ? rasr(region) : 0, index * 8 + 4)
    }
    const operation = OPERATIONS.indexOf(options.operation)
    if (operation < 0) throw new Error(`no operation ${options.operation}`)
    set("operation", operation)
    set("target", options.target)
    set("mpu_ctrl", options.ctrl ?? CTRL_ENABLE | CTRL_PRIVDEFENA)
    set("control", options.control ?? NPRIV | SPSEL)
    set("enabled", options.enabled ?? 7)
    set("ccr", options.ccr ?? 0)
    set("faultmask", options.faultmask ? 1 : 0)
    set("in_handler", options.inHandler ? 1 : 0)
    set("return_from", options.returnFrom ? 1 : 0)
    // For TBB, and to see what was read.
    if (options.target >= 0x20000000 && options.target < 0x20020000)
        view.setUint32(options.target & ~3, 0x00010001, true)
    options.code?.forEach((halfword, index) =>
        view.setUint16(options.target + index * 2, halfword, true)
    )
    emulated.mcu.run(1e6)
    const word = (name: string): number => emulated.word(name)
    return {
        handler: word("handler"),
        cfsr: word("cfsr"),
        hfsr: word("hfsr"),
        mmfar: word("mmfar"),
        bfar: word("bfar"),
        excReturn: word("exc_return"),
        psp: word("psp_then"),
        control: word("control_then") & 3,
        r1: word("stacked_r1"),
        pc: word("stacked_pc"),
        atAccess:
            word("stacked_pc") ===
            (symbols.address(`at_${options.operation}`) & ~1),
        emulated,
    }
}
