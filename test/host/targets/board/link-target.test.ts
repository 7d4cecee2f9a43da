// SPDX-License-Identifier: MIT
// A board behind a link as a target, without a board: what it says of itself, and what it makes of trouble.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { buildProgram } from "../../../../toolchain/devicescript/build-program.ts"
import { programImage } from "../../../../toolchain/slots/program-image.ts"
import { buildProgramSlot } from "../../../../toolchain/slots/program-slot.ts"
import { ErrorCode, MessageType } from "../../../../protocol/link/wire.ts"
import { LinkTarget } from "../../../../host/targets/board/link-target.ts"
import type { ViewFrame } from "../../../../host/view/messages/frame-message.ts"
import { CamscriptError } from "../../../../protocol/errors.ts"
import { FakeBoard } from "../../../support/view/fake-board.ts"
import { GrabberReg } from "../../../../protocol/grabber-page.ts"
import { Strategy } from "../../../../protocol/capture.ts"
import { decodeRequest } from "../../../../protocol/request-block.ts"

let board: FakeBoard
let target: LinkTarget
let frames: ViewFrame[]
let changes: number
/** Why the port does not open. */
let absent: string | undefined

beforeEach(() => {
    vi.useFakeTimers()
    board = new FakeBoard()
    frames = []
    changes = 0
    absent = undefined
})

afterEach(async () => {
    const closed = target?.close()
    await vi.runAllTimersAsync()
    await closed
    vi.useRealTimers()
})

async function start(
    build: (request: { app: string }) => Promise<Uint8Array> = () =>
        Promise.reject(new CamscriptError("nothing is built here"))
): Promise<LinkTarget> {
    const creating = LinkTarget.create({
        kind: "board at /dev/fake",
        open: () => {
            if (absent !== undefined)
                return Promise.reject(new CamscriptError(absent))
            board.open = true
            return Promise.resolve(board)
        },
        sensor: "ov2640",
        app: "main.ts",
        realTime: true,
        build: build as never,
    })
    creating.catch(() => {})
    await vi.advanceTimersByTimeAsync(10_000)
    target = await creating
    target.onFrame = frame => frames.push(frame.image())
    target.onChange = () => changes++
    void target.run()
    return target
}

/** Small, and one that the VM takes: the host verifies it before it is sent. */
const image = programImage(
    await buildProgram("test/sim/devicescript/programs/console.ts")
)

/** A slot with it for whatever is asked. */
const slot = (options: { request: object }): Promise<Uint8Array> =>
    Promise.resolve(
        buildProgramSlot({
            image,
            request: options.request,
            sensor: "mt9v034",
            name: "new.ts",
        })
    )

