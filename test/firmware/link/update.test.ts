// SPDX-License-Identifier: MIT
// A program update from the host's client to flash, over the USART's and the flash's models.

import { beforeAll, beforeEach, describe, expect, it } from "vitest"
import {
    LinkRefusedError,
    LinkVersionError,
    NoAnswerError,
} from "../../../host/link/link-errors.ts"
import { LinkClient } from "../../../host/link/link-client.ts"
import {
    MessageReader,
    encodeMessage,
} from "../../../protocol/link/message-codec.ts"
import {
    COUNTER_NAMES,
    decodeError,
    encodeHello,
} from "../../../protocol/link/messages.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { programImage } from "../../../toolchain/slots/program-image.ts"
import {
    buildProgramSlot,
    parseProgramSlot,
} from "../../../toolchain/slots/program-slot.ts"
import type { UpdateProgress } from "../../../host/link/program-update.ts"
import { ErrorCode, MessageType } from "../../../protocol/link/wire.ts"
import { randomWords } from "../../support/firmware/slots/fake-flash.ts"
import { compileFirmware } from "../../support/firmware/slots/firmware-wasm.ts"
import { VM_ID } from "../../support/firmware/slots/slots-rig.ts"
import { ChipRig } from "../../support/firmware/link/chip-rig.ts"

const program = await buildProgram("test/sim/devicescript/programs/console.ts")
const whole = Buffer.from(programImage(program))
/** No whole word at its end. */
const IMAGE = new Uint8Array(
    whole.subarray(0, (whole.findLastIndex(byte => byte !== 0xff) + 1) | 1)
)
const SLOT = buildProgramSlot({
    image: IMAGE,
    request: { fps: 120, window: { width: 220, height: 220 } },
    sensor: "mt9v034",
    name: "main.ts",
    vmId: VM_ID,
})

let rig: ChipRig
let client: LinkClient

beforeAll(async () => {
    await compileFirmware()
})

beforeEach(async () => {
    rig = await ChipRig.create()
    client = connect(1)
})

function connect(session: number): LinkClient {
    return new LinkClient({ stream: rig, timer: rig.timer, session })
}

/** The content of the slot at `address`, as the host reads it. */
function slotAt(address: number): ReturnType<typeof parseProgramSlot> {
    return parseProgramSlot(rig.bytes.slice(address, address + 0x20000))
}

describe("hello", () => {
    it("tells what the board is and can", async () => {
        const welcome = await rig.until(client.hello())

        expect(welcome).toEqual({
            version: 2,
            bodyBytesMax: 252,
            chunkBytes: 128,
            receiveBytes: 512,
            capabilities: 0x3f3f,
            session: 1,
            vmId: VM_ID,
            baud: 918_367,
            imageBytesMax: 0x1f000,
            slotAddress: 0,
            slotSequence: 0,
            board: "nucleo-f446re",
            program: "",
        })
    })

    it("comes after a boot log that was sent as text", async () => {
        const lines: string[] = []
        client.onText = line => lines.push(line)
        rig.log(0, "camscript on nucleo-f446re")
        rig.log(0, "no program: both slots are empty")
        await rig.until(client.hello())

        expect(lines).toEqual([
            "camscript on nucleo-f446re",
            "no program: both slots are empty",
        ])
    })

    it("is repeated when it gets lost", async () => {
        let sends = 0
        rig.damage = bytes =>
            ++sends <= 4 ? bytes.map(byte => byte ^ 0x10) : bytes
        await rig.until(client.hello())

        expect(client.welcome?.session).toBe(1)
        expect(sends).toBe(6)
    })

    it("reaches a board that erases a sector for as long as that may take", async () => {
        const from = rig.clock.nowNs
        rig.damage = bytes =>
            rig.clock.nowNs - from < 4.5e9 ? new Uint8Array(0) : bytes

        expect(await rig.until(client.hello())).toMatchObject({ session: 1 })
    })

    it("fails with the number of tries when nothing answers", async () => {
        rig.damage = () => new Uint8Array(0)

        await expect(
            rig.until(client.hello({ tries: 3, timeoutMs: 50 }))
        ).rejects.toThrow(
            new NoAnswerError(
                MessageType.HELLO,
                3,
                50,
                "Check the port, the cable and the power, and that the board runs this project's firmware"
            )
        )
    })

    it("of another version is answered with both versions", async () => {
        const refusals: unknown[] = []
        const reader = new MessageReader({
            bodyBytesMax: 252,
            opening: MessageType.WELCOME,
            onMessage: ({ body }) => refusals.push(decodeError(body)),
        })
        rig.onBytes = bytes => reader.push(bytes)
        const body = encodeHello(1, 9)
        rig.send(encodeMessage({ type: MessageType.HELLO, body }, 7))
        rig.run(20e6)

        expect(refusals).toEqual([
            {
                code: ErrorCode.VERSION,
                type: 1,
                sequence: 7,
                value: 9,
                limit: 2,
            },
        ])
    })

    it("fails with both versions when the board has another one", async () => {
        const other = new LinkClient({
            stream: {
                onBytes: undefined,
                send(bytes) {
                    if (bytes.length < 2) return
                    const body = Uint8Array.of(
                        1,
                        0,
                        1,
                        0,
                        2,
                        0,
                        0,
                        0,
                        3,
                        0,
                        0,
                        0
                    )
                    const type = MessageType.ERROR
                    this.onBytes?.(encodeMessage({ type, body }, 0))
                },
            },
        })

        await expect(other.hello()).rejects.toThrow(new LinkVersionError(2, 3))
    })
})

