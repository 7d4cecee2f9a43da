// SPDX-License-Identifier: MIT
import { Command } from "commander"
import { describe, expect, it } from "vitest"
import {
    addViewOptions,
    viewOptions,
    type ViewFlags,
    type ViewOptions,
} from "../../../../host/commands/view/view-options.ts"
import { emulatedBoardArgs } from "../../../../host/targets/emulated-serial/emulated-board-args.ts"
import { UsageError } from "../../../../protocol/errors.ts"
import { DEFAULT_APP } from "../../../../toolchain/devicescript/default-program.ts"

function parse(line: string): ViewOptions {
    const command = addViewOptions(new Command()).exitOverride()
    const args = line.split(" ").filter(word => word !== "")
    const flags: ViewFlags = command.parse(args, { from: "user" }).opts()
    const given = Object.keys(flags).filter(
        name => command.getOptionValueSource(name) === "cli"
    )
    return viewOptions(flags, process.cwd(), given)
}

describe("camscript view", () => {
    it("looks at the simulator on port 8439 when nothing is said", () => {
        expect(parse("")).toMatchObject({
            target: "sim",
            port: 8439,
            open: true,
            jacdac: undefined,
            app: DEFAULT_APP,
        })
    })

    it("says what a target can be", () => {
        expect(() => parse("--target nonsense")).toThrow(
            "--target nonsense is unknown: it is sim, emulator, or the path of a serial port, /dev/ttyACM0 or COM3"
        )
    })

    it("lets Jacdac's tools in where they look for a proxy, or where one says", () => {
        expect(parse("--jacdac").jacdac).toBe(8081)
        expect(parse("--jacdac 0").jacdac).toBe(0)
    })

    it("takes a port, and what belongs to a board there", () => {
        const line = "--target /dev/ttyACM0 --sensor ov2640 --port 0 --no-open"

        expect(parse(line)).toMatchObject({
            target: "/dev/ttyACM0",
            sensor: "ov2640",
        })
    })

    it("hands the emulated board all that a simulation would get", () => {
        const line =
            "--target emulator --board stm32f407ve --window 160x120+8+16 --size 80x60 --fps 30 --buffers 2 " +
            "--ram 50000 --exposure 4000 --test-pattern diagonal --scene ramp --seed 7 --cpi 2"

        expect(emulatedBoardArgs(parse(line)).join(" ")).toBe(
            `--board stm32f407ve --sensor mt9v034 --scene ramp --seed 7 --app ${DEFAULT_APP} --cpi 2 ` +
                "--window 160x120+8+16 --size 80x60 --fps 30 --buffers 2 --ram 50000 --exposure 4000 --test-pattern diagonal"
        )
    })

    it("leaves the emulated board's time to the cycle model without --cpi", () => {
        expect(emulatedBoardArgs(parse("--target emulator"))).not.toContain(
            "--cpi"
        )
    })

    it.each([
        [
            "--scene ramp",
            /^--scene is for the simulator and the emulator: the board at \/dev\/ttyACM0 /,
        ],
        ["--seed 2", /^--seed is for the simulator/],
        ["--cpi 2", /^--cpi is for the simulator/],
        ["--board nucleo-f446re", /^--board is for .* says itself which one/],
        [
            "--window 100x100",
            /^--window: the board at \/dev\/ttyACM0 captures what its program was asked for/,
        ],
        ["--test-pattern diagonal", /^--test-pattern: the board at/],
    ])("refuses %s with a board at a serial port", (option, message) => {
        const line = `--target /dev/ttyACM0 ${option}`

        expect(() => parse(line)).toThrow(UsageError)
        expect(() => parse(line)).toThrow(message)
    })

    it("refuses a target that is none", () => {
        expect(() => parse("--target board")).toThrow(/sim, emulator/)
    })
})
