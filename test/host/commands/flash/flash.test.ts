// SPDX-License-Identifier: MIT

import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import {
    flash,
    FlashError,
    type FlashParts,
} from "../../../../host/commands/flash/flash.ts"
import {
    flashOptions,
    type FlashOptions,
} from "../../../../host/commands/flash/flash-options.ts"
import { progressIn } from "../../../../host/commands/flash/flash-tools.ts"
import { UsageError } from "../../../../protocol/errors.ts"
import {
    fakeTools,
    type FakePath,
    type FakeTool,
} from "../../../support/host/fake-flash-tools.ts"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"

const folder = mkdtempSync(join(tmpdir(), "camscript-flash-test-"))
const BIN = Uint8Array.from({ length: 1000 }, (_, i) => i % 251)
const bin = join(folder, "firm ware.bin")
writeFileSync(bin, BIN)

const PARTS: FlashParts = {
    buildFirmware: async () => ({ bin, binBytes: BIN.length }),
    updateProgram: async () => {
        throw new Error("not asked for")
    },
}
const OPTIONS: FlashOptions = {
    board: "nucleo-f446re",
    sensor: "mt9v034",
    app: undefined,
    programOnly: false,
    port: undefined,
    tool: undefined,
    dryRun: false,
    json: false,
}

// What the real tools print.
const OPENOCD_OK: FakeTool = {
    err: "Open On-Chip Debugger 0.12.0\n** Programming Started **\n** Programming Finished **\n** Verify Started **\n** Verified OK **\n** Resetting Target **\nshutdown command invoked\n",
}
const OPENOCD_ALONE: FakeTool = {
    err: "Info : clock speed 2000 kHz\nError: open failed\nin procedure 'program'\n** OpenOCD init failed **\nshutdown command invoked\n",
    code: 1,
}
const ST_FLASH_OK: FakeTool = {
    out: "st-flash 1.7.0\n  1/1  pages written\n",
    err: "INFO common.c: Flash written and verified! jolly good!\n",
}

const realPath = process.env["PATH"]
afterEach(() => {
    process.env["PATH"] = realPath
})

/** Flash with these stand-ins and no other program in PATH. */
async function flashWith(
    tools: Readonly<Record<string, FakeTool>>,
    options: Partial<FlashOptions> = {}
): Promise<{ stdout: string; calls: string[][] }> {
    const fake: FakePath = fakeTools(tools)
    const terminal = recordingTerminal()
    process.env["PATH"] = fake.path
    await flash({ ...OPTIONS, ...options }, terminal, PARTS)
    return { stdout: terminal.stdout, calls: fake.calls() }
}

async function failure(
    tools: Readonly<Record<string, FakeTool>>,
    options: Partial<FlashOptions> = {}
): Promise<FlashError> {
    const error: unknown = await flashWith(tools, options).catch(
        (caught: unknown) => caught
    )
    expect(error).toBeInstanceOf(FlashError)
    return error as FlashError
}

