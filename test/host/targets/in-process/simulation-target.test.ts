// SPDX-License-Identifier: MIT
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { SimulationTarget } from "../../../../host/targets/in-process/simulation-target.ts"
import type { TargetFrame } from "../../../../host/targets/target.ts"
import { cacheFolder } from "../../../../toolchain/paths.ts"
import { DEFAULT_APP } from "../../../../toolchain/devicescript/default-program.ts"

let target: SimulationTarget
afterEach(() => target?.close())

async function create(
    options: Partial<Parameters<typeof SimulationTarget.create>[0]> = {}
): Promise<SimulationTarget> {
    return (target = await SimulationTarget.create({
        board: "nucleo-f446re",
        sensor: "mt9v034",
        request: { window: { width: 100, height: 80 }, fps: 60 },
        scene: "chart",
        seed: 1,
        app: DEFAULT_APP,
        ...options,
    }))
}

describe("a simulation that is looked at", () => {
    it("says what it is, and what it was asked for, before it runs", async () => {
        await create()

        expect(target.description).toMatchObject({
            kind: "simulator",
            board: "nucleo-f446re",
            field: { width: 752, height: 480 },
            fieldPicture: "still",
            canUpdateProgram: true,
        })
        expect(target.request).toMatchObject({
            window: { x: 326, y: 200, width: 100, height: 80 },
            fps: 60,
        })
        expect(target.live()).toMatchObject({
            applied: undefined,
            seconds: 0,
            link: undefined,
        })
        expect(target.waveforms()).toBe("")
        expect(target.scope({ from: 0, to: 1 })).toBeUndefined()
    })

    it("runs, shows every frame, and does what is asked of it", async () => {
        await create()
        const frames: TargetFrame[] = []
        target.onFrame = frame => frames.push(frame)

        void target.run()
        await expect.poll(() => target.live().applied).toBeDefined()
        target.control.want({
            ...target.request,
            window: { x: 8, y: 16, width: 100, height: 80 },
        })
        await expect
            .poll(() => target.latest?.image().window)
            .toEqual({ x: 8, y: 16, width: 100, height: 80 })
        const { counters, measuredFps } = target.live()

        expect(frames.map(({ sequence }) => sequence)).toEqual(
            frames.map((_, i) => frames[0]!.sequence + i)
        )
        expect(frames[0]!.image()).toMatchObject({
            format: "gray8",
            frames: 1,
        })
        expect(counters).toMatchObject({ dropped: 0, faults: 0 })
        expect(counters.delivered).toBe(frames.length)
        expect(measuredFps).toBeCloseTo(60, 0)
        expect(target.scope({ from: 0, to: 1 })).toContain("<svg")
        expect(target.waveforms()).toMatch(/^\$/)
    })

    it("stops when it is closed", async () => {
        await create()
        const running = target.run()
        await expect.poll(() => target.latest).toBeDefined()

        await target.close()
        const { seconds } = target.live()
        await running
        await new Promise(resolve => setTimeout(resolve, 50))

        expect(target.live().seconds).toBe(seconds)
    })

    it("injects a fault now, and says what it did", async () => {
        await create()
        void target.run()
        await expect.poll(() => target.latest).toBeDefined()

        target.injectFault({ fault: "row-lost", row: 3 })
        await expect
            .poll(() => target.live().faults!.lines[0])
            .toMatch(/^row-lost at .*1 frame lost, right again after 1 frame/)
        target.injectFault({ fault: "row-lost", row: -3 })

        expect(target.live().faults!.problem).toMatch(
            /^the fault \(row-lost\): "row" is -3; it must be a whole number/
        )
        expect(target.live().faults!.lines).toHaveLength(1)
        target.injectFault({ fault: "power-cut" })
        expect(target.live().faults!.problem).toMatch(/--target emulator/)
        expect(target.description.faults!.map(({ name }) => name)).toContain(
            "row-lost"
        )
    })

    it("says why the program ended", async () => {
        await create({ app: "test/system/programs/throwing-handler.ts" })

        const running = target.run()

        await expect(running).rejects.toThrow("throwing-handler.ts")
        const { message } = (await running.catch(error => error)) as Error
        expect(target.live().ended).toBe(message)
    })
})

describe("a simulation whose program is replaced", () => {
    const lines: string[] = []
    const problems: string[] = []
    let folder: string
    afterEach(() => rmSync(folder, { recursive: true }))

    function save(text: string): string {
        const file = join(folder, "app.ts")
        writeFileSync(file, text)
        return file
    }

    async function createWith(text: string): Promise<void> {
        mkdirSync(cacheFolder, { recursive: true })
        folder = mkdtempSync(join(cacheFolder, "replaced-"))
        lines.length = problems.length = 0
        await create({
            app: save(text),
            onConsole: line => lines.push(line),
            onProblem: problem => problems.push(problem),
        })
    }

    const phase = () => expect.poll(() => target.live().update?.phase)

    it("starts anew with the next program, on the same Jacdac line", async () => {
        await createWith(`console.log("first")\n`)
        const heard: number[] = []
        target.jacdac.onFrame(() => heard.push(target.live().program!.sequence))
        let changes = 0
        target.onChange = () => changes++
        const running = target.run()
        await expect.poll(() => lines).toEqual(["first"])
        await expect.poll(() => heard.length).toBeGreaterThan(0)

        save(`console.log("second")\n`)
        target.updateProgram()
        await phase().toBe("done")
        await expect.poll(() => lines).toEqual(["first", "second"])
        await expect.poll(() => heard.at(-1)).toBe(2)

        expect(changes).toBe(1)
        expect(target.live().program!.name).toMatch(/app\.ts$/)
        await target.close()
        await running
    })

    it("goes on with the program that it has when the next does not compile", async () => {
        await createWith(`console.log("first")\n`)
        void target.run()
        await expect.poll(() => lines).toEqual(["first"])
        const { seconds } = target

        save(`const rows: number = "many"\n`)
        target.updateProgram()
        await phase().toBe("failed")

        expect(problems).toEqual([target.live().update!.problem])
        expect(problems[0]).toMatch(/app\.ts:1: Type 'string'/)
        await expect.poll(() => target.seconds).toBeGreaterThan(seconds)
        expect(target.live().program!.sequence).toBe(1)
    })

    it("runs again after a program that threw", async () => {
        await createWith(`throw new Error("broken")\n`)
        await expect(target.run()).rejects.toThrow("broken")
        expect(target.live().ended).toContain("broken")

        save(`console.log("mended")\n`)
        target.updateProgram()
        await phase().toBe("done")
        void target.run()

        await expect.poll(() => lines.at(-1)).toBe("mended")
        expect(target.live().ended).toBeUndefined()
    })
})
