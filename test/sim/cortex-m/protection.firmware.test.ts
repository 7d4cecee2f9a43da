// SPDX-License-Identifier: MIT
// The memory protection unit, unprivileged threads and the faults that come of both (ARMv7-M ARM B1.5, B3.5; PM0214 §4.2).

import { afterEach, describe, expect, it } from "vitest"
import { closeAll } from "../../support/cortex-m/core.ts"
import {
    access,
    CTRL_ENABLE,
    CTRL_HFNMIENA,
    CTRL_PRIVDEFENA,
    NPRIV,
    PROGRAM,
    SPSEL,
} from "../../support/cortex-m/protection-rig.ts"

afterEach(closeAll)

const MEM_MANAGE = 4
const BUS_FAULT = 5
const NO_FAULT = 11

const IACCVIOL = 0x01
/** DACCVIOL and MMARVALID. */
const DACCVIOL = 0x82
const MUNSTKERR = 0x08
const MSTKERR = 0x10
/** PRECISERR and BFARVALID. */
const PRECISERR = 0x8200

/** RAM that the program does not use. */
const TARGET = 0x20008000
const PRIVILEGED = SPSEL

function region(
    ap: number,
    more = {}
): {
    start: number
    bytes: number
    ap: number
} {
    return { start: TARGET, bytes: 32, ap, ...more }
}

/** Table B3-15: what is permitted to privileged and to unprivileged code. */
const PERMISSIONS = [
    { ap: 0, privileged: "", unprivileged: "" },
    { ap: 1, privileged: "rw", unprivileged: "" },
    { ap: 2, privileged: "rw", unprivileged: "r" },
    { ap: 3, privileged: "rw", unprivileged: "rw" },
    { ap: 5, privileged: "r", unprivileged: "" },
    { ap: 6, privileged: "r", unprivileged: "r" },
    { ap: 7, privileged: "r", unprivileged: "r" },
] as const

const CASES = PERMISSIONS.flatMap(({ ap, ...permitted }) =>
    (["privileged", "unprivileged"] as const).flatMap(who =>
        (["ldr", "str"] as const).map(operation => ({
            ap,
            who,
            operation,
            permitted: permitted[who].includes(operation === "ldr" ? "r" : "w"),
        }))
    )
)

describe("access permission", () => {
    it.each(CASES)(
        "AP $ap, $who $operation: permitted $permitted",
        ({ ap, who, operation, permitted }) => {
            const { handler, cfsr, mmfar, atAccess, emulated } = access({
                operation,
                target: TARGET + 8,
                regions: [...PROGRAM, region(ap)],
                control: who === "privileged" ? PRIVILEGED : NPRIV | SPSEL,
            })

            expect(handler).toBe(permitted ? NO_FAULT : MEM_MANAGE)
            if (permitted) return
            expect(cfsr).toBe(DACCVIOL)
            expect(mmfar).toBe(TARGET + 8)
            expect(atAccess).toBe(true)
            expect(emulated.word(TARGET + 8)).toBe(0x00010001)
        }
    )

    it.each(CASES.filter(({ who }) => who === "unprivileged"))(
        "AP $ap, $operation with T in a privileged thread is one of an unprivileged one: permitted $permitted",
        ({ ap, operation, permitted }) => {
            const { handler, cfsr, mmfar, atAccess } = access({
                operation: `${operation}t`,
                target: TARGET,
                regions: [...PROGRAM, region(ap)],
                control: PRIVILEGED,
            })

            expect(handler).toBe(permitted ? NO_FAULT : MEM_MANAGE)
            if (permitted) return
            expect({ cfsr, mmfar, atAccess }).toEqual({
                cfsr: DACCVIOL,
                mmfar: TARGET,
                atAccess: true,
            })
        }
    )
})

const LOADS =
    "ldr ldrb ldrh ldr_index ldr_after ldm ldmdb pop ldrd ldrex ldrexb tbb vldr vldm ldrt ldr_in_it"
