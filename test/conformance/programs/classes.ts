// SPDX-License-Identifier: MIT
// Language and library: classes.

import { print } from "./lib/print"

class Counter {
    count = 10
    constructor(
        readonly name: string,
        readonly step = 1
    ) {}
    up(times = 1): Counter {
        this.count += this.step * times
        return this
    }
    describe(): string {
        return `${this.name}=${this.count}`
    }
}

export async function run(): Promise<void> {
    const a = new Counter("a", 3)
    const b = new Counter("b")
    a.up()
    a.up(5)
    b.up().up()
    print(a.describe(), b.describe(), a.step, b.step, a instanceof Counter)
    const up = a.describe
    print(typeof up, a.name, (a as any).missing)
}
