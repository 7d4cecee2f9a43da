// SPDX-License-Identifier: MIT
// Where the time goes: a sampling profile of this process, added up by source folder.

import { Session, type Profiler, type Runtime } from "node:inspector"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { projectRoot } from "../../../toolchain/paths.ts"

/** A part of the simulator. */
export type Part =
    | "scene and sensor"
    | "silicon: bus, DCMI, DMA"
    | "native C"
    | "VM"
    | "checking and copying"
    | "garbage collection"
    | "other"

const PARTS: readonly Part[] = [
    "scene and sensor",
    "silicon: bus, DCMI, DMA",
    "native C",
    "VM",
    "checking and copying",
    "garbage collection",
    "other",
]

/** Microseconds between two samples. */
const SAMPLE_US = 200

/** Names by which a module of machine code without a source folder tells what it is. */
const NATIVE_FUNCTION = /^(cam_|DCMI_IRQHandler|DMA2_Stream\d_IRQHandler)/
const VM_FUNCTION = /^(devs_|jd_|ds_)/

/**
 * Profile a piece of work.
 * @returns for each part its share of the samples, 0..1; V8 itself and idling count as "other"
 */
export async function cpuShares(
    work: () => void | Promise<void>
): Promise<ReadonlyMap<Part, number>> {
    const session = new Session()
    session.connect()
    try {
        await post(session, "Profiler.enable")
        await post(session, "Profiler.setSamplingInterval", {
            interval: SAMPLE_US,
        })
        await post(session, "Profiler.start")
        await work()
        const { profile } = (await post(session, "Profiler.stop")) as {
            profile: Profiler.Profile
        }
        return sharesOf(profile)
    } finally {
        session.disconnect()
    }
}

/** Add up a profile's samples by part. */
export function sharesOf(
    profile: Pick<Profiler.Profile, "nodes">
): ReadonlyMap<Part, number> {
    const modules = wasmModules(profile.nodes)
    const hits = new Map<Part, number>(PARTS.map(part => [part, 0]))
    let total = 0
    for (const node of profile.nodes) {
        const count = node.hitCount ?? 0
        const part = partOf(node.callFrame, modules)
        hits.set(part, hits.get(part)! + count)
        total += count
    }
    for (const part of PARTS)
        hits.set(part, total === 0 ? 0 : hits.get(part)! / total)
    return hits
}

const SIM_URL = `${pathToFileURL(join(projectRoot, "sim"))}/`

function partOf(
    { url, functionName }: Runtime.CallFrame,
    modules: ReadonlyMap<string, Part>
): Part {
    if (functionName === "(garbage collector)") return "garbage collection"
    if (url.startsWith("wasm:")) return modules.get(url) ?? "other"
    if (!url.startsWith(SIM_URL)) return "other"
    const path = url.slice(SIM_URL.length)
    switch (path.split("/")[0]) {
        case "scene":
        case "sensors":
            return "scene and sensor"
        case "stm32":
        case "trace":
        case "clock.ts":
        case "simulation.ts":
            return "silicon: bus, DCMI, DMA"
        case "native-code.ts":
            return "native C"
        case "devicescript":
            return "VM"
        case "wires":
            return "silicon: bus, DCMI, DMA"
        case "observe":
            return "checking and copying"
    }
    return "other"
}

/** V8 names wasm modules by a hash; their functions' names tell which is which. */
function wasmModules(
    nodes: readonly Profiler.ProfileNode[]
): ReadonlyMap<string, Part> {
    const modules = new Map<string, Part>()
    for (const { callFrame } of nodes) {
        if (!callFrame.url.startsWith("wasm:")) continue
        if (NATIVE_FUNCTION.test(callFrame.functionName))
            modules.set(callFrame.url, "native C")
        else if (VM_FUNCTION.test(callFrame.functionName))
            modules.set(callFrame.url, "VM")
    }
    return modules
}

function post(
    session: Session,
    method: string,
    parameters: object = {}
): Promise<object | undefined> {
    return new Promise((resolve, reject) => {
        session.post(method, parameters, (error, result?: object) => {
            if (error) reject(error)
            else resolve(result)
        })
    })
}