const STORES =
    "str strb strh str_before stm stmdb push strd strex vstr vstm strt str_in_it"

describe("every instruction that reads or writes memory", () => {
    const regions = [
        ...PROGRAM,
        { start: TARGET - 0x1000, bytes: 0x1000, ap: 3 },
        region(1),
        { start: TARGET + 32, bytes: 32, ap: 3 },
    ]
    it.each([...LOADS.split(" "), ...STORES.split(" ")])(
        "%s is denied, before it has an effect",
        operation => {
            const { handler, cfsr, mmfar, atAccess, r1, emulated } = access({
                operation,
                target: TARGET,
                regions,
                control: NPRIV | SPSEL,
            })

            expect({ handler, cfsr, atAccess }).toEqual({
                handler: MEM_MANAGE,
                cfsr: DACCVIOL,
                atAccess: true,
            })
            // Several words begin before the region.
            expect(mmfar).toBe(TARGET)
            expect(emulated.word(TARGET)).toBe(0x00010001)
            expect(r1).toBe(1)
        }
    )

    it.each([...LOADS.split(" "), ...STORES.split(" ")])(
        "%s is permitted where the region permits it",
        operation => {
            const { handler } = access({
                operation,
                target: TARGET - 0x800,
                regions,
            })

            expect(handler).toBe(NO_FAULT)
        }
    )
})

describe("a fault inside an IT block", () => {
    it.each([
        { operation: "div_in_it", ccr: 1 << 4, cfsr: 1 << 25 },
        { operation: "ldrd_in_it", ccr: 0, cfsr: 1 << 24 },
    ])(
        "comes before the instruction and the rest of the block have an effect: $operation",
        ({ operation, ccr, cfsr }) => {
            const outcome = access({
                operation,
                target: TARGET + 1,
                regions: [...PROGRAM, region(3)],
                ccr,
            })

            expect(outcome.handler).toBe(6)
            expect(outcome.cfsr).toBe(cfsr)
            expect(outcome.atAccess).toBe(true)
            expect(outcome.r1).toBe(1)
        }
    )
})

describe("a region", () => {
    it("denies an access that only ends in it, with its first denied address", () => {
        const { handler, mmfar } = access({
            operation: "ldr",
            target: TARGET - 2,
            regions: [
                ...PROGRAM,
                { start: TARGET - 32, bytes: 32, ap: 3 },
                region(1),
            ],
        })

        expect({ handler, mmfar }).toEqual({
            handler: MEM_MANAGE,
            mmfar: TARGET,
        })
    })

    it("with a higher number decides", () => {
        const wide = { start: 0x20000000, bytes: 0x20000, ap: 0 }
        const permitted = access({
            operation: "str",
            target: TARGET,
            regions: [wide, ...PROGRAM, region(3)],
        })
        const denied = access({
            operation: "str",
            target: TARGET,
            regions: [
                ...PROGRAM,
                region(3),
                { ...wide, start: TARGET, bytes: 64 },
            ],
        })

        expect(permitted.handler).toBe(NO_FAULT)
        expect(denied.handler).toBe(MEM_MANAGE)
    })

    it.each([0, 1, 2, 3, 4, 5, 6, 7])(
        "does not have its sub-region %i when SRD disables it",
        part => {
            const regions = [
                ...PROGRAM,
                { start: TARGET, bytes: 256, ap: 3, srd: 1 << part },
            ]
            const outcomes = [0, 1, 2, 3, 4, 5, 6, 7].map(
                index =>
                    access({
                        operation: "ldr",
                        target: TARGET + index * 32 + 28,
                        regions,
                    }).handler
            )

            expect(outcomes).toEqual(
                outcomes.map((_, index) =>
                    index === part ? MEM_MANAGE : NO_FAULT
                )
            )
        }
    )

    it("of less than 256 bytes has no sub-regions", () => {
        const regions = [...PROGRAM, { ...region(3), bytes: 128, srd: 0xff }]

        expect(
            access({ operation: "ldr", target: TARGET, regions }).handler
        ).toBe(NO_FAULT)
    })

    it("of 4 GB is everything", () => {
        const regions = [{ start: 0, bytes: 2 ** 32, ap: 3 }]

        for (const target of [TARGET, 0x40020000])
            expect(access({ operation: "ldr", target, regions }).handler).toBe(
                NO_FAULT
            )
    })
})

