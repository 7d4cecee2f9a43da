// SPDX-License-Identifier: MIT
// SIGINT in the middle of a turn of Node's event loop that has no end.

import { spawn } from "node:child_process"
import { join } from "node:path"
import { expect, it } from "vitest"
import { projectRoot } from "../../../../toolchain/paths.ts"

const script = join(projectRoot, "test/support/host/computes-for-ever.ts")

it("breaks off a computation that never comes to an end", async () => {
    const child = spawn(process.execPath, ["--import=tsx", script], {
        cwd: projectRoot,
    })
    let output = ""
    child.stdout.on("data", (data: Buffer) => {
        output += data.toString()
        if (output === "computing\n") child.kill("SIGINT")
    })
    const ended = await new Promise(resolve =>
        child.on("close", (code, signal) => resolve({ code, signal }))
    )

    expect(ended).toEqual({ code: 0, signal: null })
    expect(output).toMatch(/^computing\nthe run was interrupted \(SIGINT\): /)
})
