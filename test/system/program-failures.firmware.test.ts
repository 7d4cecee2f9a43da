// SPDX-License-Identifier: MIT
// Every way in which a program can fail, once, while frames come, on the emulated board: it is named, counted, and frames come
// again.

import { describe, expect, it } from "vitest"
import { FaultCause, faultName } from "../../protocol/faults.ts"
import {
    emulatedRig,
    runUntil,
    type EmulatedRig,
} from "../support/system/emulated-rig.ts"
import { EmulatedSerial } from "../../host/targets/emulated-serial/emulated-serial.ts"
import { CameraClient } from "../../host/jacdac/camera-client.ts"
import { JacdacHost } from "../../host/jacdac/jacdac-host.ts"
import { LinkClient } from "../../host/link/link-client.ts"
import { LinkRig } from "../support/system/link-rig.ts"

/** The longest that a user waits for frames, s: the VM starts a program that ended again after 5 s. */
const PATIENCE_S = 6
const FRAMES = 10

function said(rig: EmulatedRig, what: RegExp): string[] {
    return rig.text.filter(line => what.test(line))
}

/** Run until ten more frames have come. @returns how long that took, virtual s */
function runFrames(rig: EmulatedRig, longestS: number): number {
    const { emulated, frames } = rig
    const fromS = emulated.seconds
    const wanted = frames.length + FRAMES
    runUntil(rig, () => frames.length >= wanted, longestS)
    expect(frames.length).toBeGreaterThanOrEqual(wanted)
    return emulated.seconds - fromS
}

interface ProgramFailure {
    readonly how: string
    readonly program: string
    readonly cause: FaultCause
    /** How the board says it. */
    readonly line: RegExp
}

const ENDED: readonly ProgramFailure[] = [
    {
        how: "by an exception at top level",
        program: "throws-once",
        cause: FaultCause.EXCEPTION,
        line: /^the program ended: exception \(panic 60005\)/,
    },
    {
        how: "by an exception in a frame handler",
        program: "handler-throws-once",
        cause: FaultCause.EXCEPTION,
        line: /^the program ended: exception \(panic 60005\)/,
    },
    {
        how: "by an exception in a fiber",
        program: "fiber-throws-once",
        cause: FaultCause.EXCEPTION,
        line: /^the program ended: exception \(panic 60005\)/,
    },
    {
        how: "because its memory is full",
        program: "allocates-once",
        cause: FaultCause.OUT_OF_MEMORY,
        line: /^the program ended: out-of-memory \(panic 60004\)/,
    },
    {
        how: "by a loop without an end",
        program: "loops-once",
        cause: FaultCause.ENDLESS_LOOP,
        line: /^the program ended: endless-loop \(panic 60001\)/,
    },
    {
        how: "by calls that are nested too deeply",
        program: "recurses-once",
        cause: FaultCause.STACK_OVERFLOW,
        line: /^the program ended: stack-overflow \(panic 60006\)/,
    },
    {
        how: "by panic()",
        program: "panics-once",
        cause: FaultCause.PANIC,
        line: /^the program ended: panic \(panic 1234\)/,
    },
    {
        how: "by restart()",
        program: "restarts-once",
        cause: FaultCause.RESTART,
        line: /^the program ended: restart; it starts again/,
    },
    {
        how: "by reboot()",
        program: "reboots-once",
        cause: FaultCause.RESTART,
        line: /^before this reset: restart, in the VM's turn/,
    },
]

describe("a program that ends while frames come", () => {
    it.each(ENDED)(
        "$how is named, counted, and has frames again",
        async ({ program, cause, line }) => {
            const rig = await emulatedRig({
                app: `test/system/programs/${program}.ts`,
            })
            try {
                runUntil(rig, () => said(rig, line).length > 0, 2)
                expect(said(rig, line)).toHaveLength(1)
                expect(said(rig, line)[0]).toContain(faultName(cause))
                const before = rig.frames.length
                expect(before).toBeGreaterThan(5)

                runFrames(rig, PATIENCE_S)

                // The second capture counts from its own start.
                expect(rig.frames[before]!.frame.sequence).toBeLessThan(3)
                expect(rig.frames.every(({ frame }) => !frame.torn)).toBe(true)
                expect(said(rig, line)).toHaveLength(1)
                expect(rig.emulated.record.counters().restarts).toBe(1)
            } finally {
                rig.emulated.close()
            }
        },
        180_000
    )
})

/** Thumb code. */
const UNDEFINED_INSTRUCTION = Uint8Array.of(0x00, 0xde)
const BRANCH_TO_ITSELF = Uint8Array.of(0xfe, 0xe7)
const RETURN = Uint8Array.of(0x70, 0x47)
/** push {r0-r7}, again and again. */
const PUSH_FOR_EVER = Uint8Array.of(0xff, 0xb4, 0xfd, 0xe7)