describe("outside of all regions", () => {
    const regions = PROGRAM

    it("unprivileged code may nothing, though PRIVDEFENA is set", () => {
        for (const target of [TARGET, 0x08010000, 0x40020000, 0xc0000000]) {
            const { handler, cfsr, mmfar } = access({
                operation: "ldr",
                target,
                regions,
            })

            expect({ handler, cfsr, mmfar }).toEqual({
                handler: MEM_MANAGE,
                cfsr: DACCVIOL,
                mmfar: target,
            })
        }
    })

    it("privileged code has the default memory map with PRIVDEFENA", () => {
        for (const target of [TARGET, 0x08010000, 0x40020000])
            expect(
                access({
                    operation: "ldr",
                    target,
                    regions,
                    control: PRIVILEGED,
                }).handler
            ).toBe(NO_FAULT)
    })

    it("and nothing without it", () => {
        for (const target of [TARGET, 0x08010000, 0x40020000]) {
            const { handler, cfsr, mmfar } = access({
                operation: "str",
                target,
                regions,
                control: PRIVILEGED,
                ctrl: CTRL_ENABLE,
            })

            expect({ handler, cfsr, mmfar }).toEqual({
                handler: MEM_MANAGE,
                cfsr: DACCVIOL,
                mmfar: target,
            })
        }
    })

    it("anybody may anything while the MPU is off", () => {
        const { handler } = access({
            operation: "str",
            target: TARGET,
            regions: [region(0)],
            ctrl: 0,
        })

        expect(handler).toBe(NO_FAULT)
    })
})

describe("a region outside of RAM", () => {
    it.each([
        {
            name: "a peripheral, read",
            operation: "ldr",
            target: 0x40020000,
            ap: 0,
        },
        {
            name: "a peripheral, written",
            operation: "str",
            target: 0x40020014,
            ap: 5,
        },
        { name: "flash, read", operation: "ldr", target: 0x08010000, ap: 0 },
        { name: "flash, written", operation: "str", target: 0x08010000, ap: 6 },
        { name: "flash at 0", operation: "ldrb", target: 0x00010000, ap: 0 },
        {
            name: "a bit-band alias",
            operation: "str",
            target: 0x42400000,
            ap: 6,
        },
        {
            name: "external memory",
            operation: "ldr",
            target: 0x60000000,
            ap: 0,
        },
    ])("denies privileged code: $name", ({ operation, target, ap }) => {
        const { handler, cfsr, mmfar, atAccess } = access({
            operation,
            target,
            regions: [{ start: target & ~31, bytes: 32, ap }],
            control: PRIVILEGED,
        })

        expect({ handler, cfsr, mmfar, atAccess }).toEqual({
            handler: MEM_MANAGE,
            cfsr: DACCVIOL,
            mmfar: target >>> 0,
            atAccess: true,
        })
    })
})

