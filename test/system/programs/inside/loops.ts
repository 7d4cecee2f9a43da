// Loops whose operations can be counted by hand, and a line that leaves garbage.

import { sleep } from "@devicescript/core"

let sum = 0

function add(value: number): void {
    sum = sum + value // line 8
}

function often(times: number): void {
    for (let i = 0; i < times; i++) {
        add(i) // line 13
    }
}

function wasteful(times: number): string {
    let text = ""
    for (let i = 0; i < times; i++) {
        text = `${text}${i}` // line 20
    }
    return text
}

function never(): void {
    sum = -1 // line 26
}

often(100)
console.log(`sum ${sum}`, wasteful(300).length)
if (sum < 0) never()
await sleep(50)
often(1000)
console.log(`sum ${sum}`)