/** B.W, encoding T4 (ARMv7-M Architecture Reference Manual, A7.7.12), within 1 MB. */
function branch(from: number, to: number): Uint8Array {
    const offset = (to & ~1) - ((from & ~1) + 4)
    const s = offset < 0 ? 1 : 0
    const i1 = (offset >> 23) & 1
    const i2 = (offset >> 22) & 1
    const first = 0xf000 | (s << 10) | ((offset >> 12) & 0x3ff)
    const second =
        0x9000 |
        ((i1 ^ s ^ 1) << 13) |
        ((i2 ^ s ^ 1) << 11) |
        ((offset >> 1) & 0x7ff)
    const code = new Uint8Array(4)
    new DataView(code.buffer).setUint16(0, first, true)
    new DataView(code.buffer).setUint16(2, second, true)
    return code
}

interface FirmwareFailure {
    readonly how: string
    /** The function whose first instructions become something else, until the chip is reset. */
    readonly at: string
    readonly code:
        | Uint8Array
        | ((at: number, symbol: (name: string) => number) => Uint8Array)
    readonly cause: FaultCause
    readonly line: RegExp
}

const RESET: readonly FirmwareFailure[] = [
    {
        how: "by a trap of the VM",
        at: "vm_process",
        code: (at, symbol) => branch(at, symbol("vm_trap")),
        cause: FaultCause.VM_TRAP,
        line: /^CRASH before this reset: vm-trap: the VM's code trapped, in the VM's turn/,
    },
    {
        how: "by an overflow of the C code's stack",
        at: "cam_held_frame_poll",
        code: PUSH_FOR_EVER,
        cause: FaultCause.STACK_OVERFLOW,
        line: /^CRASH before this reset: stack-overflow, MemManage 4, in the VM's turn/,
    },
    {
        how: "by a fault of the core",
        at: "cam_held_frame_poll",
        code: UNDEFINED_INSTRUCTION,
        cause: FaultCause.HARD_FAULT,
        line: /^CRASH before this reset: hard-fault, UsageFault 6, in the VM's turn/,
    },
    {
        how: "by a camera's turn that does not end",
        at: "cam_poll",
        code: BRANCH_TO_ITSELF,
        cause: FaultCause.WATCHDOG,
        line: /^CRASH before this reset: watchdog, in the camera's turn$/,
    },
    {
        how: "by a VM's turn that does not end",
        at: "vm_process",
        code: BRANCH_TO_ITSELF,
        cause: FaultCause.WATCHDOG,
        line: /^CRASH before this reset: watchdog, in the VM's turn$/,
    },
    {
        how: "by a link's turn that does not end",
        at: "cam_link_poll",
        code: BRANCH_TO_ITSELF,
        cause: FaultCause.WATCHDOG,
        line: /^CRASH before this reset: watchdog, in the link's turn$/,
    },
    {
        how: "by a tick that stands still while all turns end",
        at: "SysTick_Handler",
        code: RETURN,
        cause: FaultCause.WATCHDOG,
        line: /^CRASH before this reset: watchdog: SysTick does not count, in /,
    },
]

describe("a firmware that fails while frames come", () => {
    describe.each(RESET)("$how", ({ at, code, cause, line }) => {
        it("is reset, names it, counts it, and has frames again", async () => {
            const rig = await emulatedRig({})
            const { emulated } = rig
            const symbol = (name: string): number => emulated.symbol(name)
            try {
                runFrames(rig, 2)
                const address = symbol(at) & ~1
                const before = emulated.writeCode(
                    address,
                    code instanceof Uint8Array ? code : code(address, symbol)
                )
                let wanted = Infinity
                emulated.mcu.onAddress(symbol("Reset_Handler"), () => {
                    wanted = rig.frames.length + FRAMES
                    emulated.writeCode(address, before)
                })
                const fromS = emulated.seconds
                runUntil(rig, () => rig.frames.length >= wanted, PATIENCE_S)

                expect(said(rig, /^CRASH/)).toHaveLength(1)
                expect(said(rig, line)).toHaveLength(1)
                expect(said(rig, line)[0]).toContain(faultName(cause))
                expect(rig.frames.length).toBeGreaterThanOrEqual(wanted)
                expect(emulated.seconds - fromS).toBeLessThan(PATIENCE_S)
                expect(emulated.record.counters().restarts).toBe(1)
            } finally {
                emulated.close()
            }
        }, 180_000)
    })
})