describe("code", () => {
    /** NOP and BX LR at the target. */
    it.each([
        { name: "unprivileged, AP 3", ap: 3, xn: false, control: 3, ok: true },
        { name: "unprivileged, XN", ap: 3, xn: true, control: 3, ok: false },
        { name: "unprivileged, AP 1", ap: 1, xn: false, control: 3, ok: false },
        { name: "privileged, AP 1", ap: 1, xn: false, control: 2, ok: true },
        { name: "privileged, XN", ap: 1, xn: true, control: 2, ok: false },
        { name: "privileged, AP 0", ap: 0, xn: false, control: 2, ok: false },
    ])("in RAM is executed or not: $name", ({ ap, xn, control, ok }) => {
        checkCall(TARGET, ap, xn, control, ok)
    })

    it.each([
        { name: "unprivileged", xn: false, control: 3, ok: true },
        { name: "unprivileged, XN", xn: true, control: 3, ok: false },
        { name: "privileged, XN", xn: true, control: 2, ok: false },
    ])("in flash is executed or not: $name", ({ xn, control, ok }) => {
        checkCall(0x08010000, 6, xn, control, ok)
    })
})

function checkCall(
    target: number,
    ap: number,
    xn: boolean,
    control: number,
    ok: boolean
): void {
    const { handler, cfsr, pc } = access({
        operation: "call",
        target,
        code: [0xbf00, 0x4770],
        regions: [...PROGRAM, { start: target, bytes: 32, ap, xn }],
        control,
    })

    expect(handler).toBe(ok ? NO_FAULT : MEM_MANAGE)
    if (ok) return
    expect(cfsr).toBe(IACCVIOL)
    expect(pc).toBe(target)
}

describe("the private peripheral bus", () => {
    it.each([
        { register: "SCB_CPUID", target: 0xe000ed00 },
        { register: "MPU_CTRL", target: 0xe000ed94 },
        { register: "STK_CTRL", target: 0xe000e010 },
        { register: "NVIC_ISER", target: 0xe000e100 },
        { register: "DWT_CYCCNT", target: 0xe0001004 },
    ])("is a BusFault for unprivileged code: $register", ({ target }) => {
        for (const operation of ["ldr", "str"]) {
            // With all rights by the MPU, and without one.
            for (const ctrl of [0, CTRL_ENABLE]) {
                const { handler, cfsr, bfar, atAccess } = access({
                    operation,
                    target,
                    ctrl,
                    regions: [{ start: 0, bytes: 2 ** 32, ap: 3 }],
                })

                expect({ handler, cfsr, bfar, atAccess }).toEqual({
                    handler: BUS_FAULT,
                    cfsr: PRECISERR,
                    bfar: target,
                    atAccess: true,
                })
            }
        }
    })

    it("is never denied to privileged code", () => {
        const { handler } = access({
            operation: "ldr",
            target: 0xe000ed00,
            control: PRIVILEGED,
            regions: [{ start: 0xe0000000, bytes: 0x100000, ap: 0 }],
        })

        expect(handler).toBe(NO_FAULT)
    })

    it("has STIR for unprivileged code with USERSETMPEND", () => {
        const stir = { operation: "str", target: 0xe000ef00, regions: PROGRAM }

        expect(access(stir).handler).toBe(BUS_FAULT)
        expect(access({ ...stir, ccr: 1 << 1 }).handler).toBe(NO_FAULT)
    })
})

describe("an unprivileged thread", () => {
    it("is called back by SVC only: MSR and CPS do nothing, MRS reads 0", () => {
        const { handler, excReturn, control, r1 } = access({
            operation: "mask",
            target: TARGET,
            regions: PROGRAM,
        })

        expect(handler).toBe(NO_FAULT)
        expect(excReturn).toBe(0xfffffffd)
        expect(control).toBe(NPRIV)
        expect(r1).toBe(0)
    })

    it("has its handlers privileged", () => {
        const { handler } = access({
            operation: "str",
            target: TARGET,
            regions: PROGRAM,
            inHandler: true,
        })

        expect(handler).toBe(NO_FAULT)
    })

    it("is interrupted for a debugger's call, which is privileged", () => {
        const { emulated } = access({
            operation: "spin",
            target: TARGET,
            regions: PROGRAM,
        })
        const { mcu, elf } = emulated
        const read = elf.symbols.address("read_cpuid")
        const before = ["r0", "sp", "pc", "psp", "msp", "control"].map(name =>
            mcu.register(name)
        )

        expect(mcu.call(read)).toBe(0x410fc241)

        const after = ["r0", "sp", "pc", "psp", "msp", "control"].map(name =>
            mcu.register(name)
        )
        expect(after).toEqual(before)
        expect(mcu.register("control") & 3).toBe(NPRIV | SPSEL)
    })

    it("goes on unprivileged on its own stack after the handler", () => {
        const { handler, excReturn, control } = access({
            operation: "str",
            target: TARGET,
            regions: [...PROGRAM, region(1)],
        })

        expect(handler).toBe(MEM_MANAGE)
        expect(excReturn).toBe(0xfffffffd)
        expect(control).toBe(NPRIV)
    })
})