describe("flash", () => {
    it("calls openocd with interface, target, verify and reset", async () => {
        const { stdout, calls } = await flashWith({ openocd: OPENOCD_OK })

        expect(calls).toEqual([
            [
                "openocd",
                ...["-f", "interface/stlink.cfg"],
                ...["-f", "target/stm32f4x.cfg"],
                "-c",
                `program {${bin}} 0x08000000 verify reset exit`,
            ],
        ])
        expect(stdout).toMatch(
            /nucleo-f446re: 1000 bytes written by openocd, verified, started/
        )
    })

    it("calls st-flash with the binary, its address and a reset", async () => {
        const { calls } = await flashWith({ "st-flash": ST_FLASH_OK })

        expect(calls).toEqual([
            ["st-flash", "--reset", "write", bin, "0x08000000"],
        ])
    })

    it("calls dfu-util to write, to read back, and to leave the bootloader", async () => {
        const { calls } = await flashWith({ "dfu-util": { memory: BIN } })

        const dfu = ["dfu-util", "-d", "0483:df11", "-a", "0"]
        const file = expect.stringMatching(/read-back\.bin$/)
        expect(calls).toEqual([
            [...dfu, "-s", "0x08000000", "-D", bin],
            [...dfu, "-s", "0x08000000:1000", "-U", file],
            [
                ...[...dfu, "-s", "0x08000000:4:leave", "-U"],
                expect.stringMatching(/read-back\.bin\.leave$/),
            ],
        ])
    })

    it.each([
        ["nucleo-f446re", "stm32f446retx"],
        ["nucleo-f429zi", "stm32f429zitx"],
    ])(
        "calls pyocd for the chip of %s, halted until it is verified",
        async (board, target) => {
            const { calls } = await flashWith(
                { pyocd: { memory: BIN } },
                { board }
            )

            const quiet = ["-t", target, "--no-wait"]
            expect(calls).toEqual([
                [
                    ...["pyocd", "load", ...quiet, "--no-reset"],
                    ...["--base-address", "0x08000000", bin],
                ],
                [
                    ...["pyocd", "commander", ...quiet, "-c"],
                    expect.stringMatching(
                        /^savemem 0x08000000 1000 ".*read-back\.bin"$/
                    ),
                ],
                ["pyocd", "reset", ...quiet],
            ])
        }
    )

    it("takes the first tool that is there, or the one that is named", async () => {
        const tools = { openocd: OPENOCD_OK, "st-flash": ST_FLASH_OK }

        const first = await flashWith(tools)
        const named = await flashWith(tools, { tool: "st-flash" })

        expect(first.calls.map(([name]) => name)).toEqual(["openocd"])
        expect(named.calls.map(([name]) => name)).toEqual(["st-flash"])
    })

    it("prints one JSON object when asked", async () => {
        const { stdout } = await flashWith(
            { "st-flash": ST_FLASH_OK },
            { json: true }
        )

        expect(JSON.parse(stdout)).toEqual({
            board: "nucleo-f446re",
            tool: "st-flash",
            port: null,
            bytes: 1000,
            commands: [["st-flash", "--reset", "write", bin, "0x08000000"]],
            verified: true,
        })
    })

    it("runs nothing in a dry run, with or without a tool, and prints what can be pasted", async () => {
        const some = await flashWith({ openocd: OPENOCD_OK }, { dryRun: true })
        const none = await flashWith({}, { dryRun: true, tool: "dfu-util" })

        expect(some.calls).toEqual([])
        expect(some.stdout).toContain(
            `openocd -f interface/stlink.cfg -f target/stm32f4x.cfg -c 'program {${bin}} 0x08000000 verify reset exit'`
        )
        expect(none.stdout).toMatch(/nothing was written.*dfu-util would run/)
    })
})

