// SPDX-License-Identifier: MIT
// What programs and tests import has docstrings, and the reference is made of them (`npm run api`).

import { Application, LogLevel } from "typedoc"
import { expect, it } from "vitest"
import { projectRoot } from "../../toolchain/paths.ts"

it("every export of camscript, camscript/testing and the others has a docstring", async () => {
    const app = await Application.bootstrap({
        options: `${projectRoot}/scripts/api/typedoc.config.mjs`,
        skipErrorChecking: true,
    })
    const messages: string[] = []
    app.logger = Object.assign(app.logger, {
        addContext: (message: string, level: LogLevel) => {
            if (level >= LogLevel.Warn) messages.push(message)
            return message
        },
    })
    const project = (await app.convert())!
    app.validate(project)

    expect(messages).toEqual([])
    const modules = project.children!
    expect(modules.map(({ name }) => name).sort()).toEqual([
        "camscript",
        "camscript/drivers/ov2640/ov2640",
        "camscript/failed-waveforms",
        "camscript/testing",
        "camscript/vitest",
    ])
    const exported = modules.flatMap(module =>
        (module.children ?? []).map(({ name }) => name)
    )
    for (const name of ["Camera", "MT9V034", "OV2640", "simulate", "DigitalIn"])
        expect(exported).toContain(name)
})
