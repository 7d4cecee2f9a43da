// SPDX-License-Identifier: MIT
// What does not fit is refused before anything is compiled, with the sum.

import { afterEach, describe, expect, it, vi } from "vitest"
import { buildFirmware } from "../../../toolchain/firmware/build-firmware.ts"
import { main } from "../../../host/main.ts"
import { recordingTerminal } from "../../support/host/recording-terminal.ts"

async function refused(
    ...args: string[]
): Promise<{ code: number; stderr: string }> {
    const terminal = recordingTerminal()
    const code = await main(["build", ...args], terminal)
    expect(terminal.stdout).toBe("")
    return { code, stderr: terminal.stderr }
}

describe("camscript build", () => {
    it("names the owners that do not fit into a memory, and their sum", async () => {
        const { code, stderr } = await refused(
            "--board",
            "nucleo-f446re",
            "--gc-heap",
            "131072"
        )
        expect(code).toBe(2)
        // 1,792 + 5,888 + 2,272 + 4,032 + 3,840 + 9,216 + 131,072
        expect(stderr).toContain("need 158112 bytes, it has 131072")
        expect(stderr).toContain("gcHeap 131072")
    })

    it("knows its boards", async () => {
        const { code, stderr } = await refused("--board", "nucleo-f401re")
        expect(code).toBe(2)
        expect(stderr).toMatch(
            /--board nucleo-f401re is unknown: boards\/ has .*stm32f407ve/
        )
    })

    it("takes a GC heap in steps of 32 bytes", async () => {
        const { code, stderr } = await refused(
            "--board",
            "stm32f407ve",
            "--gc-heap",
            "32770"
        )
        expect(code).toBe(2)
        expect(stderr).toContain("--gc-heap 32770 is not a multiple of 32")
    })

    it("wants a program that exists", async () => {
        const { code, stderr } = await refused(
            "--board",
            "stm32f407ve",
            "--app",
            "nowhere.ts"
        )
        expect(code).toBe(2)
        expect(stderr).toContain("nowhere.ts")
    })
})

describe("a GC heap that leaves no room for a frame", () => {
    it("is refused with what is left", async () => {
        // 131,072 - 7,680 of native owners - 77,824 of the VM's leaves 45,568: less than the 48,400 of a frame.
        const { code, stderr } = await refused(
            "--board",
            "nucleo-f446re",
            "--gc-heap",
            "57344"
        )
        expect(code).toBe(2)
        expect(stderr).toContain("the frame buffers do not fit")
        expect(stderr).toContain("48400")
        expect(stderr).toContain("leaves 45568 for frames")
    })
})

describe("without a compiler", () => {
    afterEach(() => vi.unstubAllEnvs())

    it("names the package and the command that installs it", async () => {
        vi.stubEnv("PATH", "/nowhere")
        const { code, stderr } = await refused("--board", "stm32f407ve")
        expect(code).toBe(1)
        expect(stderr).toMatch(
            /arm-none-eabi-gcc is not installed.*npm run setup.*apt-get install gcc-arm-none-eabi/
        )
    })
})

describe("buildFirmware", () => {
    it("knows its boards", async () => {
        await expect(buildFirmware({ board: "arduino" })).rejects.toThrow(
            /unknown board "arduino"/
        )
    })
})
