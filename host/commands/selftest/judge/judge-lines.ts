// SPDX-License-Identifier: MIT
// Data lines by their signatures: what each line was in a number of bytes that are known. Pure.

import { dataLine, type Finding, type Wiring } from "./findings.ts"

const LINES = [0, 1, 2, 3, 4, 5, 6, 7]

/** What was sent, and what arrived. */
export interface Sample {
    readonly sent: number
    readonly arrived: number
}

/** What a line was in each sample: "0110". */
function signature(bytes: readonly number[], line: number): string {
    return bytes.map(byte => (byte >> line) & 1).join("")
}

function combined(
    a: string,
    b: string,
    combine: (a: boolean, b: boolean) => boolean
): string {
    return [...a]
        .map((bit, i) => (combine(bit === "1", b[i] === "1") ? "1" : "0"))
        .join("")
}

/** Name what is wrong with the data lines. */
export function judgeLines(
    samples: readonly Sample[],
    wiring: Wiring
): Finding[] {
    const sent = LINES.map(line =>
        signature(
            samples.map(sample => sample.sent),
            line
        )
    )
    const arrived = LINES.map(line =>
        signature(
            samples.map(sample => sample.arrived),
            line
        )
    )
    const wrong = new Set(LINES.filter(line => sent[line] !== arrived[line]))
    const findings: Finding[] = []
    const name = (finding: Finding, ...lines: number[]): void => {
        findings.push(finding)
        for (const line of lines) wrong.delete(line)
    }
    for (const line of [...wrong])
        if (/^(0+|1+)$/.test(arrived[line]!))
            name(stuck(line, arrived[line]!.startsWith("1"), wiring), line)
    for (const a of LINES)
        for (const b of LINES.slice(a + 1)) {
            if (!wrong.has(a) && !wrong.has(b)) continue
            const isBoth = (bits: string): boolean =>
                arrived[a] === bits && arrived[b] === bits
            const and = combined(sent[a]!, sent[b]!, (x, y) => x && y)
            const or = combined(sent[a]!, sent[b]!, (x, y) => x || y)
            if (isBoth(and) || isBoth(or)) name(shorted(a, b, wiring), a, b)
            else if (arrived[a] === sent[b] && arrived[b] === sent[a])
                name(swapped(a, b, wiring), a, b)
        }
    for (const line of [...wrong]) {
        const other = sent.indexOf(arrived[line]!)
        if (other >= 0) name(swapped(line, other, wiring), line)
    }
    if (wrong.size > 0) findings.push(unnamed([...wrong], samples, wiring))
    return findings
}

function stuck(line: number, high: boolean, wiring: Wiring): Finding {
    const signal = dataLine(line)
    return {
        name: "data-stuck",
        part: signal,
        detail: `${signal} is always ${high ? "high" : "low"}: check for an open wire, and for a contact with ${high ? "3.3 V" : "ground"}: ${wiring.wire(signal)}`,
    }
}

function swapped(a: number, b: number, wiring: Wiring): Finding {
    const [first, second] = [dataLine(a), dataLine(b)]
    return {
        name: "data-swapped",
        part: `${first}, ${second}`,
        detail: `${wiring.chipPin(first)} (${first}) gets what ${wiring.sensorPin(second)} of the ${wiring.sensor} sends, which belongs to ${wiring.chipPin(second)} (${second}): exchange the wires of ${first} and ${second}`,
    }
}

function shorted(a: number, b: number, wiring: Wiring): Finding {
    const [first, second] = [dataLine(a), dataLine(b)]
    return {
        name: "data-shorted",
        part: `${first}, ${second}`,
        detail: `${first} and ${second} are always the same: check for a bridge between them: ${wiring.wire(first)}, ${wiring.wire(second)}`,
    }
}

function unnamed(
    lines: readonly number[],
    samples: readonly Sample[],
    wiring: Wiring
): Finding {
    const names = lines.map(line => dataLine(line))
    const hex = (bytes: readonly number[]): string =>
        bytes.map(byte => byte.toString(16).padStart(2, "0")).join(" ")
    return {
        name: "data-wrong",
        part: names.join(", "),
        detail: `the pattern arrives changed in a way that no single fault of a wire explains; sent ${hex(samples.map(({ sent }) => sent))}, arrived ${hex(samples.map(({ arrived }) => arrived))}: check ${names.map(name => wiring.wire(name)).join(", ")}`,
    }
}
