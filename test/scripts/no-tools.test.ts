// SPDX-License-Identifier: MIT
// What keeps the unit tests apart from the others: none of them finds a compiler, an emulator or a browser.

import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { vmObject } from "../../toolchain/vm/vm-object.ts"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"
import { startBrowser } from "../../scripts/browser.ts"
import { TOOLS } from "../../toolchain/tools.mjs"
import { projectRoot } from "../../toolchain/paths.ts"

const NO_TOOLS = join(projectRoot, "test", "no-tools")
/** Found by a folder, not by PATH; nothing runs on it that the ARM compiler has not made. */
const LIBRARIES = ["Unicorn 2"]

describe("a unit test", () => {
    it.each(TOOLS.filter(({ name }) => !LIBRARIES.includes(name)))(
        "does not find the real $name",
        ({ find }) => {
            expect([NO_TOOLS, undefined]).toContain(folderOf(find()))
        }
    )

    it("cannot build firmware, and says how a test that does is called", async () => {
        await expect(buildFirmware({ board: "nucleo-f446re" })).rejects.toThrow(
            "a unit test ran arm-none-eabi-gcc: a test that needs it is called *.firmware.test.ts"
        )
    })

    it("cannot build the VM for a board", async () => {
        await expect(vmObject("stm32f446")).rejects.toThrow(
            "a unit test ran arm-none-eabi-gcc"
        )
    })

    it("cannot start a browser", async () => {
        await expect(startBrowser()).rejects.toThrow("a unit test ran chromium")
    })
})

function folderOf(file: string | undefined): string | undefined {
    return file === undefined ? undefined : dirname(file)
}