describe("a board behind a link", () => {
    it("says which one it is, which sensor it has and what it was asked for", async () => {
        await start()

        expect(target.description).toMatchObject({
            kind: "board at /dev/fake",
            board: "stm32f407ve",
            sensor: "mt9v034",
            fieldPicture: "none",
            canUpdateProgram: true,
        })
        expect(target.description.ram[1]).toMatchObject({
            name: "CCM",
            frames: false,
            owners: expect.arrayContaining([
                { name: "gcHeap", bytes: 40960 },
            ]) as unknown,
        })
        expect(target.request).toMatchObject({
            window: { x: 266, y: 130, width: 220, height: 220 },
            fps: 120,
            strategy: Strategy.AUTO,
        })
        expect(target.live().program).toEqual({
            name: "src/main.ts",
            sequence: 1,
        })
        expect(target.plan({ strategy: Strategy.AUTO }).board).toBe(
            "stm32f407ve"
        )
    })

    it("shows its images, and how many frames gave them", async () => {
        await start()

        board.sendImage(1, 40, 1_000_000)

        expect(frames).toEqual([
            {
                sequence: 40,
                format: "gray8",
                width: 2,
                height: 2,
                window: { x: 0, y: 0, width: 4, height: 4 },
                endUs: 1_000_000,
                exposureUs: 0,
                gain: 1.5,
                droppedBefore: 0,
                frames: 2,
                bytes: Uint8Array.of(1, 2, 3, 4),
            },
        ])
    })

    it("counts time and frames by the frames' own times, across their wrap", async () => {
        await start()

        for (let image = 0; image < 40; image++) {
            // 50 ms of the board in 100 ms of this computer, 5 frames in each.
            const endUs = (2 ** 32 - 1_000_000 + 50_000 * image) % 2 ** 32
            board.map.setUint32(GrabberReg.FRAMES, 5 * image, true)
            board.sendImage(image, 5 * image, endUs)
            await vi.advanceTimersByTimeAsync(100)
        }
        const { measuredFps, ratio, link } = target.live()

        expect(measuredFps).toBeCloseTo(100, 0)
        expect(ratio).toBeCloseTo(0.5, 1)
        expect(link).toMatchObject({
            baud: 913_043,
            pictures: 40,
            skipped: 7,
            corrupt: 0,
            requestsDropped: 42,
        })
        expect(link!.share).toBeCloseTo(link!.bytesPerSecond / 91_304.3, 6)
        expect(link!.bytesPerSecond).toBeGreaterThan(1000)
    })

    it("counts images that got lost", async () => {
        await start()

        board.sendImage(1, 1, 10_000)
        board.sendImage(4, 9, 90_000)

        expect(target.live().link).toMatchObject({ pictures: 2, corrupt: 2 })
    })

    it("sends as much of a frame as lets some images per second", async () => {
        await start()
        await vi.advanceTimersByTimeAsync(600)
        const first = board.streams.map(([on, reduce]) => [on, reduce])
        board.setWindow({ x: 0, y: 0, width: 160, height: 120 })
        await vi.advanceTimersByTimeAsync(1100)
        target.setReduction(4)
        await vi.advanceTimersByTimeAsync(1100)

        expect(first).toEqual([[1, 2]])
        expect(board.streams.map(([on, reduce]) => [on, reduce])).toEqual([
            [1, 2],
            [1, 1],
            [1, 4],
        ])
        expect(target.live().link!.reduction).toEqual({ wanted: 4, applied: 4 })
    })

    it("says why it sends no images", async () => {
        await start()
        const before = target.live().link!.note
        board.map.setUint8(GrabberReg.MODE_STRATEGY, Strategy.LINE)
        board.map.setUint8(GrabberReg.LINE_DESTINATION, 1)
        await vi.advanceTimersByTimeAsync(600)
        const batches = target.live().link!.note
        board.map.setUint8(GrabberReg.MODE_STRATEGY, Strategy.JPEG)
        board.map.setUint8(GrabberReg.MODE_FORMAT, 4)
        board.map.setUint8(GrabberReg.MODE_BUFFERS, 1)
        await vi.advanceTimersByTimeAsync(600)

        expect(before).toBe("")
        expect(batches).toContain("batches of rows are not sent")
        expect(target.live().link!.note).toContain("two buffers")
    })

    it("says no more images when it is closed", async () => {
        await start()

        const closed = target.close()
        await vi.advanceTimersByTimeAsync(100)
        await closed

        expect(board.streams.at(-1)![0]).toBe(0)
        expect(board.open).toBe(false)
    })
})

