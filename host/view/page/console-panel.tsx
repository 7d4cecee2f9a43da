// SPDX-License-Identifier: MIT
// What the program prints, and what is wrong with it.

import { useEffect, useRef } from "preact/hooks"
import type { ConsoleLine } from "../messages/messages.ts"

export function ConsolePanel({
    lines,
}: {
    readonly lines: readonly ConsoleLine[]
}) {
    const log = useRef<HTMLPreElement>(null)
    // The newest line is in sight, unless somebody has scrolled up to read.
    const isAtEnd = useRef(true)
    useEffect(() => {
        const { current } = log
        if (current && isAtEnd.current) current.scrollTop = current.scrollHeight
    }, [lines])
    return (
        <section class="panel console" aria-labelledby="console-title">
            <h2 id="console-title">Console</h2>
            <pre
                ref={log}
                role="log"
                aria-labelledby="console-title"
                tabIndex={0}
                data-testid="console"
                onScroll={({ currentTarget: pre }) => {
                    const below =
                        pre.scrollHeight - pre.scrollTop - pre.clientHeight
                    isAtEnd.current = below < 8
                }}
            >
                {lines.map(({ kind, text }, index) => (
                    <span key={index} class={kind}>
                        {`${text}\n`}
                    </span>
                ))}
            </pre>
        </section>
    )
}