describe("priority below 0", () => {
    const denied = {
        operation: "str",
        target: TARGET,
        regions: [...PROGRAM, region(0)],
        control: PRIVILEGED,
        faultmask: true,
    }

    it("has no MPU without HFNMIENA", () => {
        expect(access(denied).handler).toBe(NO_FAULT)
    })

    it("has it with HFNMIENA: a lockup", () => {
        const ctrl = CTRL_ENABLE | CTRL_PRIVDEFENA | CTRL_HFNMIENA

        expect(() => access({ ...denied, ctrl })).toThrow(
            /locked up.*0x20008000/
        )
    })
})

describe("MemManage", () => {
    const denied = {
        operation: "str",
        target: TARGET,
        regions: [...PROGRAM, region(0)],
    }

    it("is HardFault with FORCED when it is not enabled", () => {
        const { handler, hfsr, cfsr, mmfar } = access({ ...denied, enabled: 6 })

        expect({ handler, hfsr, cfsr, mmfar }).toEqual({
            handler: 3,
            hfsr: 0x40000000,
            cfsr: DACCVIOL,
            mmfar: TARGET,
        })
    })

    it("is HardFault in a handler of its own priority", () => {
        const { handler, hfsr } = access({ ...denied, inHandler: true })

        expect({ handler, hfsr }).toEqual({ handler: 3, hfsr: 0x40000000 })
    })
})

describe("stacking", () => {
    it("of an unprivileged thread needs its rights: MSTKERR, without an address", () => {
        const { handler, cfsr, psp } = access({
            operation: "supervise",
            target: TARGET + 32,
            regions: [...PROGRAM, region(1)],
        })

        expect(handler).toBe(MEM_MANAGE)
        expect(cfsr).toBe(MSTKERR)
        expect(psp).toBe(TARGET)
    })

    it("of a privileged thread does not", () => {
        const { handler } = access({
            operation: "supervise",
            target: TARGET + 32,
            regions: [...PROGRAM, region(1)],
            control: PRIVILEGED,
        })

        expect(handler).toBe(NO_FAULT)
    })

    it("is undone with the rights of the thread: MUNSTKERR, chained to the handler", () => {
        const { handler, cfsr, psp, excReturn } = access({
            operation: "service",
            target: TARGET,
            returnFrom: true,
            regions: [...PROGRAM, region(1)],
        })

        expect(handler).toBe(MEM_MANAGE)
        expect(cfsr).toBe(MUNSTKERR)
        // Nothing was stacked, and the frame is still to be taken.
        expect(psp).toBe(TARGET)
        expect(excReturn).toBe(0xfffffffd)
    })

    it("that finds no memory when undone is UNSTKERR, chained in the same way", () => {
        const { handler, cfsr, psp } = access({
            operation: "service",
            target: 0x30000000,
            returnFrom: true,
            regions: [{ start: 0, bytes: 2 ** 32, ap: 3 }],
        })

        expect(handler).toBe(BUS_FAULT)
        expect(cfsr).toBe(1 << 11)
        expect(psp).toBe(0x30000000)
    })
})
