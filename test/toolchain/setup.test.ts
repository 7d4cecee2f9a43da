// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { setup, type Machine } from "../../toolchain/setup.mjs"
import { inPath, TOOLS, type Tool } from "../../toolchain/tools.mjs"

const COMPILER = TOOLS.find(tool => tool.name === "ARM compiler")!
const UNICORN = TOOLS.find(tool => tool.name === "Unicorn 2")!
const QUIET = "DEBIAN_FRONTEND=noninteractive"

interface FakeMachine extends Machine {
    readonly commands: string[]
    readonly said: string[]
}

interface Abilities {
    readonly missing?: readonly Tool[]
    readonly root?: boolean
    readonly commands?: readonly string[]
    /** sudo works without a password. */
    readonly sudo?: boolean
    /** apt-get knows the packages before an update. */
    readonly lists?: boolean
    /** Exit code of a command, by a word in it. */
    readonly failing?: string
    /** After a successful installation nothing is missing any more. */
    readonly helps?: boolean
}

function machine(abilities: Abilities): FakeMachine {
    const { lists = true, helps = true, failing } = abilities
    let missing = abilities.missing ?? [COMPILER, UNICORN]
    const commands: string[] = []
    const said: string[] = []
    return {
        commands,
        said,
        missing: () => missing,
        has: command => (abilities.commands ?? ["apt-get"]).includes(command),
        root: abilities.root ?? false,
        ask: (command, args) => {
            if (command === "sudo" && args.includes("true"))
                return abilities.sudo ? 0 : 1
            return lists ? 0 : 100
        },
        run: (command, args) => {
            const line = [command, ...args].join(" ")
            commands.push(line)
            if (failing && line.includes(failing)) return 100
            if (helps && line.includes("install")) missing = []
            return 0
        },
        say: text => said.push(text),
    }
}

describe("setup", () => {
    it("starts nothing and says nothing when all is there", () => {
        const all = machine({ missing: [], root: true })

        expect(setup(all)).toBe(0)
        expect(all.commands).toEqual([])
        expect(all.said).toEqual([])
    })

    it("installs as root without a question, and nothing but what is missing", () => {
        const root = machine({ root: true })

        expect(setup(root)).toBe(0)
        expect(root.commands).toEqual([
            `env ${QUIET} apt-get install -y --no-install-recommends gcc-arm-none-eabi libunicorn2`,
        ])
    })

    it("fetches the package lists first where there are none", () => {
        const bare = machine({ root: true, lists: false })

        expect(setup(bare)).toBe(0)
        expect(bare.commands).toEqual([
            `env ${QUIET} apt-get update`,
            expect.stringMatching(/apt-get install .*libunicorn2$/),
        ])
    })

    it("uses sudo that asks for no password", () => {
        const user = machine({ commands: ["apt-get", "sudo"], sudo: true })

        expect(setup(user)).toBe(0)
        expect(user.commands[0]).toMatch(`sudo -n env ${QUIET} apt-get install`)
    })

    it.each([
        ["no sudo", ["apt-get"]],
        ["sudo with a password", ["apt-get", "sudo"]],
    ])("with %s prints the exact command and fails", (_, commands) => {
        const user = machine({ commands })

        expect(setup(user)).toBe(1)
        expect(user.commands).toEqual([])
        expect(user.said.join()).toContain(
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc-arm-none-eabi libunicorn2\n"
        )
    })

    it("fetches the lists anew when an installation fails, and says when it fails again", () => {
        const offline = machine({ root: true, failing: "apt-get install" })

        expect(setup(offline)).toBe(1)
        expect(offline.commands).toHaveLength(3)
        expect(offline.said.at(-1)).toMatch(
            /apt-get install failed; still missing: ARM compiler, Unicorn 2/
        )
    })

    it("says when there is no network for the lists", () => {
        const offline = machine({
            root: true,
            lists: false,
            failing: "apt-get update",
        })

        expect(setup(offline)).toBe(1)
        expect(offline.said.at(-1)).toMatch(/apt-get update failed/)
    })

    it("does not believe packages that bring nothing", () => {
        const odd = machine({ root: true, helps: false })

        expect(setup(odd)).toBe(1)
        expect(odd.said.at(-1)).toMatch(/not all is there; still missing/)
    })

    it("names the parts where there is no apt-get", () => {
        const mac = machine({ commands: [] })

        expect(setup(mac)).toBe(1)
        expect(mac.said.join()).toMatch(
            /no apt-get here.*arm-none-eabi-gcc 12.*unicorn 2/s
        )
    })
})

describe("PATH", () => {
    it("is searched in order, for what can be executed, in absolute folders only", () => {
        expect(inPath("sh", "/nowhere::.:/etc:/bin")).toBe("/bin/sh")
        expect(inPath("passwd", "/etc")).toBeUndefined()
        expect(inPath("no-such-command")).toBeUndefined()
    })
})
