// SPDX-License-Identifier: MIT
// One line of results: values next to each other, each as console.log shows it.

export function print(...values: any[]): void {
    let line = ""
    for (const value of values) line += " " + value
    console.log(line.slice(1))
}
