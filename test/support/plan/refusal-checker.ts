// SPDX-License-Identifier: MIT
// Whether a refusal of the planner is true: its numbers are the request's, and they do break the limit it names.

import type { Given } from "./plan-checker.ts"

const JPEG_FORMAT = 4
const JPEG_STRATEGY = 5

interface Refusal {
    readonly pattern: RegExp
    /** Whether it is true. */
    readonly isTrue: (given: Given, match: RegExpExecArray) => boolean
}

const isMt9v034 = ({ sensor }: Given) => sensor === "MT9V034"

const field = ({ sensor }: Given) =>
    sensor === "MT9V034"
        ? { width: 752, height: 480 }
        : { width: 1600, height: 1200 }

/** The size that was asked for, in whole pixels. */
function asked(given: Given): { width: number; height: number } {
    const { width, height } = given.request.window ?? field(given)
    return { width: Math.floor(width), height: Math.floor(height) }
}

const number = (text: string | undefined) => Number(text)

const REFUSALS: readonly Refusal[] = [
    {
        pattern: /^window \S+ has no pixels$/,
        isTrue: given => {
            const { width, height } = asked(given)
            return !(width >= 1 && height >= 1)
        },
    },
    {
        pattern: /^window \S+ starts before column 0 or row 0$/,
        isTrue: ({ request: { window } }) =>
            !((window!.x ?? 0) >= 0 && (window!.y ?? 0) >= 0),
    },
    {
        pattern: /^window \S+ ends at column (\S+), the \w+ has (\d+)$/,
        isTrue: (given, [, end, limit]) =>
            number(limit) === field(given).width &&
            number(end) > number(limit) &&
            number(end) ===
                Math.floor(given.request.window!.x ?? 0) + asked(given).width,
    },
    {
        pattern: /^window \S+ ends at row (\S+), the \w+ has (\d+)$/,
        isTrue: (given, [, end, limit]) =>
            number(limit) === field(given).height &&
            number(end) > number(limit) &&
            number(end) ===
                Math.floor(given.request.window!.y ?? 0) + asked(given).height,
    },
    {
        pattern:
            /needs (\d+) bytes per (frame|batch of (\d+) rows); the board has (-?\d+) bytes of frame memory/,
        isTrue: (given, [, needs, , , has]) => {
            const rest = given.board.frameMemoryBytes - number(has)
            const rows = given.request.strategy === 1 ? rest : 0
            return number(needs) > number(has) && rest === rows && rest >= 0
        },
    },
    {
        pattern:
            /needs (\d+) bytes per (?:frame|batch of \d+ rows); the request allows (\S+) bytes/,
        isTrue: (given, [, needs, allows]) =>
            Object.is(number(allows), given.request.ramBytes) &&
            !(number(needs) <= number(allows)),
    },
    {
        pattern:
            /^a JPEG of (\d+)x(\d+) has at least (\d+) bytes; the (board|request) \w+ (\S+) bytes/,
        isTrue: (given, [, width, height, least, who, has]) => {
            const limit =
                who === "board"
                    ? given.board.frameMemoryBytes
                    : given.request.ramBytes
            // A black frame as a still encoder writes it: 20 bits for each 16x8 pixels, to the next 16 bytes.
            const scan = (number(width) * number(height) * 20) / 128 / 8
            return (
                Object.is(number(has), limit) &&
                !(number(least) <= number(has)) &&
                number(least) - scan < 19
            )
        },
    },
    {
        pattern:
            /^(strategy|format) jpeg needs an encoder, the MT9V034 has none$/,
        isTrue: (given, [, what]) =>
            isMt9v034(given) &&
            (what === "format"
                ? given.request.format === JPEG_FORMAT
                : given.request.strategy === JPEG_STRATEGY),
    },
    {
        pattern: /^format (rgb565|yuv422): the MT9V034 sends gray8 only$/,
        isTrue: given =>
            isMt9v034(given) && [2, 3].includes(given.request.format!),
    },
    {
        pattern: /^strategy \S+ drops pixels, and a JPEG has none any more/,
        isTrue: ({ request }) =>
            request.format === JPEG_FORMAT &&
            request.strategy !== JPEG_STRATEGY,
    },
    {
        pattern:
            /^strategy jpeg sends jpeg, the request wants (gray8|rgb565|yuv422)$/,
        isTrue: ({ request }) =>
            request.strategy === JPEG_STRATEGY &&
            [1, 2, 3].includes(request.format!),
    },
    {
        pattern: /needs a scaler, the MT9V034 has none$/,
        isTrue: given => {
            const { size, window } = given.request
            const whole = window ?? field(given)
            const binning = given.request.binning || 1
            const one = (px: number) => Math.floor(px / binning)
            return (
                isMt9v034(given) &&
                (size!.width !== one(whole.width) ||
                    size!.height !== one(whole.height))
            )
        },
    },
    {
        pattern:
            /^frame (\S+)x(\S+) of window .* would be enlarged, the OV2640 only scales down$/,
        isTrue: (given, [, width, height]) => {
            const grid = (px: number) => Math.max(4, Math.floor(px / 4) * 4)
            return (
                grid(number(width)) > grid(asked(given).width) ||
                grid(number(height)) > grid(asked(given).height)
            )
        },
    },
    {
        pattern:
            /^frame (\d+)x(\d+) of window .* is smaller than 40x32, the OV2640's smallest$/,
        isTrue: (_, [, width, height]) =>
            number(width) < 40 || number(height) < 32,
    },
    {
        pattern: /^frame \S+x\S+ has no pixels$/,
        isTrue: ({ request: { size } }) =>
            !(size!.width >= 0 && size!.height >= 0),
    },
    {
        pattern:
            /^strategy (\S+) needs window (\d+)x(\d+)\S+ at the scale of (\d+)x(\d+)\+(\d+)\+(\d+) to (\d+)x(\d+), which is not/,
        isTrue: (given, [, , ...numbers]) =>
            !scalesWhole(given, numbers.map(Number)),
    },
    {
        pattern:
            /^a frame of (\d+) words is not 2\.\.64 equal transfers of at most 65535/,
        isTrue: (_, [, text]) => {
            const words = number(text)
            for (let count = 1; count <= 64; count++)
                if (words % count === 0 && words / count <= 65_535) return false
            return true
        },
    },
    {
        pattern: /^XVCLK is (\d+) Hz, the OV2640 takes 6000000\.\.24000000 Hz$/,
        isTrue: given => given.board.xclkHz > 24e6 && !isMt9v034(given),
    },
    {
        pattern: /^binning 3 is none of 1, 2, 4$/,
        isTrue: ({ request }) => request.binning === 3,
    },
    {
        pattern:
            /^binning (\d): the OV2640 scales the frame instead, to any size; take --size (\S+)x(\S+)$/,
        isTrue: (given, [, binning, width, height]) => {
            const factor = given.request.binning!
            const whole = asked(given)
            return (
                !isMt9v034(given) &&
                factor > 1 &&
                number(binning) === factor &&
                Object.is(number(width), Math.floor(whole.width / factor)) &&
                Object.is(number(height), Math.floor(whole.height / factor))
            )
        },
    },
    {
        pattern: /^frame rate (\S+) is not 0 or above$/,
        isTrue: ({ request: { fps } }) => !(fps! >= 0),
    },
    {
        pattern: /^strategy 9 is unknown$/,
        isTrue: ({ request }) => Number(request.strategy) === 9,
    },
    {
        pattern: /^timing 3 is none of 0\.\.2$/,
        isTrue: ({ request }) => Number(request.timing) === 3,
    },
    {
        pattern: /^(\S+) buffers are not 0 or more$/,
        isTrue: ({ request: { buffers } }) => !(buffers! >= 0),
    },
    {
        pattern: /^a batch of (\S+) rows is not in 0\.\.255$/,
        isTrue: ({ request: { batchRows } }) =>
            !(batchRows! >= 0 && batchRows! <= 255),
    },
]