describe("a program update", () => {
    it("puts the program into the slot that does not run; it runs after a restart", async () => {
        await rig.until(client.hello())
        const progress: UpdateProgress[] = []
        const done = await rig.until(
            client.updateProgram(SLOT, step => progress.push(step))
        )

        expect(done).toEqual({ address: 0x08040000, sequence: 1 })
        expect(rig.calls).toEqual(["begins", "ended true"])
        expect(progress.map(({ phase }) => phase)).toEqual([
            "erasing",
            ...Array<string>(1 + Math.ceil(IMAGE.length / 128)).fill("writing"),
            "checking",
            "done",
        ])
        const stored = slotAt(0x08040000)
        expect(Buffer.from(stored.image).equals(IMAGE)).toBe(true)
        expect(stored.request).toEqual(parseProgramSlot(SLOT).request)

        await rig.until(client.reset())
        rig.run(20e6)
        expect(rig.calls).toEqual(["begins", "ended true", "reset"])
        // The end of RESETTING is on the wire: the USART's reset would cut it off.
        expect(rig.lastByteAtReset).toBe(0)
        rig.boot()
        client = connect(2)
        expect(await rig.until(client.hello())).toMatchObject({
            slotAddress: 0x08040000,
            slotSequence: 1,
            program: "main.ts",
        })
    })

    it("survives damage: one byte in 700 wrong in both directions, the program is whole", async () => {
        await rig.until(client.hello())
        const random = randomWords(5)
        const hurt = (bytes: Uint8Array): Uint8Array =>
            bytes.map(byte =>
                random() % 700 === 0 ? byte ^ (1 << (random() % 8)) : byte
            )
        rig.damage = hurt
        const { onBytes } = rig
        rig.onBytes = bytes => onBytes?.(hurt(bytes))
        await rig.until(client.updateProgram(SLOT))

        expect(Buffer.from(slotAt(0x08040000).image).equals(IMAGE)).toBe(true)
        expect(client.counters.badFrames).toBeGreaterThan(0)
        const { badFrames } = rig.counters(COUNTER_NAMES)
        expect(badFrames).toBeGreaterThan(0)
    })

    it("brings the kernels with the program, linked for the board's memory", async () => {
        await rig.until(client.hello())
        const { address, bytes } = rig.board.frameMemory
        const memory = { address: address + bytes - 0x1000, bytes: 0x1000 }
        const code = new Uint8Array(100).fill(0x5a)
        new DataView(code.buffer).setUint32(0, 1, true)
        code.fill(0, 4, 16)
        const image = Buffer.concat([IMAGE], whole.length)
        const slot = (end: number) =>
            buildProgramSlot({
                image,
                kernels: {
                    bytes: code,
                    memory: { ...memory, bytes: memory.bytes + end },
                },
                request: {},
                sensor: "mt9v034",
                name: "main.ts",
                vmId: VM_ID,
            })
        await rig.until(client.updateProgram(slot(0)))

        const stored = slotAt(0x08040000)
        expect(stored.kernels).toEqual({
            offset: 0x1000 + image.length,
            memory: memory.address,
            memoryBytes: memory.bytes,
        })
        expect(stored.image.subarray(image.length)).toEqual(
            new Uint8Array(code)
        )
        client.welcome = { ...client.welcome!, capabilities: 0x3f1f }
        await expect(rig.until(client.updateProgram(slot(0)))).rejects.toThrow(
            "program main.ts has kernels, and the firmware of nucleo-f446re is older than these"
        )
        client.welcome = { ...client.welcome, capabilities: 0x3f3f }
        await expect(
            rig.until(client.updateProgram(slot(0x400)))
        ).rejects.toThrow(
            "the board refuses PROGRAM_BEGIN: the program's kernels are linked for RAM up to 0x20015800, its frames have it up to 0x20015400"
        )
    })

    it("is refused with the board's and the program's VM when they differ", async () => {
        await rig.until(client.hello())
        const other = buildProgramSlot({
            image: IMAGE,
            request: {},
            sensor: "ov2640",
            name: "main.ts",
            vmId: 0x12345678,
        })

        const error = await rig
            .until(client.updateProgram(other))
            .catch((reason: unknown) => reason)
        expect(error).toBeInstanceOf(LinkRefusedError)
        expect((error as LinkRefusedError).refusal).toMatchObject({
            code: ErrorCode.OTHER_VM,
            value: 0x12345678,
            limit: VM_ID,
        })
        expect((error as Error).message).toBe(
            "the board refuses PROGRAM_BEGIN: the program is built for VM 0x12345678, the firmware has 0xb04267a5: build and flash both from one checkout"
        )
    })

    it("is refused with bytes and limit when the program is too large", async () => {
        await rig.until(client.hello())
        const large = buildProgramSlot({
            image: Buffer.concat([IMAGE, new Uint8Array(0x1f004)], 0x1f004),
            request: {},
            sensor: "mt9v034",
            name: "main.ts",
            vmId: VM_ID,
        })

        await expect(rig.until(client.updateProgram(large))).rejects.toThrow(
            "the program's image has 126980 bytes, its slot holds 1 to 126976"
        )
    })

    it("is given up when the client falls silent for 10 s; the next one works", async () => {
        await rig.until(client.hello())
        const refused: string[] = []
        client.onRefused = error => refused.push(error.message)
        const update = client.updateProgram(SLOT, ({ writtenBytes }) => {
            if (writtenBytes >= 512) rig.damage = () => new Uint8Array(0)
        })
        await expect(rig.until(update)).rejects.toThrow(NoAnswerError)
        rig.run(11e9)

        expect(rig.calls).toEqual(["begins", "ended false"])
        expect(refused).toEqual([
            "the board refuses PROGRAM_DATA: nothing came for 10 s, 512 bytes of the program were written",
        ])
        rig.damage = bytes => bytes
        await rig.until(client.updateProgram(SLOT))
        expect(rig.calls.slice(2)).toEqual(["begins", "ended true"])
    })

    it("ends when another client says hello", async () => {
        await rig.until(client.hello())
        let restarted = false
        const update = client.updateProgram(SLOT, ({ writtenBytes }) => {
            restarted ||= writtenBytes >= 256
        })
        update.catch(() => {})
        while (!restarted) await rig.until(Promise.resolve())
        client.close()
        const second = connect(2)
        await rig.until(second.hello())

        expect(rig.calls).toEqual(["begins", "ended false"])
        await expect(
            rig.until(second.updateProgram(SLOT))
        ).resolves.toMatchObject({ sequence: 1 })
    })

    it("does not begin with a program that the VM refuses", async () => {
        await rig.until(client.hello())
        const image = IMAGE.slice()
        // The version of the bytecode, behind the magic "DevS" and its second word.
        image[Buffer.from(image).indexOf("DevS") + 8 + 3] = 99
        const bad = buildProgramSlot({
            image,
            request: {},
            sensor: "mt9v034",
            name: "main.ts",
            vmId: VM_ID,
        })

        await expect(client.updateProgram(bad)).rejects.toThrow(
            /^main\.ts: the DeviceScript VM would not start this program: its bytecode fails the VM's verification, code -\d+ at byte 0x[0-9a-f]+\. Nothing was written to a board\./
        )
        expect(rig.calls).toEqual([])
    })

    it("does not begin with content that is no valid slot", async () => {
        await rig.until(client.hello())
        const bad = SLOT.slice()
        bad[0x1000]! ^= 1

        await expect(client.updateProgram(bad)).rejects.toThrow(
            /not a valid program slot: the CRC-32 of its image is/
        )
    })
})

