// SPDX-License-Identifier: MIT
// Language and library: fibers side by side.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    const log: string[] = []
    const worker = async (name: string, ms: number) => {
        for (let i = 0; i < 3; i++) {
            log.push(name + i)
            await ds.sleep(ms)
        }
    }
    worker.start("a", 10)
    worker.start("b", 7)
    worker.start("c", 21)
    await ds.sleep(100)
    print(log.join())
    const self = ds.Fiber.self()
    print(self.id > 0)
}