describe("a board that does not answer", () => {
    it("is refused at the start", async () => {
        board.silent = true

        await expect(start()).rejects.toThrow(
            /^the board does not answer HELLO: .*Check the port/
        )
        expect(board.open).toBe(false)
    })

    it("of a name that nobody knows is refused at the start", async () => {
        board.name = "arduino"

        await expect(start()).rejects.toThrow('unknown board "arduino"')
    })

    it("any more is waited for, and taken up again", async () => {
        await start()

        board.silent = true
        await vi.advanceTimersByTimeAsync(5000)
        const { waiting, applied, link, ended } = target.live()
        board.silent = false
        await vi.advanceTimersByTimeAsync(5000)
        board.sendImage(1, 1, 10_000)

        expect(waiting).toContain("the board does not answer")
        expect({ applied, link, ended }).toEqual({})
        expect(target.live().waiting).toBeUndefined()
        expect(changes).toBe(1)
        expect(frames).toHaveLength(1)
    })

    it("because it has restarted is greeted again at once", async () => {
        await start()

        board.setWindow({ x: 8, y: 8, width: 100, height: 90 })
        board.restart()
        await vi.advanceTimersByTimeAsync(1000)

        expect(target.live().waiting).toBeUndefined()
        expect(changes).toBe(1)
        expect(target.request.window).toEqual({
            x: 8,
            y: 8,
            width: 100,
            height: 90,
        })
    })

    it("because it was unplugged is waited for until its port is there again", async () => {
        await start()

        absent = "port /dev/fake does not open"
        board.unplug()
        await vi.advanceTimersByTimeAsync(100)
        const first = target.live().waiting
        await vi.advanceTimersByTimeAsync(3000)
        const later = target.live().waiting
        absent = undefined
        await vi.advanceTimersByTimeAsync(1500)

        expect([first, later]).toEqual([absentWords, absentWords])
        expect(target.live().waiting).toBeUndefined()
    })

    it("and never will has ended", async () => {
        await start()

        target.end("the emulator ended")
        await vi.advanceTimersByTimeAsync(3000)

        expect(target.live()).toMatchObject({
            ended: "the emulator ended",
            waiting: undefined,
            applied: undefined,
        })
    })
})

const absentWords = "port /dev/fake does not open"

describe("a program update", () => {
    it("sends what was built, with the page's request, and knows the board again", async () => {
        await start(slot as never)
        target.control.want({
            ...target.request,
            window: { x: 8, y: 16, width: 100, height: 90 },
            fps: 0,
            strategy: Strategy.DCMI_CROP,
        })

        target.updateProgram()
        target.updateProgram()
        await vi.advanceTimersByTimeAsync(3000)

        expect(target.live()).toMatchObject({
            update: { phase: "done", written: 1, problem: "" },
            program: { sequence: 2 },
            waiting: undefined,
        })
        expect(changes).toBe(1)
        expect(board.begins).toHaveLength(1)
        const request = new Uint8Array(board.begins[0]!.buffer, 12, 72)
        expect(decodeRequest(request)).toMatchObject({
            window: { x: 8, y: 16, width: 100, height: 90 },
            strategy: Strategy.DCMI_CROP,
            buffers: 2, // the old program's
        })
    })

    it("that the board refuses says why, and the board goes on", async () => {
        await start(slot as never)
        board.refusal = [ErrorCode.OTHER_VM, 0x12345678, 0xb04267a5]

        target.updateProgram()
        await vi.advanceTimersByTimeAsync(5000)
        const { update, program, waiting } = target.live()

        expect(update).toMatchObject({ phase: "failed" })
        expect(update!.problem).toContain(
            "the board refuses PROGRAM_BEGIN: the program is built for VM 0x12345678"
        )
        expect(board.heard).toContain(MessageType.RESET)
        expect(program!.sequence).toBe(1)
        expect(waiting).toBeUndefined()
    })

    it("that does not compile says where, and disturbs nothing", async () => {
        await start(() =>
            Promise.reject(new CamscriptError("main.ts:3: no such thing"))
        )

        target.updateProgram()
        await vi.advanceTimersByTimeAsync(3000)

        expect(target.live().update).toEqual({
            phase: "failed",
            written: 0,
            problem: "main.ts:3: no such thing",
        })
        expect(board.begins).toEqual([])
        expect(changes).toBe(0)
    })

    it("after which the old program runs has failed", async () => {
        await start(slot as never)
        board.rejectsNew = true

        target.updateProgram()
        await vi.advanceTimersByTimeAsync(3000)

        expect(target.live().update!.problem).toContain(
            "as number 2, but started number 1 (src/main.ts)"
        )
    })

    it("that falls silent on the way says so, and is over", async () => {
        await start(async options => {
            board.silent = true
            return slot(options as never)
        })

        target.updateProgram()
        await vi.advanceTimersByTimeAsync(20_000)
        board.silent = false
        await vi.advanceTimersByTimeAsync(5000)

        expect(target.live().update!.problem).toContain(
            "the board does not answer PROGRAM_BEGIN"
        )
        expect(target.live().waiting).toBeUndefined()
    })
})
