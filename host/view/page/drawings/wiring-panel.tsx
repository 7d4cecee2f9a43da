// SPDX-License-Identifier: MIT
// Which wire goes where between the board and the sensor's module, as the server draws it.

import { useState } from "preact/hooks"
import type { TargetDescription } from "../../messages/messages.ts"

export function WiringPanel({
    target,
}: {
    readonly target: TargetDescription
}) {
    const { board, modules } = target
    const [chosen, choose] = useState(modules[0]!.name)
    const [open, setOpen] = useState(false)
    const module = modules.find(({ name }) => name === chosen) ?? modules[0]!
    return (
        <section class="panel wiring" aria-labelledby="wiring-title">
            <h2 id="wiring-title">Wiring</h2>
            <div class="buttons">
                <button
                    type="button"
                    aria-expanded={open}
                    onClick={() => setOpen(!open)}
                >
                    {open ? "Hide the wires" : "Show the wires"}
                </button>
                {modules.length > 1 && (
                    <select
                        aria-label="sensor module"
                        value={module.name}
                        onChange={event => choose(event.currentTarget.value)}
                    >
                        {modules.map(({ name, title }) => (
                            <option key={name} value={name}>
                                {title}
                            </option>
                        ))}
                    </select>
                )}
            </div>
            {open && (
                <div
                    class="wiring-scroll"
                    tabIndex={0}
                    aria-label="Wiring drawing"
                >
                    <img
                        src={`/wiring.svg?module=${encodeURIComponent(module.name)}`}
                        alt={`Wires between the headers of ${board} and the pads of the ${module.title}; camscript wiring prints them as a table`}
                        data-testid="wiring"
                    />
                </div>
            )}
        </section>
    )
}