describe("flash fails", () => {
    it("without a tool, naming all of them", async () => {
        const error = await failure({})

        expect(error.reason).toBe("no-tool")
        expect(error.message).toMatch(/openocd, st-flash, dfu-util, pyocd/)
    })

    it("without the tool that was named", async () => {
        const error = await failure(
            { openocd: OPENOCD_OK },
            { tool: "st-flash" }
        )

        expect(error.reason).toBe("no-tool")
        expect(error.message).toBe("--tool st-flash: it is not in PATH")
    })

    it.each<[string, FakeTool, RegExp]>([
        ["openocd", OPENOCD_ALONE, /plug in the board's ST-Link/],
        [
            "st-flash",
            {
                err: "WARN usb.c: Couldn't find any ST-Link devices\n",
                code: 255,
            },
            /plug in/,
        ],
        [
            "dfu-util",
            {
                err: "dfu-util: No DFU capable USB device available\n",
                code: 74,
            },
            /BOOT0 high/,
        ],
        [
            "pyocd",
            { err: "No available debug probes are connected\n", code: 1 },
            /plug in/,
        ],
    ])("when %s finds no board", async (name, tool, advice) => {
        const error = await failure({ [name]: tool })

        expect(error.reason).toBe("no-board")
        expect(error.message).toMatch(advice)
        expect(error.message).toContain(tool.err!.trim().split("\n").at(-1))
    })

    it("when the USB device is not ours to use", async () => {
        const err = "libusb: error [get_usbfs_fd] LIBUSB_ERROR_ACCESS\n"

        const error = await failure({ openocd: { err, code: 1 } })

        expect(error.reason).toBe("no-permission")
        expect(error.message).toMatch(/udev rules/)
    })

    it("when pyocd does not know the chip", async () => {
        const err =
            "0000100 C Target type stm32f446retx not recognized. Use 'pyocd list --targets'\n"

        expect((await failure({ pyocd: { err, code: 1 } })).reason).toBe(
            "no-target"
        )
    })

    it.each<[string, FakeTool]>([
        [
            "openocd",
            {
                err: "** Programming Finished **\n** Verify Started **\n** Verify Failed **\n",
                code: 1,
            },
        ],
        [
            "st-flash",
            { err: "Verification of flash failed at offset: 0\n", code: 255 },
        ],
    ])("when %s reads back something else", async (name, tool) => {
        const error = await failure({ [name]: tool })

        expect(error.reason).toBe("verify-failed")
        expect(error.message).toMatch(/must be flashed again/)
    })

    it.each(["dfu-util", "pyocd"])(
        "when what %s read back differs, and does not start it",
        async name => {
            const memory = BIN.slice()
            memory[700]! ^= 1
            const fake = fakeTools({ [name]: { memory } })
            process.env["PATH"] = fake.path

            await expect(
                flash(OPTIONS, recordingTerminal(), PARTS)
            ).rejects.toThrow(/verify failed: byte 700 of 1000 reads/)
            expect(fake.calls()).toHaveLength(2)
        }
    )

    it.each<[string, FakeTool, RegExp]>([
        ["is cut short", { memory: BIN.slice(0, 10) }, /10 of 1000 bytes/],
        ["does not come", {}, /read nothing back/],
    ])("when what is read back %s", async (_, tool, message) => {
        expect((await failure({ "dfu-util": tool })).message).toMatch(message)
    })

    it("when the tool does, with its exit code and its last lines in one paragraph", async () => {
        const out = `${Array.from({ length: 20 }, (_, i) => `line ${i}`).join("\n")}\n`

        const error = await failure({ openocd: { out, code: 3 } })

        expect(error.reason).toBe("tool-failed")
        expect(error.message).toMatch(
            /^openocd failed: exit code 3; its last words: line 12 \| .* line 19$/
        )
    })

    it("when the second of three calls does", async () => {
        const error = await failure({
            "dfu-util": {
                failsAt: "-U",
                err: "Error during upload\n",
                code: 74,
            },
        })

        expect(error.message).toMatch(/exit code 74.*Error during upload/)
    })

    it("when a tool returns 0 but does not say that it verified", async () => {
        const error = await failure({ openocd: { out: "bye\n" } })

        expect(error.reason).toBe("tool-failed")
        expect(error.message).toMatch(/does not say that it verified/)
    })
})

describe("the program alone", () => {
    const program = { programOnly: true, port: "/dev/ttyACM0" }

    it("goes over the link, without a flash tool", async () => {
        const terminal = recordingTerminal()
        const fake = fakeTools({ openocd: OPENOCD_OK })
        process.env["PATH"] = fake.path
        const seen: string[] = []

        await flash({ ...OPTIONS, ...program, json: true }, terminal, {
            ...PARTS,
            updateProgram: async ({ port, progress }) => {
                seen.push(port)
                progress(0.5)
                return 4096
            },
        })

        expect(seen).toEqual(["/dev/ttyACM0"])
        expect(fake.calls()).toEqual([])
        expect(JSON.parse(terminal.stdout)).toMatchObject({
            tool: null,
            port: "/dev/ttyACM0",
            bytes: 4096,
            verified: true,
        })
    })
})

describe("options", () => {
    const flags = { board: "nucleo-f446re", sensor: "mt9v034" as const }

    it.each<[object, RegExp]>([
        [{ programOnly: true }, /needs --port/],
        [{ port: "COM3" }, /--port is for --program-only/],
        [
            { programOnly: true, port: "COM3", tool: "pyocd" },
            /--tool and --dry-run do not apply/,
        ],
        [{ app: "no-such.ts" }, /no-such\.ts: there is no such file/],
    ])("%o are refused", (more, message) => {
        expect(() => flashOptions({ ...flags, ...more }, folder)).toThrow(
            message
        )
        expect(() => flashOptions({ ...flags, ...more }, folder)).toThrow(
            UsageError
        )
    })
})

describe("progress", () => {
    it.each([
        ["\r 12/ 48 pages written", 0.25],
        ["4714/4714 bytes written", 1],
        ["Download\t[=====     ]  45%        9728 bytes", 0.45],
        ["** Programming Started **", 0.1],
        ["** Verified OK **", 1],
        ["Info : clock speed 2000 kHz", undefined],
    ])("%s is %s", (output, done) => {
        expect(progressIn(output)).toBe(done)
    })
})
