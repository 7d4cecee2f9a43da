// SPDX-License-Identifier: MIT
// Injects a fault, now: which, with what, and what the newest ones did.

import { useState } from "preact/hooks"
import type {
    FaultKind,
    FaultsState,
    InjectedFault,
} from "../messages/fault-messages.ts"
import type { Link } from "./link.ts"

type Texts = Readonly<Record<string, string>>

export function FaultPanel({
    link,
    kinds,
    faults,
}: {
    readonly link: Link
    readonly kinds: readonly FaultKind[]
    readonly faults: FaultsState | undefined
}) {
    const [name, setName] = useState(kinds[0]!.name)
    const [texts, setTexts] = useState<Texts>({})
    const kind = kinds.find(known => known.name === name) ?? kinds[0]!
    const fields = [
        ...(kind.lasts
            ? [
                  {
                      name: "for",
                      what: "seconds that it lasts; empty: one frame, or for ever",
                      otherwise: "",
                  },
              ]
            : []),
        ...kind.parameters,
    ]
    return (
        <section class="panel faults" aria-labelledby="faults-title">
            <h2 id="faults-title">Faults</h2>
            <form
                onSubmit={event => {
                    event.preventDefault()
                    link.say({ type: "inject", fault: faultOf(kind, texts) })
                }}
            >
                <div class="control">
                    <div class="control-head">
                        <label for="fault-name">fault</label>
                    </div>
                    <select
                        id="fault-name"
                        value={name}
                        onChange={event => {
                            setName(event.currentTarget.value)
                            setTexts({})
                        }}
                    >
                        {kinds.map(({ name: each }) => (
                            <option key={each} value={each}>
                                {each}
                            </option>
                        ))}
                    </select>
                    <p class="hint">{kind.what}</p>
                </div>
                <div class="numbers">
                    {fields.map(field => (
                        <label key={`${name} ${field.name}`} title={field.what}>
                            {field.name}
                            <input
                                type="text"
                                value={texts[field.name] ?? ""}
                                placeholder={field.otherwise}
                                onInput={event =>
                                    setTexts({
                                        ...texts,
                                        [field.name]: event.currentTarget.value,
                                    })
                                }
                            />
                        </label>
                    ))}
                </div>
                <div class="buttons">
                    <button type="submit">Inject</button>
                </div>
            </form>
            {faults?.problem && (
                <p class="problem" role="alert">
                    {faults.problem}
                </p>
            )}
            <ul data-testid="faults" aria-label="what they did">
                {faults?.lines.map(line => (
                    <li key={line}>{line}</li>
                ))}
            </ul>
        </section>
    )
}

/** Numbers as numbers, "0x..." and whatever else as it is written: the server checks it. */
function faultOf({ name, parameters }: FaultKind, texts: Texts): InjectedFault {
    const given = Object.entries(texts).filter(([, text]) => text.trim() !== "")
    const lines = parameters.filter(({ kind }) => kind === "lines")
    return {
        fault: name,
        ...Object.fromEntries(
            given.map(([field, text]) => [
                field,
                lines.some(line => line.name === field)
                    ? text.split(",").map(Number)
                    : numberOf(text),
            ])
        ),
    }
}

function numberOf(text: string): number | string {
    const number = Number(text)
    return /^0x/i.test(text.trim()) || Number.isNaN(number)
        ? text.trim()
        : number
}
