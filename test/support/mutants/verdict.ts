// SPDX-License-Identifier: MIT
// How many mutants a test tries, and how they are told apart.

/** Set by `npm run test:long`. */
export const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"

/** Numbers of mutants in parts, so that none takes a test's whole time: [first, behind the last]. */
export function parts(
    total: number,
    perPart: number
): readonly (readonly [number, number])[] {
    return Array.from({ length: Math.ceil(total / perPart) }, (_, i) => [
        i * perPart,
        Math.min(total, (i + 1) * perPart),
    ])
}

/** So many of each. */
export class Tally<Name extends string> {
    private readonly counts = new Map<Name, number>()

    add(name: Name): void {
        this.counts.set(name, this.of(name) + 1)
    }

    of(name: Name): number {
        return this.counts.get(name) ?? 0
    }

    get names(): readonly Name[] {
        return [...this.counts.keys()]
    }

    get total(): number {
        return [...this.counts.values()].reduce((sum, count) => sum + count, 0)
    }
}