/** Whether more of the field can come at the scale of a window, cut at whole pixels. */
function scalesWhole(given: Given, numbers: number[]): boolean {
    const [readWidth, readHeight, width, height, x, y, outWidth, outHeight] =
        numbers as [
            number,
            number,
            number,
            number,
            number,
            number,
            number,
            number,
        ]
    const bus = [
        (readWidth * outWidth) / width,
        (readHeight * outHeight) / height,
    ] as const
    const skips = [
        (x * outWidth) / width,
        given.request.strategy === 4 ? 0 : (y * outHeight) / height,
    ]
    const pairs = given.request.format === 3 ? 2 : 1
    return (
        bus.every(px => px % 4 === 0) &&
        // Below this the OV2640 reads 296 rows, a quarter of 1184 and not of 1200.
        !(bus[0] <= 400 && bus[1] <= 296) &&
        skips[0]! % pairs === 0 &&
        skips[1]! % 1 === 0
    )
}

/** Refusals that were seen to be true, and those that there are. */
export class RefusalChecker {
    private readonly seen = new Set<RegExp>()

    /** Refusals that no request met. */
    unseen(): RegExp[] {
        return REFUSALS.map(({ pattern }) => pattern).filter(
            pattern => !this.seen.has(pattern)
        )
    }

    /** @returns what is wrong with a refusal; empty when it is true */
    contradictions(message: string, given: Given): string[] {
        if (message.length >= 200)
            return [`too long for the VM's console: ${message}`]
        for (const { pattern, isTrue } of REFUSALS) {
            const match = pattern.exec(message)
            if (!match) continue
            this.seen.add(pattern)
            return isTrue(given, match) ? [] : [`not true: ${message}`]
        }
        return [`unknown: ${message}`]
    }
}
