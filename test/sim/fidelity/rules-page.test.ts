// SPDX-License-Identifier: MIT
// docs/fidelity/rules.md has every rule of the models, as their source has it: `vitest run -u` writes the page.

import { format } from "prettier"
import { expect, it } from "vitest"
import { ruleRows } from "../../support/fidelity/rule-table.ts"

const HEAD = `# The rules of the models

What stops a strict run and what does not. An **error** is what the manual forbids and the silicon would misbehave at, or do something else than was meant; also what it has and the model has not. A **warning** is what is reserved or questionable and does no harm as it was done: it is counted, and stops nothing.

"…" stands for what varies. An empty section: the one that describes the register, which the message names. Sections are of RM0090; the F446's manual, RM0390, has the same rules under other numbers. Rules of the core (PM0214) are not listed here.

This page is written by \`npx vitest run --project unit test/sim/fidelity -u\`, from the source.

| block | kind | rule | section |
| ----- | ---- | ---- | ------- |
`

it("docs/fidelity/rules.md is what the models say", async () => {
    const rows = ruleRows(["sim/stm32", "sim/sensors"]).map(
        ({ block, kind, rule, section }) =>
            `| ${block} | ${kind} | ${rule.replaceAll("|", "\\|")} | ${section} |`
    )
    const page = await format(`${HEAD}${rows.join("\n")}\n`, {
        parser: "markdown",
        tabWidth: 4,
    })

    await expect(page).toMatchFileSnapshot("../../../docs/fidelity/rules.md")
})

it("finds errors, warnings, and sentences that a function answers with", () => {
    const rows = ruleRows(["sim/stm32"])
    const found = (rule: string): unknown =>
        rows.find(row => row.rule.startsWith(rule))

    expect(found("FTH and DMDIS are locked")).toMatchObject({
        block: "dma",
        kind: "error",
        section: "",
    })
    expect(found("EN is set while flags")).toMatchObject({ kind: "warning" })
    expect(found("memory to memory is not possible")).toMatchObject({
        block: "dma",
        kind: "error",
    })
    expect(found("is read only: the write")).toMatchObject({
        block: "any block of the chip",
        kind: "warning",
    })
    expect(found("streams … serve one request")).toMatchObject({
        section: "RM0090 10.3.3",
    })
})
