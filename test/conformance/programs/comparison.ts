// SPDX-License-Identifier: MIT
// Language and library: comparisons and logic.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const values: any[] = [
        0,
        1,
        -1,
        0.5,
        "",
        "a",
        "b",
        null,
        undefined,
        true,
        false,
        NaN,
    ]
    for (const value of values)
        print(value, !value, !!value, value === value, typeof value)
    for (const value of values)
        print(value || "or", value && "and", value ?? "nullish")
    print(1 < 2, 2 <= 2, 3 > 4, 4 >= 5, NaN < 1, NaN >= 1)
}
