// SPDX-License-Identifier: MIT
// The self-test on the simulator: every fault alone has its name, a healthy board has none.

import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { boardNames, readBoard } from "../../../../boards/board-file.ts"
import { main } from "../../../../host/main.ts"
import { SENSORS } from "../../../../protocol/names.ts"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"
import { selftestCase } from "../../../support/selftest/selftest-rig.ts"
import {
    BUS,
    NAMED_FAULTS,
    ROWS,
    SHORTED,
    STUCK,
    SWAPPED,
    SYNC,
    type NamedFault,
} from "../../../support/selftest/selftest-faults.ts"

const BOARDS = boardNames()
/** Of the faults. */
const BOARD = "nucleo-f446re"
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"

const TABLE = Object.entries({
    STUCK,
    SWAPPED,
    SHORTED,
    SYNC,
    ROWS,
    BUS,
}) as readonly [string, readonly NamedFault[]][]

async function findingsOf(
    board: string,
    sensor: (typeof SENSORS)[number],
    fault: NamedFault["fault"]
): Promise<string[]> {
    const { findings, ok } = await selftestCase({ board, sensor, fault })
    expect(ok).toBe(findings.length === 0)
    return findings.map(({ name, part }) => `${name} ${part}`)
}

function said({ name, part }: NamedFault): unknown {
    return part === undefined
        ? [expect.stringMatching(new RegExp(`^${name} `))]
        : [`${name} ${part}`]
}

describe.each(SENSORS)("%s", sensor => {
    describe.each(TABLE)("%s", (_, faults) => {
        it.each(faults.map(one => [JSON.stringify(one.fault), one] as const))(
            "%s",
            async (_, one) => {
                expect(await findingsOf(BOARD, sensor, one.fault)).toEqual(
                    said(one)
                )
            }
        )
    })

    it.each(BOARDS)("nothing is found on a healthy %s", async board => {
        const { ok, findings } = await selftestCase({ board, sensor })
        expect({ ok, findings }).toEqual({ ok: true, findings: [] })
    })

    // Five minutes: with npm run test:long only.
    if (LONG)
        it.each(BOARDS.filter(board => board !== BOARD))(
            "every fault on %s",
            async board => {
                for (const one of NAMED_FAULTS)
                    expect(
                        await findingsOf(board, sensor, one.fault),
                        JSON.stringify(one.fault)
                    ).toEqual(said(one))
            }
        )

    it("finds out that nothing is plugged in, and that something else is", async () => {
        const absent = await selftestCase({ sensor, sensorAddress: null })
        expect(absent.findings.map(({ name }) => name)).toEqual([
            "sensor-absent",
        ])
        const other = await selftestCase({
            sensor,
            sensorAddress: null,
            prepare: ({ chip }) =>
                chip.i2cBus.attach({
                    name: "EEPROM",
                    address: 0x50,
                    start: () => true,
                    write: () => true,
                    read: () => 0,
                    stop: () => {},
                }),
        })
        expect(other.findings).toMatchObject([
            {
                name: "sensor-address",
                detail: expect.stringContaining("0x50") as string,
            },
        ])
    })

    it("says in words which pins a wire has", async () => {
        const { dcmi } = readBoard(BOARD, sensor).sensor
        const { findings } = await selftestCase({
            sensor,
            fault: { fault: "data-stuck", line: 3, level: 0 },
        })
        expect(findings).toHaveLength(1)
        const { detail } = findings[0]!
        expect(detail).toContain("always low")
        expect(detail).toContain(dcmi.D3.pin)
        expect(detail).toContain(sensor === "ov2640" ? "Y5" : "DOUT5")
    })

    it("RESET or STANDBY that are not wired are notes, no faults", async () => {
        const cut = await selftestCase({
            sensor,
            prepare: simulation => {
                simulation.sensor.setReset = () => {}
                simulation.sensor.setStandby = () => {}
            },
        })
        expect(cut.findings).toEqual([])
        expect(cut.notes.filter(note => /not wired/.test(note))).toHaveLength(2)
        const wired = await selftestCase({ sensor })
        expect(wired.notes.filter(note => /works/.test(note))).toHaveLength(2)
    })
})

describe("camscript selftest", () => {
    async function command(...args: string[]) {
        const terminal = recordingTerminal()
        const exitCode = await main(["selftest", ...args], terminal)
        return { exitCode, stdout: terminal.stdout, stderr: terminal.stderr }
    }

    function faultFile(faults: unknown): string {
        const folder = mkdtempSync(join(tmpdir(), "camscript-selftest-"))
        const path = join(folder, "faults.json")
        writeFileSync(path, JSON.stringify(faults))
        return path
    }

    it("exits with 0 and one JSON object for a healthy board", async () => {
        const { exitCode, stdout, stderr } = await command("--json")
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" })
        expect(JSON.parse(stdout)).toMatchObject({ ok: true, findings: [] })
    })

    it("exits with 1 and says what is wrong, the same each time", async () => {
        const faults = faultFile([
            { at: 0, fault: "data-swapped", lines: [2, 5] },
        ])
        const first = await command("--faults", faults)
        expect(first.exitCode).toBe(1)
        expect(first.stdout).toMatch(/^data-swapped {2}D2, D5\n/)
        expect(first.stdout).toMatch(/DOUT7/)
        expect(await command("--faults", faults)).toEqual(first)
    })

    it("refuses faults for a board at a port, and boards that there are not", async () => {
        const faults = faultFile([{ at: 0, fault: "pixclk-edge" }])
        const port = await command("--target", "/dev/x", "--faults", faults)
        expect(port.exitCode).toBe(2)
        expect(port.stderr).toMatch(/nothing here can break the board/)
        const board = await command("--board", "h743")
        expect(board.exitCode).toBe(2)
    })
})