describe("a VM that fails while frames come", () => {
    it.each([
        {
            how: "by an instruction that is none",
            code: UNDEFINED_INSTRUCTION,
            cause: FaultCause.VM_TRAP,
            line: /^the program ran an instruction that it may not, machine code at 0x[0-9a-f]{8}$/,
        },
        {
            how: "by an overflow of its C code's stack",
            code: PUSH_FOR_EVER,
            cause: FaultCause.STACK_OVERFLOW,
            line: /^the program overran its stack/,
        },
        {
            how: "by an SVC that is not the gate's",
            code: Uint8Array.of(0x00, 0xdf),
            cause: FaultCause.VM_TRAP,
            line: /^the program ran an instruction that it may not/,
        },
        {
            how: "by a call that there is not, of the gate",
            code: (at: number, symbol: (name: string) => number) =>
                // movs r0, #99; mov r12, r0; b.w call
                Uint8Array.of(
                    ...[0x63, 0x20, 0x84, 0x46],
                    ...branch(at + 4, symbol("call"))
                ),
            cause: FaultCause.VM_TRAP,
            line: /^the program made a call that there is not/,
        },
        {
            how: "by a pointer for native code that is not its own",
            code: (at: number, symbol: (name: string) => number) =>
                // movs r0, #32; lsls r0, #24; movs r1, #4; b.w vm_port_random: 4 bytes at 0x20000000
                Uint8Array.of(
                    ...[0x20, 0x20, 0x00, 0x06, 0x04, 0x21],
                    ...branch(at + 6, symbol("vm_port_random"))
                ),
            cause: FaultCause.MEMORY_FAULT,
            line: /^the program gave native code to write 0x20000000 \(native stack\)$/,
        },
    ])(
        "$how ends the program only, is named, and frames come again",
        async ({ code, cause, line }) => {
            const rig = await emulatedRig({})
            const { emulated } = rig
            const symbol = (name: string): number => emulated.symbol(name)
            try {
                runFrames(rig, 2)
                const address = symbol("vm_process") & ~1
                const before = emulated.writeCode(
                    address,
                    code instanceof Uint8Array ? code : code(address, symbol)
                )
                runUntil(
                    rig,
                    () => said(rig, /^the program ended/).length > 0,
                    1
                )
                emulated.writeCode(address, before)
                runFrames(rig, PATIENCE_S)

                expect(said(rig, line)).toHaveLength(1)
                expect(said(rig, /^the program ended/)[0]).toContain(
                    `the program ended: ${faultName(cause)}; it starts again`
                )
                expect(said(rig, /^CRASH/)).toHaveLength(0)
                expect(emulated.record.counters().restarts).toBe(1)
                expect(emulated.record.counters().pixelErrors).toBe(0)
            } finally {
                emulated.close()
            }
        },
        180_000
    )
})

describe("a program that lets no time pass", () => {
    it("by sleep(0) has its frames, and the link answers", async () => {
        const rig = await LinkRig.create("nucleo-f446re", {
            app: "test/system/programs/sleeps-zero.ts",
        })
        try {
            const { client } = rig
            await rig.serial.until(client.hello({ tries: 5, timeoutMs: 300 }))
            const before = rig.frames.size
            await rig.run(1)

            // 60 fps, and an answer comes between two turns of the VM.
            expect(rig.frames.size - before).toBeGreaterThanOrEqual(58)
            expect(rig.board.record.counters().restarts).toBe(0)
            await rig.serial.until(client.streamState())
        } finally {
            rig.board.close()
        }
    }, 180_000)
})

describe("a handler that never returns", () => {
    it.each([
        [
            "blocked-handler",
            /^the handler holds the frame: for 1\d{3} ms it has neither read it nor given it back, frames missed since: \d+/,
        ],
        [
            "blocked-after-release",
            /^the handler does not return: for 1\d{3} ms it has taken no frame, frames missed since: \d+/,
        ],
    ])(
        "is named after a second; after four it is ended, and frames come again (%s)",
        async (program, line) => {
            const rig = await emulatedRig({
                app: `test/system/programs/${program}.ts`,
            })
            const { emulated, frames } = rig
            try {
                runUntil(rig, () => said(rig, line).length > 0, 3)
                expect(said(rig, line)).toHaveLength(1)
                expect(emulated.record.counters().dropped).toBeGreaterThan(30)
                const before = frames.length
                const lastNs = frames.at(-1)!.ns
                runUntil(rig, () => frames.length > before, PATIENCE_S)

                expect(frames.length).toBeGreaterThan(before)
                expect(frames.at(-1)!.ns - lastNs).toBeLessThan(
                    PATIENCE_S * 1e9
                )
                runFrames(rig, 2)
                const end =
                    /^CRASH before this reset: blocked-handler: the handler took no frame for 4 s/
                expect(said(rig, end)).toHaveLength(1)
                expect(said(rig, end)[0]).toContain(
                    faultName(FaultCause.BLOCKED_HANDLER)
                )
                expect(said(rig, line)).toHaveLength(1)
                expect(emulated.record.counters().restarts).toBe(1)
            } finally {
                emulated.close()
            }
        },
        180_000
    )

    it("is why a run that waits for frames ends", async () => {
        const { emulated } = await emulatedRig({
            app: "test/system/programs/blocked-handler.ts",
        })
        try {
            expect(() => emulated.run({ frames: 1000 })).toThrow(
                /the program's handler has held frame \d+ for 3\.\d s/
            )
        } finally {
            emulated.close()
        }
    }, 180_000)
})

