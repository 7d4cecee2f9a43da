// SPDX-License-Identifier: MIT
// The wiring against the files that it comes from, read here anew; and `camscript wiring` as people and programs read it.

import { mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { boardNames } from "../../../boards/board-file.ts"
import { sensorModules } from "../../../boards/sensor-module.ts"
import { main } from "../../../host/main.ts"
import {
    drawingPath,
    workingWirings,
} from "../../../host/wiring/wiring-markdown.ts"
import { wiringSvg } from "../../../host/wiring/wiring-svg.ts"
import type { Wiring } from "../../../host/wiring/wiring.ts"
import { wiringPage } from "../../../scripts/images/wiring.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { recordingTerminal } from "../../support/host/recording-terminal.ts"

async function wiring(line: string) {
    const terminal = recordingTerminal()
    const exitCode = await main(["wiring", ...line.split(" ")], terminal)
    return { exitCode, stdout: terminal.stdout, stderr: terminal.stderr }
}

async function json(line: string): Promise<Wiring> {
    const { stdout } = await wiring(`${line} --json`)
    return JSON.parse(stdout) as Wiring
}

interface RawPin {
    readonly pin: string
    readonly af?: number
}
/** As far as pins go. */
interface RawBoard {
    readonly console: { readonly tx: RawPin; readonly rx: RawPin }
    readonly sensor: {
        readonly dcmi: Readonly<Record<string, RawPin>>
        readonly i2c: { readonly scl: RawPin; readonly sda: RawPin }
        readonly xclk: Readonly<Record<string, Partial<RawPin>>>
        readonly reset: RawPin
        readonly standby: RawPin
        readonly exposure: RawPin
    }
    readonly wiring: {
        readonly headers: Readonly<Record<string, readonly string[]>>
        readonly supplies: Readonly<Record<string, readonly string[]>>
        readonly onBoard: Readonly<Record<string, { readonly part: string }>>
    }
}

function rawBoard(name: string): RawBoard {
    return JSON.parse(
        readFileSync(join(projectRoot, "boards", `${name}.json`), "utf8")
    ) as RawBoard
}

/** "D1 CN9-2?" without the name. */
const placeOf = (text: string): string => text.split(" ").at(-1)!

const PAIRS = boardNames().flatMap(board =>
    sensorModules().map(module => [board, module] as const)
)

describe.each(PAIRS)("%s with $name", (name, module) => {
    const line = `--board ${name} --sensor ${module.sensor} --module ${module.name}`

    it("has the pins and places of the board file, and every pad of the module", async () => {
        const made = await json(line)
        const raw = rawBoard(name)
        const { dcmi, i2c, xclk, reset, standby, exposure } = raw.sensor
        const clock = xclk[module.sensor]!
        const own = module.clock.source === "module"
        const pins: Record<string, RawPin> = {
            ...dcmi,
            SCL: i2c.scl,
            SDA: i2c.sda,
            RESET: reset,
            STANDBY: standby,
            EXPOSURE: exposure,
            ...(clock.pin === undefined || own
                ? {}
                : { XCLK: clock as RawPin }),
        }
        const padded = new Set(module.pads.map(({ signal }) => signal))
        const wanted = Object.entries(pins)
            .filter(([signal]) => padded.has(signal as "D0"))
            .map(([signal, { pin, af }]) => ({
                signal,
                pin,
                af,
                positions: raw.wiring.headers[pin]!.map(placeOf),
            }))
        const got = made.wires
            .filter(({ pin }) => pin !== undefined)
            .map(({ signal, pin, af, positions }) => ({
                signal,
                pin,
                af,
                positions,
            }))
        const bySignal = (a: { signal: string }, b: { signal: string }) =>
            a.signal < b.signal ? -1 : 1
        expect(got.sort(bySignal)).toEqual(wanted.sort(bySignal))
        for (const supply of ["3V3", "GND"])
            expect(
                made.wires.find(({ signal }) => signal === supply)!.positions
            ).toEqual(raw.wiring.supplies[supply]!.map(placeOf))
        const open = made.open.join("; ")
        for (const { label, signal } of module.pads)
            if (signal === "open") expect(open).toContain(label)
            else if (signal !== "XCLK" || pins["XCLK"])
                expect(
                    made.wires
                        .find(wire => wire.signal === signal)!
                        .pads.map(pad => pad.label),
                    label
                ).toContain(label)
    })

    it("names each clash that the board file has", async () => {
        const { wires, console, clashes } = await json(line)
        const { onBoard } = rawBoard(name).wiring
        const wanted = [...wires, ...console].filter(
            ({ pin }) => pin !== undefined && onBoard[pin]
        )
        expect(clashes.map(({ signal, pin }) => [signal, pin])).toEqual(
            wanted.map(({ signal, pin }) => [signal, pin])
        )
    })
})

describe("the modules' pads", () => {
    it.each(sensorModules())(
        "$name has each signal of the DCMI once",
        module => {
            const signals = module.pads.map(({ signal }) => signal)
            for (const signal of [
                "PIXCLK",
                "HSYNC",
                "VSYNC",
                "SCL",
                "SDA",
                ...Array.from({ length: 8 }, (_, line) => `D${line}`),
            ])
                expect(
                    signals.filter(other => other === signal),
                    signal
                ).toHaveLength(1)
            const numbers = module.pads.map(({ pad }) => pad).filter(pad => pad)
            expect(new Set(numbers).size).toBe(numbers.length)
        }
    )
})

describe("camscript wiring", () => {
    it("prints a line per wire, the pull-ups and the clashes", async () => {
        const { exitCode, stdout } = await wiring("--board stm32f407ve")
        expect(exitCode).toBe(0)
        expect(stdout).toMatch(/PIXCLK +PA6 AF13 +J2-29 +46 PIXCLK +<- +3\.3/)
        expect(stdout).toMatch(/SCL and SDA to 3\.3 V: 1\.5 kΩ each/)
        expect(stdout).toMatch(/PIXCLK \(PA6\) is also LED D2 .*take out R13/)
    })

    it("takes the module that works on the board", async () => {
        const { module } = await json(
            "--board stm32f4-discovery --sensor ov2640"
        )
        expect(module.name).toBe("waveshare-ov2640")
        const nucleo = await json("--board nucleo-f446re --sensor ov2640")
        expect(nucleo.module.name).toBe("atk-mc2640")
    })

    it("says why a module without a clock does not work, and what would", async () => {
        const { problems } = await json(
            "--board nucleo-f446re --sensor ov2640 --module waveshare-ov2640"
        )
        expect(problems).toHaveLength(1)
        expect(problems[0]).toMatch(
            /has no oscillator.*take a module with an oscillator, or a board file with .*"hz":22500000,"timer":"TIM1"/
        )
    })

    it("says so of a module whose oscillator is not the board's clock", async () => {
        const { problems } = await json(
            "--board stm32f4-discovery --sensor ov2640 --module atk-mc2640"
        )
        expect(problems[0]).toMatch(/oscillator of 24 MHz .* PA8's 21 MHz/)
    })

    it("refuses a module of another sensor with the list", async () => {
        const { exitCode, stderr } = await wiring("--module atk-mc2640")
        expect(exitCode).toBe(2)
        expect(stderr).toBe(
            "camscript: --module atk-mc2640 is unknown: with the MT9V034 there is mt9v034\n"
        )
    })

    it("writes the drawing", async () => {
        const file = join(mkdtempSync(join(tmpdir(), "wiring-")), "a.svg")
        const { exitCode, stderr } = await wiring(`--svg ${file}`)
        expect(exitCode).toBe(0)
        expect(stderr).toBe(`drawing: ${file}\n`)
        const drawn = readFileSync(file, "utf8")
        for (const { pin, signal } of (await json("--sensor mt9v034")).wires)
            expect(drawn).toContain(`>${pin ?? signal}<`)
        const { exitCode: code, stderr: said } = await wiring(
            `--svg ${join(file, "b.svg")}`
        )
        expect(code).toBe(1)
        expect(said).toMatch(/--svg .* cannot be written: ENOTDIR/)
    })
})

describe("docs/wiring.md", () => {
    it("is what `npm run images -- wiring` makes", async () => {
        expect(readFileSync(join(projectRoot, "docs/wiring.md"), "utf8")).toBe(
            await wiringPage()
        )
    })

    it("has the drawings that are made, and no others", () => {
        const wirings = workingWirings()
        for (const made of wirings)
            expect(
                readFileSync(
                    join(projectRoot, "docs", drawingPath(made)),
                    "utf8"
                ),
                drawingPath(made)
            ).toBe(wiringSvg(made))
        expect(
            readdirSync(join(projectRoot, "docs/images/wiring")).sort()
        ).toEqual(
            wirings.map(made => drawingPath(made).split("/").at(-1)!).sort()
        )
    })
})