describe("a session", () => {
    it("sends LOG lines, long ones in pieces, and keeps their kinds", async () => {
        await rig.until(client.hello())
        const lines: [number, string, number][] = []
        client.onLog = (...line) => lines.push(line)
        const long = "ä".repeat(200)
        rig.log(1, "> hello")
        rig.log(2, "")
        rig.run(5e6)
        rig.log(0, long)
        rig.run(20e6)

        expect(lines).toEqual([
            [1, "> hello", 0],
            [2, "", 0],
            [0, long, 0],
        ])
    })

    it("drops and counts lines that find the queue full, and says so with the next one", async () => {
        await rig.until(client.hello())
        const lines: [number, string, number][] = []
        client.onLog = (...line) => lines.push(line)
        for (let i = 0; i < 20; i++) rig.log(1, `${i} `.padEnd(100, "x"))
        rig.run(30e6)
        rig.log(1, "after")
        rig.run(5e6)

        const arrived = lines.length - 1
        expect(arrived).toBe(7) // of 111 bytes in 1023, 141 kept free
        expect(lines.at(-1)).toEqual([1, "after", 20 - arrived])
        const counters = await rig.until(client.boardCounters())
        expect(counters).toMatchObject({ logsDropped: 20 - arrived, missed: 0 })
    })

    it("is refused a message of an unknown type by name", async () => {
        await rig.until(client.hello())
        const refused: LinkRefusedError[] = []
        client.onRefused = error => refused.push(error)
        const unknown: number = 0x4f
        rig.send(encodeMessage({ type: unknown, body: new Uint8Array(3) }, 1))
        rig.run(5e6)

        expect(refused.map(({ refusal }) => refusal)).toEqual([
            {
                code: ErrorCode.TYPE,
                type: 0x4f,
                sequence: 1,
                value: 0x4f,
                limit: 0,
            },
        ])
    })
})
