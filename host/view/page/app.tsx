// SPDX-License-Identifier: MIT
// The page: image and window first, then what to change, then what comes of it.

import { useEffect, useState } from "preact/hooks"
import { BoardPanel } from "./board-panel.tsx"
import { Charts } from "./charts.tsx"
import { ConsolePanel } from "./console-panel.tsx"
import { Controls } from "./controls.tsx"
import { FaultPanel } from "./fault-panel.tsx"
import type { Link, LinkState } from "./link.ts"
import { ImagePanel } from "./image-panel.tsx"
import { PlanPanel } from "./plan-panel.tsx"
import { RamPanel } from "./ram-panel.tsx"
import { ScopePanel } from "./drawings/scope-panel.tsx"
import { Stage } from "./stage.tsx"
import { TopBar } from "./top-bar.tsx"
import { WiringPanel } from "./drawings/wiring-panel.tsx"

export function App({ link }: { readonly link: Link }) {
    const [state, setState] = useState<LinkState>(link.state)
    useEffect(() => {
        link.onChange = () => setState(link.state)
        return () => (link.onChange = undefined)
    }, [link])
    const { target, request, plan, live } = state
    if (!target || !request)
        return (
            <main class="waiting">
                <p role="status">Connecting to camscript…</p>
            </main>
        )
    return (
        <>
            <TopBar link={link} state={state} target={target} />
            <main>
                {live?.ended !== undefined && (
                    <p class="alert" role="alert">
                        The program ended: {live.ended}
                    </p>
                )}
                {live?.waiting !== undefined && (
                    <p class="alert" role="alert" data-testid="waiting">
                        Waiting for the board: {live.waiting}
                    </p>
                )}
                {live?.uncontrolled && (
                    <p class="notice" role="status" data-testid="uncontrolled">
                        This program offers no camera service: it captures by
                        its own plan, and window, controls and Start do nothing.
                        A program of yours gets them from a CameraServer, as the
                        default one does.
                    </p>
                )}
                <div class="contents" inert={live?.uncontrolled ?? false}>
                    <Stage
                        link={link}
                        target={target}
                        request={request}
                        problem={live?.applied?.problem ?? ""}
                    />
                </div>
                <ImagePanel link={link} state={state} />
                <div class="contents" inert={live?.uncontrolled ?? false}>
                    <Controls
                        link={link}
                        target={target}
                        request={request}
                        live={live}
                    />
                </div>
                <div class="column">
                    {target.canUpdateProgram && (
                        <BoardPanel link={link} live={live} />
                    )}
                    <ConsolePanel lines={state.console} />
                    <PlanPanel plan={plan} running={live?.applied?.strategy} />
                    <RamPanel target={target} live={live} />
                    {target.faults && (
                        <FaultPanel
                            link={link}
                            kinds={target.faults}
                            faults={live?.faults}
                        />
                    )}
                </div>
                <Charts link={link} live={live} />
                {target.hasScope && <ScopePanel />}
                {target.modules.length > 0 && <WiringPanel target={target} />}
            </main>
        </>
    )
}