describe("a program that needs long for a frame, and not for ever", () => {
    it.each([
        ["reads it now and then", "slow-reader", /^> read$/],
        ["keeps a snapshot in the only buffer", "keeps-snapshot", /^> kept$/],
        ["has stopped the stream", "stops-in-handler", /^> slept$/],
    ])(
        "is not ended: it %s",
        async (_, program, done) => {
            const rig = await emulatedRig({
                app: `test/system/programs/${program}.ts`,
            })
            try {
                runUntil(rig, () => said(rig, done).length > 0, 10)

                expect(said(rig, done)).toHaveLength(1)
                expect(said(rig, /CRASH|the program ended/)).toEqual([])
                expect(rig.emulated.record.counters().restarts).toBe(0)
            } finally {
                rig.emulated.close()
            }
        },
        180_000
    )
})

/** The board alone: what watches its program would end the test with it. */
function serialOf({ emulated }: EmulatedRig): EmulatedSerial {
    return new EmulatedSerial({
        chip: emulated.chip,
        clock: emulated.clock,
        get seconds() {
            return emulated.seconds
        },
        run: ({ seconds = 0 }) => emulated.mcu.run(seconds * 1e9),
    })
}

describe("the camera service of a program that starts again", () => {
    it("says why the program before it ended", async () => {
        const rig = await emulatedRig({
            app: "test/system/programs/serves-and-throws-once.ts",
        })
        const { clock } = rig.emulated
        try {
            const serial = serialOf(rig)
            const client = new LinkClient({
                stream: serial,
                timer: serial.timer,
                session: 1,
            })
            await serial.until(client.hello({ tries: 5, timeoutMs: 300 }))
            serial.runFor(8)
            const host = new JacdacHost(
                {
                    send: frame => client.sendJacdac(frame),
                    onFrame: listener => {
                        client.onJacdac = frame => listener(frame.slice())
                        return () => (client.onJacdac = undefined)
                    },
                },
                {
                    nowUs: () => clock.nowNs / 1000,
                    after: (delayUs, run) => {
                        clock.after(delayUs * 1000, run)
                    },
                }
            )
            const camera = await serial.until(CameraClient.find(host))

            expect(await serial.until(camera.read("last_fault"))).toEqual({
                faults: 0,
                cause: FaultCause.EXCEPTION,
                recovered: 1,
            })
            const { restarts } = await serial.until(camera.read("recovery"))
            expect(restarts).toBe(1)
        } finally {
            rig.emulated.close()
        }
    }, 180_000)
})

describe("the link", () => {
    it("tells its client of a program's end, and after a reset of what came before", async () => {
        const rig = await emulatedRig({
            app: "test/system/programs/panics-once.ts",
        })
        const { emulated } = rig
        try {
            const serial = serialOf(rig)
            const lines: string[] = []
            const listen = async (session: number): Promise<void> => {
                const client = new LinkClient({
                    stream: serial,
                    timer: serial.timer,
                    session,
                })
                client.onLog = (_, line) => lines.push(line)
                await serial.until(client.hello({ tries: 5, timeoutMs: 300 }))
            }
            await listen(1)
            serial.runFor(1)
            expect(lines.join("\n")).toMatch(
                /^the program ended: panic \(panic 1234\)/m
            )

            const address = emulated.symbol("cam_held_frame_poll") & ~1
            const before = emulated.writeCode(address, UNDEFINED_INSTRUCTION)
            emulated.mcu.onAddress(emulated.symbol("Reset_Handler"), () => {
                emulated.writeCode(address, before)
            })
            serial.runFor(0.2)
            lines.length = 0
            await listen(2)
            serial.runFor(0.1)
            expect(lines.join("\n")).toMatch(
                /^CRASH before this reset: hard-fault, UsageFault 6/m
            )
        } finally {
            emulated.close()
        }
    }, 180_000)
})
