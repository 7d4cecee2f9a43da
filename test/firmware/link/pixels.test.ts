// SPDX-License-Identifier: MIT
// Images that the firmware makes of frames: formats, reductions, bands, and what it does not send.

import { beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { LinkImage } from "../../../host/link/frame-receiver.ts"
import { LinkClient } from "../../../host/link/link-client.ts"
import type { StreamRequest } from "../../../protocol/link/pixel-messages.ts"
import { frameOf } from "../../support/native/rig.ts"
import { randomWords } from "../../support/firmware/slots/fake-flash.ts"
import {
    compileFirmware,
    SCRATCH,
} from "../../support/firmware/slots/firmware-wasm.ts"
import { CaptureRig } from "../../support/firmware/link/capture-rig.ts"
import { ChipRig } from "../../support/firmware/link/chip-rig.ts"

const MS = 1e6
/** Formats of a descriptor, and bytes of a pixel, or of two that share their colour. */
const GRAY = 1
const RGB565 = 2
const YUV422 = 3
const JPEG = 4

const DESCRIPTOR = SCRATCH + 0x3000
const PIXELS = SCRATCH + 0x4000

let rig: ChipRig
let client: LinkClient
let images: LinkImage[]

beforeAll(async () => {
    await compileFirmware()
})

beforeEach(async () => {
    rig = await ChipRig.create()
    client = new LinkClient({ stream: rig, timer: rig.timer, session: 1 })
    images = []
    client.onFrame = image => images.push(image)
    await rig.until(client.hello())
})

interface Frame {
    readonly format: number
    /** Bytes of a row. */
    readonly columns: number
    readonly rows: number
    readonly sequence: number
    readonly bytes: Uint8Array
}

function randomFrame(
    format: number,
    columns: number,
    rows: number,
    sequence = 7
): Frame {
    const random = randomWords(sequence)
    const bytes = Uint8Array.from(
        { length: columns * rows },
        () => random() & 0xff
    )
    return { format, columns, rows, sequence, bytes }
}

/** Give a frame to the link, as the program gets it: of a buffer that cannot be pinned, as nothing is captured. */
function give(frame: Frame): void {
    const { format, columns, rows, sequence, bytes } = frame
    rig.bytes.fill(0, DESCRIPTOR, DESCRIPTOR + 48)
    rig.bytes[DESCRIPTOR + 2] = format
    rig.view.setUint32(DESCRIPTOR + 4, sequence, true)
    rig.view.setUint32(DESCRIPTOR + 12, 1000 * sequence, true)
    rig.view.setUint32(DESCRIPTOR + 32, bytes.length, true)
    rig.view.setUint16(DESCRIPTOR + 36, columns, true)
    rig.view.setUint16(DESCRIPTOR + 38, rows, true)
    rig.bytes.set(bytes, PIXELS)
    rig.exports.cam_link_frame(DESCRIPTOR, PIXELS)
    // What the program does with its buffer afterwards is not the link's business.
    rig.bytes.fill(0xee, PIXELS, PIXELS + bytes.length)
}

/** Each `reduce`th of the units of each `reduce`th row. */
function reduced(frame: Frame, unit: number, reduce: number): Uint8Array {
    const { columns, rows, bytes } = frame
    const out: number[] = []
    for (let row = 0; row < rows; row += reduce)
        for (let column = 0; column < columns; column += unit * reduce)
            for (let i = 0; i < unit; i++)
                out.push(bytes[row * columns + column + i]!)
    return Uint8Array.from(out)
}

async function stream(request: StreamRequest): Promise<void> {
    await rig.until(client.stream(request))
}

describe("a frame that cannot be pinned", () => {
    it.each([
        ["gray", GRAY, 1, 52, 21],
        ["gray of odd sizes", GRAY, 1, 53, 23],
        ["gray of one row", GRAY, 1, 700, 1],
        ["RGB565", RGB565, 2, 104, 11],
        ["RGB565 of odd sizes", RGB565, 2, 106, 13],
        ["YUV 4:2:2", YUV422, 4, 104, 11],
        ["YUV 4:2:2 of odd sizes", YUV422, 4, 108, 13],
    ])(
        "%s comes in bands of the same frame given again, reduced by 1, 2 and 4",
        async (_, format, unit, columns, rows) => {
            const frame = randomFrame(format, columns, rows)
            for (const reduce of [1, 2, 4] as const) {
                images.length = 0
                await stream({ reduce })
                for (let i = 0; i < 20 && images.length === 0; i++) {
                    give(frame)
                    rig.run(10 * MS)
                }

                const bytes = reduced(frame, unit, reduce)
                expect(images).toHaveLength(1)
                expect(images[0]).toMatchObject({
                    reduce,
                    rows: Math.ceil(rows / reduce),
                    columns: bytes.length / Math.ceil(rows / reduce),
                    descriptor: {
                        format,
                        sequence: 7,
                        sizeBytes: columns * rows,
                    },
                })
                expect(images[0]!.bytes).toEqual(bytes)
                expect(images[0]!.bands.map(({ offset }) => offset)).toEqual(
                    Array.from(
                        { length: Math.ceil(bytes.length / 480) },
                        (_, i) => 480 * i
                    )
                )
            }
        }
    )

    it("gives bands of successive frames, each with its own bytes", async () => {
        await stream({ reduce: 1 })
        const frames = [3, 4, 6, 9].map(n => randomFrame(GRAY, 80, 20, n))
        for (const frame of frames) {
            give(frame)
            rig.run(10 * MS)
        }

        expect(images).toHaveLength(1)
        expect(images[0]!.bands).toEqual(
            frames.map(({ sequence }, i) => ({
                offset: 480 * i,
                sequence,
                endUs: 1000 * sequence,
            }))
        )
        const expected = frames.map(({ bytes }, i) =>
            bytes.subarray(480 * i, 480 * (i + 1))
        )
        expect(Buffer.concat(expected).equals(images[0]!.bytes)).toBe(true)
    })

    it("does not go on with a frame of another size: the image is abandoned", async () => {
        await stream({ reduce: 1 })
        give(randomFrame(GRAY, 80, 20, 1))
        rig.run(10 * MS)
        give(randomFrame(GRAY, 84, 20, 2))
        for (const sequence of [3, 4, 5]) {
            rig.run(10 * MS)
            give(randomFrame(GRAY, 84, 20, sequence))
        }
        rig.run(10 * MS)

        expect(images.map(({ columns }) => columns)).toEqual([84])
        expect(await rig.until(client.streamState())).toMatchObject({
            sent: 1,
            abandoned: 1,
            bands: 3,
        })
    })

    it.each([
        ["asked for whole", { whole: true }, GRAY],
        ["compressed", {}, JPEG],
    ])("is not sent when %s, but counted", async (_, request, format) => {
        await stream(request)
        for (const sequence of [1, 2, 3]) {
            give(randomFrame(format, 80, 20, sequence))
            rig.run(10 * MS)
        }

        expect(images).toEqual([])
        expect(await rig.until(client.streamState())).toMatchObject({
            sent: 0,
            skipped: 3,
            abandoned: 0,
        })
    })
})

/** Of the camera's frames in these tests. */
const COLUMNS = 64
const ROWS = 64

describe("a frame of two buffers", () => {
    it("is compressed, and comes as it is", async () => {
        const sizes = [1, 239, 240, 241, 1000]
        const jpegs = new Map<number, Uint8Array>()
        rig.frameDelivered = (descriptor, pixels) => {
            const { view, bytes } = rig
            const sequence = view.getUint32(descriptor + 4, true)
            const size = sizes[sequence % sizes.length]!
            view.setUint8(descriptor + 2, JPEG)
            view.setUint32(descriptor + 32, size, true)
            jpegs.set(sequence, bytes.slice(pixels, pixels + size))
            rig.exports.cam_link_frame(descriptor, pixels)
        }
        await stream({ reduce: 4 })
        // Slow enough for the line: an image takes 15 ms.
        const capture = new CaptureRig(rig, {
            ...{ columns: COLUMNS, rows: ROWS, rowNs: 400_000 },
        })
        rig.run(300 * MS, () => capture.look())

        expect(images.length).toBeGreaterThan(5)
        for (const { reduce, rows, bytes, descriptor, bands } of images) {
            const jpeg = jpegs.get(descriptor.sequence)!
            expect({ reduce, rows }).toEqual({ reduce: 1, rows: 1 })
            expect(bands).toHaveLength(1)
            expect(Buffer.compare(bytes, jpeg)).toBe(0)
        }
        const seen = new Set(images.map(({ bytes }) => bytes.length))
        expect([...seen].sort((a, b) => a - b)).toEqual(sizes)
        expect(capture.counters()[2]).toBe(0)
    })

    it("gives its buffer back in time; the image goes on with others, each byte its own frame's", async () => {
        rig.frameDelivered = (descriptor, pixels) =>
            void rig.exports.cam_link_frame(descriptor, pixels)
        await stream({ reduce: 1 })
        // 1.3 ms for a frame, 45 ms for an image.
        const capture = new CaptureRig(rig, {
            ...{ columns: COLUMNS, rows: ROWS, rowNs: 20_000 },
        })
        rig.run(300 * MS, () => capture.look())

        expect(images.length).toBeGreaterThan(4)
        for (const image of images) expectBytesOfBands(image)
        expect(images.some(({ bands }) => bands.length > 3)).toBe(true)
        expect(capture.counters()[2]).toBe(0)
    })

    it("that is gone before the image was announced gives it nothing: it is all the next one's", async () => {
        let given = 0
        rig.frameDelivered = (descriptor, pixels) => {
            given++
            rig.exports.cam_link_frame(descriptor, pixels)
        }
        await stream({ reduce: 1, whole: false })
        const capture = new CaptureRig(rig, {
            ...{ columns: COLUMNS, rows: ROWS, rowNs: 20_000 },
        })
        // The queue is full: nothing can be announced.
        rig.run(30 * MS, () => {
            capture.look()
            for (let i = 0; i < 8; i++) rig.log(1, "x".repeat(200))
        })
        expect(given).toBeGreaterThan(10)
        rig.run(200 * MS, () => capture.look())

        expect(images.length).toBeGreaterThan(2)
        for (const image of images) expectBytesOfBands(image)
        expect(images[0]!.descriptor.sequence).toBeGreaterThan(10)
        expect(client.images).toMatchObject({ corrupt: 0, missed: 0 })
    })

    it("is skipped when it comes in batches of rows", async () => {
        let given = 0
        rig.frameDelivered = (descriptor, pixels) => {
            given++
            rig.exports.cam_link_frame(descriptor, pixels)
        }
        await stream({ reduce: 1 })
        const capture = new CaptureRig(rig, {
            ...{ columns: 16, rows: 8, batchRows: 4, buffers: 3 },
        })
        rig.run(50 * MS, () => capture.look())

        expect(given).toBeGreaterThan(20)
        expect(images).toEqual([])
        expect(await rig.until(client.streamState())).toMatchObject({
            sent: 0,
            skipped: given,
        })
    })
})

function expectBytesOfBands({ bytes, bands }: LinkImage): void {
    bands.forEach(({ offset, sequence }, i) => {
        const end = bands[i + 1]?.offset ?? bytes.length
        const frame = frameOf(sequence, COLUMNS, ROWS)
        expect(
            Buffer.compare(
                bytes.subarray(offset, end),
                frame.subarray(offset, end)
            )
        ).toBe(0)
    })
}
