// SPDX-License-Identifier: MIT
// Wrong usage that the option parser finds: what would have worked, in the words of this command.

import type { Command, CommanderError } from "commander"
import { boardNames } from "../boards/board-file.ts"
import { SENSORS } from "../protocol/names.ts"

/** What a word that belongs to no option may have been meant as. */
const MEANT: readonly (readonly [
    option: string,
    looks: RegExp,
    what: string,
])[] = [
    ["--app", /\.tsx?$/i, "runs that program"],
    ["--scene", /\.(png|jpe?g|webp|tiff?|y4m)$/i, "shows that to the sensor"],
    ["--window", /^\d+x\d+/i, "is a window"],
    ["--target", /^(\/dev\/|COM\d)/i, "is the board at that port"],
    ["--faults", /\.json$/i, "injects the faults of that file"],
    ["--board", new RegExp(`^(${boardNames().join("|")})$`, "i"), ""],
    ["--sensor", new RegExp(`^(${SENSORS.join("|")})$`, "i"), ""],
]

/** Options of other commands, and of other programs, that people try. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
    "--port": "--target",
    "--target": "--port",
    "--file": "--app",
    "--program": "--app",
    "--image": "--scene",
    "--output": "--out",
    "-o": "--out",
    "--size": "--window",
    "--rate": "--fps",
}

/**
 * One paragraph about a command line that cannot be understood.
 * @param program the command with its subcommands, after it has parsed `args`
 */
export function usageMessage(
    error: CommanderError,
    program: Command,
    args: readonly string[]
): string {
    const message = error.message.replace(/^error: /, "").replace(/\n/g, " ")
    const command = program.commands.find(
        candidate => candidate.name() === args[0]
    )
    switch (error.code) {
        case "commander.unknownCommand":
            return message.includes("Did you mean")
                ? message
                : `${message}: ${commandFor(program, args[0] ?? "")}`
        case "commander.excessArguments":
            return command ? strayWord(command) : message
        case "commander.missingMandatoryOptionValue":
            return command && message.includes("--board")
                ? `${command.name()} needs --board, one of ${boardNames().join(", ")}, for example camscript ${command.name()} --board ${boardNames()[1]}`
                : message
        case "commander.unknownOption":
            return command ? unknownOption(message, command) : message
        default:
            return message
    }
}

/** A word where none is expected. */
function strayWord(command: Command): string {
    const word = command.args[command.registeredArguments.length] ?? ""
    const known = (option: string) =>
        command.options.some(({ long }) => long === option)
    const meant = MEANT.find(
        ([option, looks]) => known(option) && looks.test(word)
    )
    const start = `${command.name()} cannot take "${word}" by itself`
    if (meant === undefined)
        return `${start}: each value belongs to an option; camscript ${command.name()} --help lists them`
    const [option, , what] = meant
    return `${start}: ${option} ${word}${what === "" ? " says so" : ` ${what}`}`
}

/** What to type for a file that was given as a command. */
function commandFor(program: Command, word: string): string {
    if (/\.tsx?$/i.test(word))
        return `camscript run --app ${word} runs that program`
    if (/\.elf$/i.test(word))
        return `camscript emulate ${word} --chip CHIP --sensor NAME@BUS runs a firmware`
    const names = program
        .createHelp()
        .visibleCommands(program)
        .map(command => command.name())
    return `there are ${names.join(", ")}`
}

function unknownOption(message: string, command: Command): string {
    const option = /'(-[^'=]*)/.exec(message)?.[1] ?? ""
    const other = OTHER_NAMES[option]
    if (
        other !== undefined &&
        command.options.some(({ long }) => long === other)
    )
        return `unknown option '${option}': ${command.name()} has ${other} for that`
    return message.includes("Did you mean")
        ? message
        : `${message}: camscript ${command.name()} --help lists what there is`
}
