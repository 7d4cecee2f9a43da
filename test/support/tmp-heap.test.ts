import { it } from "vitest"
import { ServiceRig } from "./system/service-rig.ts"
it.each(["mt9v034","ov2640"] as const)("heap %s", async sensor => {
    const rig = await ServiceRig.boot({ sensor })
    await rig.run(1)
    console.log(sensor, JSON.stringify(rig.simulation.measureHeap()), rig.frames.length, rig.console)
})
